/** docs/programs.md prints what it says, in both languages. */
import * as torch from '../../lib';
import { describePage } from './page';

describePage('docs/programs.md', 3, { torch, nn: torch.nn });
