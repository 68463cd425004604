/** docs/checkpoints.md prints what it says, in both languages. */
import * as torch from '../../lib';
import { describePage } from './page';

const { nn, npy, npz, optim, safetensors } = torch;

describePage('docs/checkpoints.md', 9, { torch, nn, npy, npz, optim, safetensors });
