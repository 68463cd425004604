/** Whether sparse tensors are checked when they are made: `torch.sparse.check_sparse_tensor_invariants`. */
import { type Mode, mode } from '../autograd/grad-mode';
import { native } from '../native';

function setChecks(checks: boolean | null): () => void {
  const before = native.checksSparseTensors();
  native.setChecksSparseTensors(checks);
  return () => native.setChecksSparseTensors(before);
}

/**
 * A mode in which every sparse tensor is checked when it is made: that indices are in range, of an integer dtype, in order
 * where they must be, and that sizes fit; or, with `false`, is not. `enable`, `disable` and `isEnabled` are for good.
 *
 * Where nothing is said, the constructors check here, which Python's do not: an index out of range would crash the process.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse.check_sparse_tensor_invariants.html
 */
export const checkSparseTensorInvariants = Object.assign(
  mode<[enable?: boolean]>((enable = true) => setChecks(enable)) as Mode & Mode<[enable: boolean]>,
  {
    isEnabled(): boolean {
      return native.checksSparseTensors() ?? false;
    },
    enable(): void {
      native.setChecksSparseTensors(true);
    },
    disable(): void {
      native.setChecksSparseTensors(false);
    },
  },
);

/** @internal Makes a sparse tensor with checks if `asked`, or, where that is null, unless they are disabled. */
export function checking<T>(asked: boolean | null, make: () => T): T {
  const leave = setChecks(asked ?? native.checksSparseTensors() ?? true);
  try {
    return make();
  } finally {
    leave();
  }
}
