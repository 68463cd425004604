/** Throws from native code while tensors die, as often as argv says: run in a process of its own. */
import * as torch from '../../lib';

for (let i = Number(process.argv[2]); i > 0; i--) {
  torch.ones(2);
  try {
    torch.ones(2, 2).mm(torch.ones(3, 3));
  } catch {
    // Expected.
  }
}
