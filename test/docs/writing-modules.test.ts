/** docs/writing-modules.md prints what it says, in both languages. */
import * as torch from '../../lib';
import { describePage } from './page';

const { nn } = torch;

describePage('docs/writing-modules.md', 11, { torch, nn, F: nn.functional });
