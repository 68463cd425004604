/** What registering a hook gives. */

/**
 * Removes a hook that was registered: with `remove()`, or at the end of a `using` declaration's block.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.utils.hooks.RemovableHandle.html
 */
export class RemovableHandle {
  #remove: (() => void) | undefined;

  /** @internal */
  constructor(remove: () => void) {
    this.#remove = remove;
  }

  /** Removes the hook; the second time does nothing. */
  remove(): void {
    this.#remove?.();
    this.#remove = undefined;
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}
