/** tsorch's side of the module cases. */
import type * as tsorch from '../../lib';
import { torch, type Work, type Works } from '../compiled';

const { nn } = torch;
const F = nn.functional;

const WIDTH = 128;
const HEADS = 4;

/** A block of a GPT: attention to what came before, then two linear maps. */
class Block extends nn.Module {
  norm1 = new nn.LayerNorm(WIDTH);
  attention = new nn.Linear(WIDTH, 3 * WIDTH);
  projection = new nn.Linear(WIDTH, WIDTH);
  norm2 = new nn.LayerNorm(WIDTH);
  up = new nn.Linear(WIDTH, 4 * WIDTH);
  down = new nn.Linear(4 * WIDTH, WIDTH);

  override forward(x: tsorch.Tensor): tsorch.Tensor {
    const [batch, length, width] = x.shape as unknown as [number, number, number];
    const split = this.attention(this.norm1(x)).view(batch, length, 3, HEADS, width / HEADS);
    const [query, key, value] = split.permute(2, 0, 3, 1, 4).unbind(0) as [tsorch.Tensor, tsorch.Tensor, tsorch.Tensor];
    const attended = F.scaledDotProductAttention(query, key, value, { isCausal: true });
    const hidden = x.add(this.projection(attended.transpose(1, 2).reshape(batch, length, width)));
    return hidden.add(this.down(F.gelu(this.up(this.norm2(hidden)))));
  }
}

/** A block of a ResNet. */
class Residual extends nn.Module {
  conv1: tsorch.nn.Conv2d;
  bn1: tsorch.nn.BatchNorm2d;
  conv2: tsorch.nn.Conv2d;
  bn2: tsorch.nn.BatchNorm2d;
  downsample = new nn.Sequential();

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(outputs);
    this.conv2 = new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(outputs);
    if (stride > 1) {
      this.downsample.append(new nn.Conv2d(inputs, outputs, 1, { stride, bias: false }));
      this.downsample.append(new nn.BatchNorm2d(outputs));
    }
  }

  override forward(x: tsorch.Tensor): tsorch.Tensor {
    const y = this.bn2(this.conv2(F.relu(this.bn1(this.conv1(x)))));
    return F.relu(y.add(this.downsample(x)));
  }
}

function resnet18(): tsorch.nn.Sequential {
  const model = new nn.Sequential(
    new nn.Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    new nn.BatchNorm2d(64),
    new nn.ReLU(),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
  );
  let inputs = 64;
  for (const outputs of [64, 128, 256, 512]) {
    model.append(new Residual(inputs, outputs, outputs > 64 ? 2 : 1));
    model.append(new Residual(outputs, outputs, 1));
    inputs = outputs;
  }
  return model.extend([new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(512, 1000)]);
}

function inference(model: tsorch.nn.Sequential, ...size: number[]): Work {
  model.eval();
  const x = torch.randn(size);
  return () => torch.noGrad(() => model(x) as tsorch.Tensor);
}

function linear(): Works {
  const x = torch.randn(8, 8);
  const layer = new nn.Linear(8, 8);
  const { weight, bias } = layer;
  return { 'linear-functional': () => F.linear(x, weight, bias), 'linear-module': () => layer(x) };
}

/** The work of every case, made in this order on every side, for they draw their weights from one seed. */
export function modules(): Works {
  return {
    ...linear(),
    'transformer-forward': inference(
      new nn.Sequential(...Array.from({ length: 8 }, () => new Block())),
      ...[1, 64, WIDTH],
    ),
    'resnet18-forward': inference(resnet18(), 1, 3, 224, 224),
  };
}
