/** The nodes of autograd's graph. */
import { inspect } from 'node:util';
import { NativeObject } from '../handle';
import { type Handle, native } from '../native';

/**
 * An operation that autograd recorded: what `gradFn` gives.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.html
 */
export class GradNode extends NativeObject {
  /** @internal */
  readonly handle: Handle;

  /** @internal */
  constructor(handle: Handle) {
    super();
    this.handle = handle;
  }

  /** LibTorch's name: `'AddBackward0'`. */
  name(): string {
    return native.nodeName(this.handle);
  }

  /** The nodes that made the operation's inputs, each with the number of its output; null where none is recorded. */
  get nextFunctions(): [node: GradNode | null, inputNumber: number][] {
    return native.nodeInputs(this.handle).map(([node, number]) => [node === null ? null : new GradNode(node), number]);
  }

  override toString(): string {
    return `<${this.name()}>`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}
