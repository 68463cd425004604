/** Distances. */
export { cosineSimilarity, pairwiseDistance, pdist } from '../../generated/torch';
