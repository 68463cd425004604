/** Random index expressions of tensors, in Python's words and in ours. */
import * as torch from '../../lib';
import type { IndexItem } from '../../lib/indexing';
import type { Random } from '../oracle/random';

/** Builds one random index of a shape, in both languages. */
export class Expression {
  readonly items: IndexItem[] = [];
  readonly words: string[] = [];
  readonly tensors: torch.Tensor[] = [];
  private readonly length: number;

  constructor(
    shape: number[],
    private readonly random: Random,
  ) {
    // Index tensors of one expression are broadcast to each other, and so mostly have one length.
    this.length = 1 + random.below(3);
    let dim = 0;
    const last = random.chance(0.3) ? random.below(shape.length + 1) : shape.length;
    let ellipsis = random.chance(0.25);
    while (dim < last || (random.chance(0.03) && this.items.length < 8)) {
      if (ellipsis && random.chance(0.3)) {
        this.add('...', '...');
        ellipsis = false;
        dim += random.below(Math.max(1, shape.length - dim));
      }
      dim += this.addFor(shape, dim);
    }
  }

  /** The index, which Python takes for a tuple. */
  get text(): string {
    if (this.words.length === 0) return '()';
    return this.words.join(', ');
  }

  /** The same index as one list, which Python takes for a tuple if it holds more than numbers. */
  get listText(): string {
    const bound = (text: string | undefined) => text || 'None';
    // Slices have their colons between brackets only.
    const words = this.words.map((word) => {
      if (!word.includes(':')) return word;
      const [start, stop, step] = word.split(':');
      return `slice(${bound(start)}, ${bound(stop)}, ${bound(step)})`;
    });
    return `[${words.join(', ')}]`;
  }

  private add(item: IndexItem, word: string): number {
    this.items.push(item);
    this.words.push(word);
    return 1;
  }

  /** Adds an item for a dimension; gives how many dimensions it takes. */
  private addFor(shape: number[], dim: number): number {
    const { random } = this;
    const size = shape[dim] ?? 2;
    switch (random.below(17)) {
      case 0:
      case 1:
        return this.addInt(size);
      case 2:
      case 3:
      case 4:
        return this.addSlice(size);
      case 5:
        this.add(null, 'None');
        return 0;
      case 6: {
        const flag = random.chance(0.7);
        this.add(flag, flag ? 'True' : 'False');
        return 0;
      }
      case 7:
        return this.addMask(shape, dim);
      case 8:
      case 9:
        return this.addTensor(size);
      case 10:
      case 11:
        return this.addList(size);
      case 12:
        return this.addScalarTensor(size);
      case 13:
        return this.addArray(size);
      case 14:
        return this.addTensorSlice(size);
      case 15:
        return this.addMixedList(size);
      default:
        return this.add(':', ':');
    }
  }

  private position(size: number): number {
    const beyond = this.random.chance(0.02) ? 3 : 0;
    return this.random.below(2 * size + beyond) - size;
  }

  private addInt(size: number): number {
    const position = this.position(size);
    return this.add(this.random.chance(0.2) ? BigInt(position) : position, String(position));
  }

  private addSlice(size: number): number {
    const { random } = this;
    const bound = (): number | null => (random.chance(0.4) ? null : random.below(2 * size + 3) - size - 1);
    const [start, stop] = [bound(), bound()];
    const step = random.chance(0.6) ? null : 1 + random.below(3);
    const text = `${start ?? ''}:${stop ?? ''}${step === null ? '' : `:${step}`}`;
    return this.add(random.chance(0.5) ? torch.slice(start, stop, step) : (text as ':'), text);
  }

  private addMask(shape: number[], dim: number): number {
    const { random } = this;
    const dims = 1 + random.below(2);
    const sizes = Array.from({ length: dims }, (_, i) => (shape[dim + i] ?? 2) + (random.chance(0.03) ? 1 : 0));
    const count = sizes.reduce((product, size) => product * size, 1);
    const flags = Uint8Array.from({ length: count }, () => random.below(2));
    const mask = torch.frombuffer(flags, { dtype: torch.uint8 }).reshape(sizes);
    this.addOperand(random.chance(0.05) ? mask : mask.to(torch.bool));
    return dims;
  }

  private addTensor(size: number): number {
    const { random } = this;
    const shape = random.pick([[this.length], [this.length], [1], [2, this.length], [this.length, 1], [0]]);
    const dtype = random.pick([torch.int64, torch.int64, torch.int32, torch.int8, torch.float32]);
    this.addOperand(this.positions(shape, size).to(dtype));
    return 1;
  }

  private addScalarTensor(size: number): number {
    const dtype = this.random.pick([torch.int64, torch.int32, torch.int16, torch.uint8, torch.bool]);
    this.addOperand(this.positions([], size).to(dtype));
    return dtype === torch.bool || dtype === torch.uint8 ? 0 : 1;
  }

  private positions(shape: number[], size: number): torch.Tensor {
    const count = shape.reduce((product, length) => product * length, 1);
    if (count === 0) return torch.zeros(shape, { dtype: torch.int64 });
    const values = BigInt64Array.from({ length: count }, () => BigInt(this.position(size)));
    return torch.frombuffer(values, { dtype: torch.int64 }).reshape(shape);
  }

  private addOperand(tensor: torch.Tensor): void {
    this.add(tensor, `t[${this.tensors.length}]`);
    this.tensors.push(tensor);
  }

  private addList(size: number): number {
    const { random } = this;
    if (random.chance(0.3)) {
      const flags = Array.from({ length: size }, () => random.chance(0.5));
      return this.add(flags, `[${flags.map((flag) => (flag ? 'True' : 'False')).join(', ')}]`);
    }
    const list = Array.from({ length: this.length }, () => this.position(size));
    if (random.chance(0.2)) return this.add([list, list], `[[${list}], [${list}]]`);
    return this.add(random.chance(0.2) ? list.map(BigInt) : list, `[${list}]`);
  }

  /** A typed array, which is NumPy's array in Python. */
  private addArray(size: number): number {
    const list = Array.from({ length: this.length }, () => this.position(size));
    return this.add(Int32Array.from(list), `np.array([${list}], dtype=np.int32)`);
  }

  /** A slice whose bounds are 0-d tensors. */
  private addTensorSlice(size: number): number {
    const tensors = [this.positions([], size), this.positions([], size)];
    const [start, stop] = tensors.map((_, i) => `t[${this.tensors.length + i}]`);
    this.tensors.push(...tensors);
    return this.add(torch.slice(tensors[0], tensors[1]), `${start}:${stop}`);
  }

  /** A list of what stands for numbers: ints, booleans and 0-d tensors. */
  private addMixedList(size: number): number {
    const items: (number | boolean | torch.Tensor)[] = [];
    const words: string[] = [];
    for (let i = 0; i < this.length; i++) {
      const position = this.position(size);
      const kind = this.random.below(3);
      if (kind === 0) {
        words.push(`t[${this.tensors.length}]`);
        const tensor = torch.tensor(BigInt(position));
        items.push(tensor);
        this.tensors.push(tensor);
      } else {
        words.push(kind === 1 ? String(position) : 'True');
        items.push(kind === 1 ? position : true);
      }
    }
    return this.add(items, `[${words.join(', ')}]`);
  }
}
