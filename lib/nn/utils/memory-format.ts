/** Changes the memory format of the weights of convolutions alone. */
import type { MemoryFormat } from '../../layout';
import type { Module } from '../module';
import { Conv2d, Conv3d } from '../modules/conv';
import { ConvTranspose2d, ConvTranspose3d } from '../modules/conv-transpose';
import type { Parameter } from '../parameter';

type ModuleClass = new (...args: never[]) => Module & { weight: Parameter };

function convert<M extends Module>(module: M, memoryFormat: MemoryFormat, classes: readonly ModuleClass[]): M {
  for (const one of module.modules()) {
    if (!classes.some((Class) => one instanceof Class)) continue;
    const { weight } = one as unknown as { weight: Parameter };
    const data = weight.detach().clone({ memoryFormat });
    weight.data = data.resize_(data.size(), { memoryFormat });
  }
  return module;
}

/**
 * Gives the weights of all 2-d convolutions below a module a memory format, such as `channelsLast`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.convert_conv2d_weight_memory_format.html
 */
export function convertConv2dWeightMemoryFormat<M extends Module>(module: M, memoryFormat: MemoryFormat): M {
  return convert(module, memoryFormat, [Conv2d, ConvTranspose2d] as unknown as ModuleClass[]);
}

/**
 * Gives the weights of all 3-d convolutions below a module a memory format, such as `channelsLast3d`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.convert_conv3d_weight_memory_format.html
 */
export function convertConv3dWeightMemoryFormat<M extends Module>(module: M, memoryFormat: MemoryFormat): M {
  return convert(module, memoryFormat, [Conv3d, ConvTranspose3d] as unknown as ModuleClass[]);
}
