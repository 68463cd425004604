/** How indices are typed: what `at` and `set` take, and the strings that are slices. */
import * as torch from '../../lib';
import { any, expectType } from './expect';

const x = any<torch.Tensor>();
const from = any<number>();

expectType<torch.Tensor>(x.at(0));
expectType<torch.Tensor>(x.at(-1n, '...', null));
expectType<torch.Tensor>(x.at(':', '1:', ':-1', '::2', '1:-1:2'));
expectType<torch.Tensor>(x.at(`${from}:${from + 2}`));
expectType<torch.Tensor>(x.at(torch.slice(3), torch.slice(1, null), torch.slice(undefined, 5n, 2)));
expectType<torch.Tensor>(x.at(x.gt(0), [0, 2], [true, false], [[0n], [1n]], new Int32Array([0, 1])));
// @ts-expect-error a text that is no slice
x.at('first');
// @ts-expect-error a bound that is no number
x.at('a:b');
// @ts-expect-error four bounds
x.at('1:2:3:4');
// @ts-expect-error keyword arguments
x.at({ dim: 0 });
// @ts-expect-error nothing given
torch.slice();
// @ts-expect-error a bound that is no number
torch.slice('1:2');

x.set(0, 5);
x.set(':', 0, x);
x.set([0, 2], true);
x.set(1.5);
x.set(0, '1:', new torch.Complex(1, 2));
// @ts-expect-error a list is no value
x.set(0, [1, 2]);
// @ts-expect-error no value
x.set();

torch.setPrintoptions({ precision: 2, sciMode: true, profile: 'short' });
torch.setPrintoptions(2, null, 3);
expectType<number>(torch.getPrintoptions().linewidth);
expectType<string>(torch.printoptions({ precision: 2 }, () => String(x)));
// @ts-expect-error an option that does not exist
torch.setPrintoptions({ digits: 2 });
// @ts-expect-error a profile that does not exist
torch.setPrintoptions({ profile: 'long' });
