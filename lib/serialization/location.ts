/** Which device the storages of a checkpoint come to: `mapLocation`. */
import * as cuda from '../cuda';
import { Device } from '../device';
import { RuntimeError } from '../errors';
import { isOptions } from '../ops';
import { Tensor } from '../tensor';

/**
 * Where storages go: a device; from which device to which; or a function of a storage, as a 1-d uint8 tensor on the CPU,
 * and the location that it was saved from, which gives the storage where it is to be, or null to leave it to tsorch.
 */
export type MapLocation =
  | Device
  | string
  | Readonly<Record<string, string>>
  | ReadonlyMap<string, string>
  | ((storage: Tensor, location: string) => Tensor | null | undefined);

/** Puts storages in their places. */
export type Restore = (bytes: Tensor, location: string) => Tensor;

/** Whether storages go to the meta device, so that their bytes need not be read. */
export function isMeta(mapLocation: MapLocation | null): boolean {
  return mapLocation === 'meta' || (mapLocation instanceof Device && mapLocation.type === 'meta');
}

/** What `mapLocation` says. */
export function restorer(mapLocation: MapLocation | null): Restore {
  if (mapLocation === null) return restore;
  if (typeof mapLocation === 'string' || mapLocation instanceof Device) {
    const target = String(mapLocation);
    return (bytes) => restore(bytes, target);
  }
  if (typeof mapLocation === 'function') {
    return (bytes, location) => {
      const moved = mapLocation(bytes, location) ?? null;
      if (moved === null) return restore(bytes, location);
      if (moved instanceof Tensor && moved.numel() * moved.itemsize === bytes.numel()) return moved;
      throw new TypeError('mapLocation must give the storage that it got, on whichever device, or null');
    };
  }
  if (mapLocation instanceof Map) return (bytes, from) => restore(bytes, mapLocation.get(from) ?? from);
  if (isOptions(mapLocation)) {
    return (bytes, from) => restore(bytes, Object.hasOwn(mapLocation, from) ? (mapLocation[from] as string) : from);
  }
  throw new TypeError('mapLocation must be a device, a string, a dictionary of strings or a function');
}

/** Python's `default_restore_location`. */
function restore(bytes: Tensor, location: string): Tensor {
  if (location === 'cpu') return bytes;
  if (/^cuda(:|\d|$)/.test(location)) return bytes.to(checkedCuda(location));
  if (location === 'meta' || /^(mps|xpu|hpu|mtia)(:\d+)?$/.test(location)) return bytes.to(location);
  throw new RuntimeError(
    `don't know how to restore data location of torch.storage.UntypedStorage (tagged with ${location})`,
  );
}

function checkedCuda(location: string): string {
  if (!cuda.isAvailable()) {
    throw new RuntimeError(
      'Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running ' +
        "on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to " +
        'the CPU.',
    );
  }
  const index = Number(location.split(':')[1] ?? 0);
  if (index >= cuda.deviceCount()) {
    throw new RuntimeError(
      `Attempting to deserialize object on CUDA device ${index} but torch.cuda.device_count() is ` +
        `${cuda.deviceCount()}. Please use torch.load with map_location to map your storages to an existing device.`,
    );
  }
  return location;
}
