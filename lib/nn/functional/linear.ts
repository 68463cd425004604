/** Linear maps. */
export { linear } from '../../generated/nn';
export { bilinear } from '../../generated/torch';
