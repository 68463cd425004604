/** What goes wrong while files are read and written. */
import { TorchError } from '../errors';

/** A pickle that is damaged, or that names what may not be loaded: Python's `pickle.UnpicklingError`. */
export class UnpicklingError extends TorchError {}

/** A value that has no form in a file: Python's `pickle.PicklingError`. */
export class PicklingError extends TorchError {}
