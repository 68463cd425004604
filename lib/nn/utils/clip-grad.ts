/** Limits gradients: by their norm, or each element. */
import { python } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import { tensor } from '../../creation';
import { RuntimeError } from '../../errors';
import { vectorNorm } from '../../generated/linalg';
import {
  _foreachClampMax_,
  _foreachClampMin_,
  _foreachMul_,
  _foreachNorm,
  clamp,
  div,
  stack,
} from '../../generated/torch';
import { floatRepr } from '../../print/number';
import { Tensor } from '../../tensor';
import { warn } from '../../warnings';

type Tensors = Tensor | Iterable<Tensor>;

function list(tensors: Tensors): Tensor[] {
  return tensors instanceof Tensor ? [tensors] : [...tensors];
}

function gradsOf(parameters: Tensors): Tensor[] {
  return list(parameters).flatMap(({ grad }) => (grad === null ? [] : [grad]));
}

/** Tensors of one device and dtype each, in the order of the first of them. */
function groups(tensors: readonly Tensor[]): Tensor[][] {
  const found = new Map<string, Tensor[]>();
  for (const one of tensors) {
    const key = `${one.device} ${one.dtype}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

/** Whether the operators over lists are to be used; throws where they are asked for and cannot be. */
function usesLists([first]: readonly Tensor[], foreach: boolean | null): boolean {
  const type = (first as Tensor).device.type;
  const supported = type === 'cpu' || type === 'cuda';
  if (foreach && !supported) {
    throw new RuntimeError(`foreach=True was passed, but can't use the foreach API on ${type} tensors`);
  }
  return foreach ?? supported;
}

/**
 * The norm of all tensors together, as if they were one vector.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.get_total_norm.html
 * @throws RuntimeError if `errorIfNonfinite` is set and the norm is infinite or not a number.
 */
export const getTotalNorm = python(
  'get_total_norm',
  ['tensors', 'normType?', 'errorIfNonfinite?', 'foreach?'],
  (tensors: Tensors, normType = 2, errorIfNonfinite = false, foreach: boolean | null = null): Tensor =>
    noGrad(() => {
      const all = list(tensors);
      const [first] = all;
      if (first === undefined) return tensor(0);
      const norms = groups(all).flatMap((group) =>
        usesLists(group, foreach) ? [..._foreachNorm(group, normType)] : group.map((one) => vectorNorm(one, normType)),
      );
      const total = vectorNorm(stack(norms.map((norm) => norm.to(first.device))), normType);
      if (errorIfNonfinite && total.isnan().logicalOr(total.isinf()).item<boolean>()) {
        throw new RuntimeError(
          `The total norm of order ${floatRepr(normType)} for gradients from \`parameters\` is non-finite, so it ` +
            'cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set ' +
            '`error_if_nonfinite=False`',
        );
      }
      return total;
    }),
);

/**
 * Scales the gradients of parameters, in place, so that their norm is `maxNorm` at most, where it is `totalNorm` now.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grads_with_norm_.html
 */
export const clipGradsWithNorm_ = python(
  'clip_grads_with_norm_',
  ['parameters', 'maxNorm', 'totalNorm', 'foreach?'],
  (parameters: Tensors, maxNorm: number, totalNorm: Tensor, foreach: boolean | null = null): void =>
    noGrad(() => {
      const grads = gradsOf(parameters);
      if (grads.length === 0) return;
      const factor = clamp(div(maxNorm, totalNorm.add(1e-6)), { max: 1 });
      for (const group of groups(grads)) {
        const onDevice = factor.to((group[0] as Tensor).device);
        if (usesLists(group, foreach)) _foreachMul_(group, onDevice);
        else for (const grad of group) grad.mul_(onDevice);
      }
    }),
);

const CLIP_NORM = ['parameters', 'maxNorm', 'normType?', 'errorIfNonfinite?', 'foreach?'] as const;

function clipNorm(
  parameters: Tensors,
  maxNorm: number,
  normType = 2,
  errorIfNonfinite = false,
  foreach: boolean | null = null,
): Tensor {
  const all = list(parameters);
  const total = getTotalNorm(gradsOf(all), normType, errorIfNonfinite, foreach);
  clipGradsWithNorm_(all, maxNorm, total, foreach);
  return total;
}

/**
 * Scales the gradients of parameters, in place, so that the norm of all together is `maxNorm` at most; gives the norm
 * before.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grad_norm_.html
 * @throws RuntimeError if `errorIfNonfinite` is set and the norm is infinite or not a number.
 */
export const clipGradNorm_ = python('clip_grad_norm_', CLIP_NORM, clipNorm);

/**
 * `clipGradNorm_` by its first name, deprecated since PyTorch 0.4.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grad_norm.html
 */
export const clipGradNorm = python('clip_grad_norm', CLIP_NORM, (...args: Parameters<typeof clipNorm>): Tensor => {
  warn(
    '`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.',
    'FutureWarning',
  );
  return clipNorm(...args);
});

/**
 * Limits each element of the gradients of parameters, in place, to [-clipValue, clipValue].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grad_value_.html
 */
export const clipGradValue_ = python(
  'clip_grad_value_',
  ['parameters', 'clipValue', 'foreach?'],
  (parameters: Tensors, clipValue: number, foreach: boolean | null = null): void =>
    noGrad(() => {
      for (const group of groups(gradsOf(parameters))) {
        if (usesLists(group, foreach)) {
          _foreachClampMin_(group, -clipValue);
          _foreachClampMax_(group, clipValue);
        } else {
          for (const grad of group) grad.clamp_({ min: -clipValue, max: clipValue });
        }
      }
    }),
);
