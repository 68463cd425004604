/** Sampling of images on grids. */
import { python } from '../../arguments';
import { NotImplementedError, ValueError } from '../../errors';
import * as torch from '../../generated/torch';
import { listRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';

/** How elements between the given ones are found. */
export type GridSampleMode = 'bilinear' | 'nearest' | 'bicubic';

/** What lies outside of the input. */
export type GridSamplePadding = 'zeros' | 'border' | 'reflection';

const MODES: readonly string[] = ['bilinear', 'nearest', 'bicubic'];
const PADDING_MODES: readonly string[] = ['zeros', 'border', 'reflection'];

/** What PyTorch takes where nothing is said, with its warning. */
function alignedByDefault(): boolean {
  warn(
    'Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify ' +
      'align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.',
  );
  return false;
}

/**
 * The elements of `input` (N, C, H, W) at the places `grid` (N, H', W', 2), in [-1, 1]: (N, C, H', W'); in 3-d too.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.grid_sample.html
 * @throws ValueError for an unknown mode.
 */
export const gridSample = python(
  'grid_sample',
  ['input', 'grid', 'mode?', 'paddingMode?', 'alignCorners?'],
  (
    input: Tensor,
    grid: Tensor,
    mode: GridSampleMode = 'bilinear',
    paddingMode: GridSamplePadding = 'zeros',
    alignCorners: boolean | null = null,
  ): Tensor => {
    if (!MODES.includes(mode)) {
      throw new ValueError(
        `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
      );
    }
    if (!PADDING_MODES.includes(paddingMode)) {
      throw new ValueError(
        "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: " +
          `'${paddingMode}'`,
      );
    }
    const aligned = alignCorners ?? alignedByDefault();
    return torch.gridSampler(input, grid, MODES.indexOf(mode), PADDING_MODES.indexOf(paddingMode), aligned);
  },
);

/** What is wrong with matrices for a size, whose dimensions `kind` names, or null. */
function wrongMatrices(theta: Tensor, size: readonly number[], rows: number): string | null {
  const [height, width] = theta.dim() === 3 ? theta.shape.slice(-2) : [];
  if (height === rows && width === rows + 1) return null;
  return (
    `Expected a batch of ${rows}D affine matrices of shape Nx${rows}x${rows + 1} for size ${listRepr(size)}. ` +
    `Got ${theta.shape}.`
  );
}

/**
 * The places of an image's elements under affine maps `theta` (N, 2, 3), as `gridSample` takes them: (N, H, W, 2) for
 * the size (N, C, H, W); in 3-d too.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.affine_grid.html
 * @throws ValueError for matrices that do not fit the size; NotImplementedError for other sizes.
 */
export const affineGrid = python(
  'affine_grid',
  ['theta', 'size', 'alignCorners?'],
  (theta: Tensor, size: readonly number[], alignCorners: boolean | null = null): Tensor => {
    const aligned = alignCorners ?? alignedByDefault();
    if (!theta.isFloatingPoint()) {
      throw new ValueError(`Expected theta to have floating point type, but got ${theta.dtype}`);
    }
    if (size.length !== 4 && size.length !== 5) {
      throw new NotImplementedError(
        'affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. ' +
          `Got size ${listRepr(size)}.`,
      );
    }
    const wrong = wrongMatrices(theta, size, size.length - 2);
    if (wrong !== null) throw new ValueError(wrong);
    if (aligned && Math.min(...size.slice(2)) === 1) {
      warn(
        'Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is ' +
          'not an intended use case of affine_grid. See the documentation of affine_grid for details.',
      );
    } else if (Math.min(...size) <= 0) {
      throw new ValueError(`Expected non-zero, positive output size. Got ${listRepr(size)}`);
    }
    return torch.affineGridGenerator(theta, size, aligned);
  },
);
