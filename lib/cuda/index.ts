/** `torch.cuda`: the accelerator that LibTorch was built for, if the machine has one. */
import { native } from '../native';

/** Whether CUDA can be used here. @see https://docs.pytorch.org/docs/2.13/generated/torch.cuda.is_available.html */
export function isAvailable(): boolean {
  return native.accelerator()?.type === 'cuda';
}

/** The CUDA devices of this machine; 0 without CUDA. */
export function deviceCount(): number {
  const accelerator = native.accelerator();
  return accelerator?.type === 'cuda' ? accelerator.count : 0;
}

/** Waits until a device, the current one if none is given, has done its work. @throws RuntimeError without CUDA. */
export function synchronize(index?: number): void {
  if (index === undefined) native.synchronize();
  else native.synchronize(index);
}
