/** The numbers that `torch` names. */
export const e = Math.E;
export const inf = Number.POSITIVE_INFINITY;
export const nan = Number.NaN;
export const pi = Math.PI;

/** A new dimension in an index: `x.at(torch.newaxis)`. */
export const newaxis = null;
