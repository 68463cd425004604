/** Parameters as one vector, and back. */
import { cat } from '../../generated/torch';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';

function checkDevices(parameters: readonly Tensor[]): void {
  const devices = new Set(parameters.map((parameter) => parameter.getDevice()));
  if (devices.size > 1) {
    throw new TypeError('Found two parameters on different devices, this is currently not supported.');
  }
}

/**
 * All elements of the parameters in one vector.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parameters_to_vector.html
 * @throws TypeError if they are on different devices.
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  const all = [...parameters];
  checkDevices(all);
  return cat(all.map((parameter) => parameter.view(-1)));
}

/**
 * Makes the elements of a vector those of the parameters, which then share its memory.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.vector_to_parameters.html
 * @throws TypeError if it is no tensor, or the parameters are on different devices.
 */
export function vectorToParameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typename(vec)}`);
  const all = [...parameters];
  checkDevices(all);
  let start = 0;
  for (const parameter of all) {
    const count = parameter.numel();
    parameter.data = vec.narrow(0, start, count).viewAs(parameter).data;
    start += count;
  }
}
