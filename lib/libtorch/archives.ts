/** LibTorch's official archives: where they are and what their checksums must be. */
import { DEFAULT_VERSION } from './versions';

/** A zip file to download. */
export interface Archive {
  readonly url: string;
  /** Its SHA-256 in hexadecimal, or null where the user named the address and gave none. */
  readonly sha256: string | null;
}

const BASE = 'https://download.pytorch.org';

/** For the CPU: the CUDA archives leave out NVIDIA's libraries, which only pip brings. Linux on arm has a wheel only. */
const ARCHIVES: Readonly<Record<string, Archive>> = {
  'linux-x64': {
    url: `${BASE}/libtorch/cpu/libtorch-shared-with-deps-${DEFAULT_VERSION}%2Bcpu.zip`,
    sha256: 'edbf4cbed78433d803e90a65f1752e57783d164bce66c95c0872b2ab8f5c159e',
  },
  'linux-arm64': {
    url: `${BASE}/whl/cpu/torch-${DEFAULT_VERSION}%2Bcpu-cp314-cp314-manylinux_2_28_aarch64.whl`,
    sha256: 'ca021f9eb2f8345c83fa03e3a04587308afb8df71bd472670b3ece00df58621c',
  },
  'darwin-arm64': {
    url: `${BASE}/libtorch/cpu/libtorch-macos-arm64-${DEFAULT_VERSION}.zip`,
    sha256: '1e10c6c4dc2764150c9fb2ad28e1889191302734e7f939108e5d2f22f21a06f8',
  },
};

/**
 * The archive for this platform, or the one that `TSORCH_LIBTORCH_URL` names (a mirror; `#sha256=...` at its end is
 * checked); null where there is none.
 */
export function archiveFor(env: NodeJS.ProcessEnv): Archive | null {
  const mirror = env.TSORCH_LIBTORCH_URL;
  if (!mirror) return ARCHIVES[`${process.platform}-${process.arch}`] ?? null;
  const [url = '', fragment = ''] = mirror.split('#', 2);
  return { url, sha256: fragment.match(/^sha256=([0-9a-f]{64})$/i)?.[1]?.toLowerCase() ?? null };
}
