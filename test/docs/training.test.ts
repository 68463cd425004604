/** docs/training.md prints what it says, in both languages. */
import * as torch from '../../lib';
import { describePage } from './page';

const { nn, optim } = torch;

describePage('docs/training.md', 8, { torch, nn, optim });
