/** The memory of storages, for Node's functions to read files into and to write files from. */
import { native } from '../native';
import type { Tensor } from '../tensor';
import { viewOfArray } from '../typed-arrays';

// Small enough to stay in the processor's cache from one use to the next, large enough for the event loop's detours.
const PIECE_BYTES = 2 ** 20;

type Pieces = Generator<Uint8Array, void, void>;

/** The bytes of a contiguous uint8 tensor, one piece after another; a piece is good until the next is asked for. */
export function* pieces(bytes: Tensor): Pieces {
  for (const [start, size] of parts(bytes)) {
    if (yield* lent(bytes, start, size)) continue;
    const piece = new Uint8Array(size);
    viewOfArray(piece).copy_(bytes.narrow(0, start, size));
    yield piece;
  }
}

/** As `pieces`, but whoever gets a piece fills it. */
export function* emptyPieces(bytes: Tensor): Pieces {
  for (const [start, size] of parts(bytes)) {
    if (yield* lent(bytes, start, size)) continue;
    const piece = new Uint8Array(size);
    yield piece;
    bytes.narrow(0, start, size).copy_(viewOfArray(piece));
  }
}

function* parts(bytes: Tensor): Iterable<[start: number, size: number]> {
  const size = bytes.numel();
  for (let start = 0; start < size; start += PIECE_BYTES) yield [start, Math.min(PIECE_BYTES, size - start)];
}

/** A part of the memory itself, if it can be lent, else false: see Note [Memory on loan] in binding/storage.cc. */
function* lent(bytes: Tensor, start: number, size: number): Generator<Uint8Array, boolean, void> {
  const memory = native.lendMemory(bytes.handle, start, size);
  if (memory === null) return false;
  try {
    yield new Uint8Array(memory);
  } finally {
    native.endLoan(memory);
  }
  return true;
}
