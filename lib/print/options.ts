/** The printing options of tensors: `torch.setPrintoptions`. */
import { python } from '../arguments';
import { mode } from '../autograd/grad-mode';

/** How tensors are printed. */
export interface PrintOptions {
  /** Digits after the point; 4 at first. */
  precision: number;
  /** The number of elements above which a tensor is summarised; 1000 at first. */
  threshold: number;
  /** The number of elements at the beginning and the end of each dimension of a summary; 3 at first. */
  edgeitems: number;
  /** The number of characters in a line; 80 at first. */
  linewidth: number;
  /** True for scientific notation, false for none, null to choose by the values. */
  sciMode: boolean | null;
}

/** What {@link setPrintoptions} takes by name. */
export interface PrintOptionsInit {
  readonly precision?: number | null;
  readonly threshold?: number | null;
  readonly edgeitems?: number | null;
  readonly linewidth?: number | null;
  /** Sane defaults, which the other options override. */
  readonly profile?: 'default' | 'short' | 'full' | null;
  readonly sciMode?: boolean | null;
}

type Profile = Omit<PrintOptions, 'sciMode'>;

const PROFILES: Readonly<Record<string, Profile>> = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

/** @internal What is in force. */
export const printOptions: PrintOptions = { ...(PROFILES.default as Profile), sciMode: null };

/**
 * Sets how tensors are printed. What is left out stays, but for `sciMode`, which then chooses by the values again.
 *
 * @example torch.setPrintoptions({ precision: 2, profile: 'short' });
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_printoptions.html
 * @throws TypeError if an option has no such name.
 */
export const setPrintoptions = python(
  'set_printoptions',
  ['precision?', 'threshold?', 'edgeitems?', 'linewidth?', 'profile?', 'sciMode?'],
  (
    precision?: number | null,
    threshold?: number | null,
    edgeitems?: number | null,
    linewidth?: number | null,
    profile?: PrintOptionsInit['profile'],
    sciMode?: boolean | null,
  ): void => {
    Object.assign(printOptions, PROFILES[profile ?? '']);
    printOptions.precision = precision ?? printOptions.precision;
    printOptions.threshold = threshold ?? printOptions.threshold;
    printOptions.edgeitems = edgeitems ?? printOptions.edgeitems;
    printOptions.linewidth = linewidth ?? printOptions.linewidth;
    printOptions.sciMode = sciMode ?? null;
  },
);

/** The printing options, as {@link setPrintoptions} takes them: `torch._tensor_str.get_printoptions` of PyTorch. */
export function getPrintoptions(): PrintOptions {
  return { ...printOptions };
}

/**
 * Prints with other options while a function runs, or until the scope is left: `torch._tensor_str.printoptions` of
 * PyTorch.
 *
 * @example torch.printoptions({ precision: 2 }, () => console.log(x));
 */
export const printoptions = mode<[options: PrintOptionsInit]>((options) => {
  const before = getPrintoptions();
  setPrintoptions(options);
  return () => setPrintoptions(before);
});
