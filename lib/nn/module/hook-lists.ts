/** Hooks of a module by kind, in the order in which they run. */
import { RemovableHandle } from '../../removable-handle';

/** Hooks by kind, those of each kind in the order in which they run. */
export class HookLists<Hooks extends object> {
  private readonly lists = new Map<keyof Hooks, readonly Hooks[keyof Hooks][]>();
  /** The number of hooks of all kinds. */
  size = 0;

  /** The hooks of a kind, which later changes do not touch. */
  get<Kind extends keyof Hooks>(kind: Kind): readonly Hooks[Kind][] {
    return (this.lists.get(kind) ?? []) as readonly Hooks[Kind][];
  }

  /** Adds a hook behind the others of its kind, or before them. */
  add<Kind extends keyof Hooks>(kind: Kind, hook: Hooks[Kind], prepend = false): RemovableHandle {
    const others = this.get(kind);
    this.lists.set(kind, prepend ? [hook, ...others] : [...others, hook]);
    this.size++;
    return new ListedHandle(this as never, kind as never, hook as never);
  }

  /** Removes a hook; one that is not there is no error. */
  delete<Kind extends keyof Hooks>(kind: Kind, hook: Hooks[Kind]): void {
    const left = this.get(kind).filter((other) => other !== hook);
    this.size -= this.get(kind).length - left.length;
    this.lists.set(kind, left);
  }
}

/** Removes a hook from its list; a copy of a module has copies of both, and so of the handle. */
class ListedHandle extends RemovableHandle {
  constructor(
    private readonly lists: HookLists<never>,
    private readonly kind: never,
    private readonly hook: never,
  ) {
    super(() => {});
  }

  override remove(): void {
    this.lists.delete(this.kind, this.hook);
  }
}
