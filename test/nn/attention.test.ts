/** Attention and transformers, beside the module database: shapes, masks, errors. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;

const x = input([3, 2, 4]);
const y = input([5, 2, 4], { seed: 2 });
const z = input([5, 2, 6], { seed: 3 });

type Given = { x: torch.Tensor; y: torch.Tensor; z: torch.Tensor };
const detached = (tensors: readonly (torch.Tensor | null)[]) => tensors.map((tensor) => tensor?.detach() ?? null);

const SAME: [python: string, body: (given: Given) => unknown][] = [
  [
    'list(nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True).state_dict())',
    () => [...new nn.MultiheadAttention(4, 2, { addBiasKv: true, addZeroAttn: true }).stateDict().keys()],
  ],
  [
    'list(nn.MultiheadAttention(4, 2, kdim=6, vdim=6, bias=False).state_dict())',
    () => [...new nn.MultiheadAttention(4, 2, { kdim: 6, vdim: 6, bias: false }).stateDict().keys()],
  ],
  [
    '[t.detach() for t in nn.MultiheadAttention(4, 2, kdim=6, vdim=6)(x, z, z, average_attn_weights=False)]',
    ({ x, z }) =>
      detached(new nn.MultiheadAttention(4, 2, { kdim: 6, vdim: 6 })(x, z, z, { averageAttnWeights: false })),
  ],
  [
    'nn.MultiheadAttention(4, 2, dropout=0.5)(x, y, y)[0].detach()',
    ({ x, y }) => new nn.MultiheadAttention(4, 2, { dropout: 0.5 })(x, y, y)[0].detach(),
  ],
  [
    'nn.MultiheadAttention(4, 2)(x, x, x, need_weights=False, attn_mask=nn.Transformer.generate_square_subsequent_mask(3), is_causal=True)[0].detach()',
    ({ x }) => {
      const attnMask = nn.Transformer.generateSquareSubsequentMask(3);
      return new nn.MultiheadAttention(4, 2)(x, x, x, { needWeights: false, attnMask, isCausal: true })[0].detach();
    },
  ],
  [
    'nn.MultiheadAttention(4, 2)(x, y, y, torch.tensor([[False, False, True, True, True], [False] * 5]))[0].detach()',
    ({ x, y }) => {
      const f = false;
      const mask = torch.tensor([
        [f, f, true, true, true],
        [f, f, f, f, f],
      ]);
      return new nn.MultiheadAttention(4, 2)(x, y, y, mask)[0].detach();
    },
  ],
  [
    't = nn.Transformer(4, 2, 1, 1, 8, batch_first=True, norm_first=True).eval(); t(x.transpose(0, 1), y.transpose(0, 1)).detach()',
    ({ x, y }) => {
      const t = new nn.Transformer(4, 2, 1, 1, 8, { batchFirst: true, normFirst: true }).eval();
      return t(x.transpose(0, 1), y.transpose(0, 1)).detach();
    },
  ],
  [
    "repr(nn.TransformerEncoderLayer(4, 2, 8, 0.1, nn.GELU())), nn.TransformerEncoderLayer(4, 2, 8, activation='gelu')(x).shape",
    ({ x }) => [
      String(new nn.TransformerEncoderLayer(4, 2, 8, 0.1, new nn.GELU())),
      new nn.TransformerEncoderLayer(4, 2, 8, { activation: 'gelu' })(x).shape,
    ],
  ],
  [
    'e = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2); e.layers[0].linear1.weight is e.layers[1].linear1.weight, e(x, nn.Transformer.generate_square_subsequent_mask(3)).detach()',
    ({ x }) => {
      const e = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, 8), 2);
      const [a, b] = e.layers as Iterable<torch.nn.TransformerEncoderLayer>;
      return [a?.linear1.weight === b?.linear1.weight, e(x, nn.Transformer.generateSquareSubsequentMask(3)).detach()];
    },
  ],
  ['nn.MultiheadAttention(0, 2)', () => new nn.MultiheadAttention(0, 2)],
  ['nn.MultiheadAttention(5, 2)', () => new nn.MultiheadAttention(5, 2)],
  ['nn.MultiheadAttention(4, 2)(x, y, x)', ({ x, y }) => new nn.MultiheadAttention(4, 2)(x, y, x)],
  ['nn.MultiheadAttention(4, 2)(x, y[0], y)', ({ x, y }) => new nn.MultiheadAttention(4, 2)(x, y.at(0), y)],
  ['nn.MultiheadAttention(4, 2)(z, z, z)', ({ z }) => new nn.MultiheadAttention(4, 2)(z, z, z)],
  [
    'nn.MultiheadAttention(4, 2)(x, x, x, attn_mask=torch.zeros(2, 2))',
    ({ x }) => new nn.MultiheadAttention(4, 2)(x, x, x, { attnMask: torch.zeros(2, 2) }),
  ],
  [
    'nn.MultiheadAttention(4, 2)(x, x, x, is_causal=True)',
    ({ x }) => new nn.MultiheadAttention(4, 2)(x, x, x, { isCausal: true }),
  ],
  [
    'nn.MultiheadAttention(4, 2)(x, x, x, key_padding_mask=torch.zeros(3, 3))',
    ({ x }) => new nn.MultiheadAttention(4, 2)(x, x, x, { keyPaddingMask: torch.zeros(3, 3) }),
  ],
  ['nn.Transformer(4, 2, 1, 1, 8)(x, y[:, :1])', ({ x, y }) => new nn.Transformer(4, 2, 1, 1, 8)(x, y.at(':', ':1'))],
  ['nn.Transformer(4, 2, 1, 1, 8)(z, z)', ({ z }) => new nn.Transformer(4, 2, 1, 1, 8)(z, z)],
  [
    "nn.TransformerEncoderLayer(4, 2, activation='x')",
    () => new nn.TransformerEncoderLayer(4, 2, { activation: 'x' as never }),
  ],
];

describe('attention', () => {
  for (const [python, body] of SAME) it(python, () => parity(python, { x, y, z }, body));
});
