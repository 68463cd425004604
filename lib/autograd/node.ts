/** The nodes of autograd's graph. */
import { inspect } from 'node:util';
import { NativeObject } from '../handle';
import { type Handle, native } from '../native';
import { wrap } from '../ops';
import type { RemovableHandle } from '../removable-handle';
import type { Tensor } from '../tensor';
import { type NodeHook, type NodePrehook, registerNodeHook, registerNodePrehook } from './hooks';

/**
 * An operation that autograd recorded: what `gradFn` gives. There is one object for a node as long as it is in use.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.html
 */
export class GradNode extends NativeObject {
  /** @internal */
  readonly handle: Handle;

  /** @internal Use `nodeOf`. */
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
    return native.nodeInputs(this.handle).map(([node, number]) => [node && nodeOf(node), number]);
  }

  /** The leaf whose gradient an `AccumulateGrad` node accumulates; undefined for any other node. */
  get variable(): Tensor | undefined {
    const variable = native.nodeVariable(this.handle);
    return variable && wrap(variable);
  }

  /**
   * An object for whatever one wants to know of the node. While `detectAnomaly` is on, `traceback_` is the stack of the
   * call that made the node.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.metadata.html
   */
  get metadata(): Record<string, unknown> {
    return native.nodeMetadata(this.handle);
  }

  /**
   * Runs a function whenever this node has computed gradients. It sees those for the node's inputs and those that the
   * node was given, and may return others in place of the former.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.register_hook.html
   */
  registerHook(hook: NodeHook): RemovableHandle {
    return registerNodeHook(this.handle, hook);
  }

  /**
   * Runs a function before this node computes gradients. It sees those that the node is given, and may return others.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.register_prehook.html
   */
  registerPrehook(hook: NodePrehook): RemovableHandle {
    return registerNodePrehook(this.handle, hook);
  }

  override toString(): string {
    return `<${this.name()}>`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

// Note [Identity of nodes]
// A GradNode keeps its node alive, so that no other has the same address: one that is found here is the right one.
const known = new Map<number, WeakRef<GradNode>>();
const collected = new FinalizationRegistry((address: number) => {
  if (known.get(address)?.deref() === undefined) known.delete(address);
});

/** @internal The object of a native node. */
export function nodeOf(handle: Handle): GradNode {
  const address = native.nodeAddress(handle);
  const found = known.get(address)?.deref();
  if (found !== undefined) return found;
  const node = new GradNode(handle);
  known.set(address, new WeakRef(node));
  collected.register(node, address);
  return node;
}
