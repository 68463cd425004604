/** docs/coming-from-pytorch.md prints what it says, in both languages. */
import * as torch from '../../lib';
import { describePage } from './page';

const { nn, optim, slice } = torch;

describePage('docs/coming-from-pytorch.md', 40, { torch, nn, optim, slice, F: nn.functional });
