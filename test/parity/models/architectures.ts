/** Real models, smaller in width and depth, built of tsorch's modules as `architectures.py` builds them of PyTorch's. */
import * as torch from '../../../lib';

const { nn } = torch;
const F = nn.functional;
type T = torch.Tensor;

class Block extends nn.Module {
  conv1: torch.nn.Conv2d;
  bn1: torch.nn.BatchNorm2d;
  conv2: torch.nn.Conv2d;
  bn2: torch.nn.BatchNorm2d;
  downsample: torch.nn.Sequential | null = null;

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(outputs);
    this.conv2 = new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(outputs);
    if (stride !== 1 || inputs !== outputs) {
      const conv = new nn.Conv2d(inputs, outputs, 1, { stride, bias: false });
      this.downsample = new nn.Sequential(conv, new nn.BatchNorm2d(outputs));
    }
  }

  override forward(x: T): T {
    const y = this.bn2(this.conv2(F.relu(this.bn1(this.conv1(x)))));
    return F.relu(y.add(this.downsample === null ? x : this.downsample(x)));
  }
}

const residual = (inputs: number, outputs: number, stride: number) =>
  new nn.Sequential(new Block(inputs, outputs, stride), new Block(outputs, outputs, 1));

class ResNet18 extends nn.Module {
  conv1 = new nn.Conv2d(3, 8, 7, { stride: 2, padding: 3, bias: false });
  bn1 = new nn.BatchNorm2d(8);
  maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  layer1 = residual(8, 8, 1);
  layer2 = residual(8, 16, 2);
  layer3 = residual(16, 32, 2);
  layer4 = residual(32, 64, 2);
  avgpool = new nn.AdaptiveAvgPool2d(1);
  fc = new nn.Linear(64, 10);

  override forward(x: T): T {
    let y: T = this.maxpool(F.relu(this.bn1(this.conv1(x)))) as T;
    for (const layer of [this.layer1, this.layer2, this.layer3, this.layer4]) y = layer(y);
    return this.fc((this.avgpool(y) as T).flatten(1));
  }
}

function doubleConv(inputs: number, outputs: number): torch.nn.Sequential {
  const half = (from: number) => [
    new nn.Conv2d(from, outputs, 3, { padding: 1 }),
    new nn.BatchNorm2d(outputs),
    new nn.ReLU({ inplace: true }),
  ];
  return new nn.Sequential(...half(inputs), ...half(outputs));
}

class UNet extends nn.Module {
  down1 = doubleConv(3, 4);
  down2 = doubleConv(4, 8);
  middle = doubleConv(8, 16);
  up2 = new nn.ConvTranspose2d(16, 8, 2, { stride: 2 });
  merge2 = doubleConv(16, 8);
  up1 = new nn.ConvTranspose2d(8, 4, 2, { stride: 2 });
  merge1 = doubleConv(8, 4);
  out = new nn.Conv2d(4, 2, 1);

  override forward(x: T): T {
    const a = this.down1(x);
    const b = this.down2(F.maxPool2d(a, 2));
    const c = this.merge2(torch.cat([this.up2(this.middle(F.maxPool2d(b, 2))), b], 1));
    return this.out(this.merge1(torch.cat([this.up1(c), a], 1)));
  }
}

class LSTMLanguageModel extends nn.Module {
  encoder = new nn.Embedding(50, 16);
  lstm = new nn.LSTM(16, 16, { numLayers: 2, batchFirst: true });
  decoder = new nn.Linear(16, 50);

  constructor() {
    super();
    this.decoder.weight = this.encoder.weight;
  }

  override forward(tokens: T): T {
    return this.decoder(this.lstm(this.encoder(tokens))[0]);
  }
}

class GPTBlock extends nn.Module {
  ln_1: torch.nn.LayerNorm;
  c_attn: torch.nn.Linear;
  c_proj: torch.nn.Linear;
  ln_2: torch.nn.LayerNorm;
  mlp: torch.nn.Sequential;

  constructor(
    private readonly size: number,
    private readonly heads: number,
  ) {
    super();
    this.ln_1 = new nn.LayerNorm(size);
    this.c_attn = new nn.Linear(size, 3 * size);
    this.c_proj = new nn.Linear(size, size);
    this.ln_2 = new nn.LayerNorm(size);
    const [up, down] = [new nn.Linear(size, 4 * size), new nn.Linear(4 * size, size)];
    this.mlp = new nn.Sequential(up, new nn.GELU({ approximate: 'tanh' }), down);
  }

  override forward(x: T): T {
    const [batch, length] = x.shape as unknown as [number, number];
    const parts = this.c_attn(this.ln_1(x)).split(this.size, 2);
    const [q, k, v] = parts.map((part) => part.view(batch, length, this.heads, -1).transpose(1, 2)) as [T, T, T];
    const y = F.scaledDotProductAttention(q, k, v, { isCausal: true });
    const z = x.add(this.c_proj(y.transpose(1, 2).reshape(batch, length, this.size)));
    return z.add(this.mlp(this.ln_2(z)));
  }
}

class GPT2 extends nn.Module {
  wte = new nn.Embedding(50, 24);
  wpe = new nn.Embedding(16, 24);
  h = new nn.ModuleList([0, 1, 2].map(() => new GPTBlock(24, 3)));
  ln_f = new nn.LayerNorm(24);

  override forward(tokens: T): T {
    let x = this.wte(tokens).add(this.wpe(torch.arange(tokens.size(1))));
    for (const block of this.h) x = block(x);
    return F.linear(this.ln_f(x), this.wte.weight);
  }
}

class ViT extends nn.Module {
  conv_proj = new nn.Conv2d(3, 24, 16, { stride: 16 });
  class_token = new nn.Parameter(torch.zeros(1, 1, 24));
  pos_embedding = new nn.Parameter(torch.empty(1, 5, 24).normal_(0, 0.02));
  encoder = new nn.TransformerEncoder(
    new nn.TransformerEncoderLayer(24, 3, 96, 0, 'gelu', { batchFirst: true, normFirst: true }),
    2,
    new nn.LayerNorm(24),
    { enableNestedTensor: false },
  );
  head = new nn.Linear(24, 10);

  override forward(x: T): T {
    const patches = this.conv_proj(x).flatten(2).transpose(1, 2);
    const tokens = torch.cat([this.class_token.expand(x.size(0), -1, -1), patches], 1).add(this.pos_embedding);
    return this.head(this.encoder(tokens).at(':', 0));
  }
}

/** The models by the names that they have in Python, too. */
export const MODELS: Readonly<Record<string, () => torch.nn.Module>> = {
  ResNet18: () => new ResNet18(),
  UNet: () => new UNet(),
  LSTMLanguageModel: () => new LSTMLanguageModel(),
  GPT2: () => new GPT2(),
  ViT: () => new ViT(),
};

/** Output, loss, gradients and buffers of one step in training, and the output in evaluation after it. */
export function outcome(name: string, state: Record<string, T>, given: T): unknown {
  const model = (MODELS[name] as () => torch.nn.Module)();
  model.loadStateDict(state);
  const output = model(given) as T;
  const loss = output.square().mean();
  loss.backward();
  const grads = new Map(model.namedParameters().map(([key, parameter]) => [key, parameter.grad]));
  const evaluated = torch.noGrad(() => model.eval()(given) as T);
  return [output.detach(), loss.detach(), grads, model.stateDict(), evaluated];
}
