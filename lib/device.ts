/** Where tensors live, and where factories put them. */
import { inspect } from 'node:util';
import { mode } from './autograd/grad-mode';
import { NativeObject } from './handle';
import { type Handle, type NativeDevice, native } from './native';

/**
 * A device: a type such as `'cpu'` or `'cuda'`, and an index where one is meant.
 *
 * @see https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.device
 */
export class Device extends NativeObject {
  /** @internal */
  readonly handle: Handle;
  /** `'cpu'`, `'cuda'`, `'meta'`, ... */
  readonly type: string;
  /** Which of them; null for the current one. */
  readonly index: number | null;

  /** @internal */
  constructor(described: NativeDevice) {
    super();
    this.handle = described.handle;
    this.type = described.type;
    this.index = described.index < 0 ? null : described.index;
  }

  /** `'cuda:0'`, as Python's `str`. */
  override toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  /** `"device(type='cuda', index=0)"`, as Python's `repr`. */
  repr(): string {
    return `device(type='${this.type}'${this.index === null ? '' : `, index=${this.index}`})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.repr();
  }
}

const DEVICES = new Map<string, Device>();
const BY_CODE: Device[] = [];

function unique(described: NativeDevice): Device {
  const key = `${described.type}:${described.index}`;
  let device = DEVICES.get(key);
  if (device === undefined) {
    device = new Device(described);
    DEVICES.set(key, device);
  }
  return device;
}

/**
 * The device of that name; equal devices are one object. With a function, what it returns, factories putting tensors on the
 * device meanwhile: Python's `with torch.device('cuda'):`.
 *
 * @see https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.device
 * @throws RuntimeError if the text names no device.
 */
export const device: {
  (type: string | number | Device, index?: number): Device;
  <T>(type: string | number | Device, body: () => T): T;
} = <T>(type: string | number | Device, index?: number | (() => T)): never => {
  if (typeof index === 'function') return onDevice(device(type), index) as never;
  if (type instanceof Device) return type as never;
  return unique(index === undefined ? native.device(type) : native.device(type, index)) as never;
};

/** The type of devices, as Python's `torch.device` names both. */
export type device = Device;

/** @internal The device of a native tensor's device code. */
export function deviceOfCode(code: number): Device {
  BY_CODE[code] ??= unique(native.deviceFromCode(code));
  return BY_CODE[code];
}

let defaultDevice: Device | null = null;

const onDevice = mode<[device: Device]>((device) => {
  const before = defaultDevice;
  defaultDevice = device;
  return () => {
    defaultDevice = before;
  };
}) as <T>(device: Device, body: () => T) => T;

/** @internal Where a factory that was asked for `device` puts its tensor; null where LibTorch decides. */
export function constructedOn(asked: Device | string | number | null | undefined): Device | null {
  return asked === null || asked === undefined ? defaultDevice : device(asked);
}

/** @internal Where factories put tensors for which no device is named; null lets LibTorch decide. */
export function constructOn(chosen: Device | null): void {
  defaultDevice = chosen;
}
