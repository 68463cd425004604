/**
 * Loads damaged copies of a file, in a process of its own since a crash is what must not happen: prints how many were
 * refused, how many loaded, and every error that is not a clear one: `mutants.ts <format>,<seed>,<count> ...`.
 */
import { readFileSync } from 'node:fs';
import torch from '../../lib';
import { Source } from '../../lib/serialization/source';
import { ZipArchive } from '../../lib/serialization/zip/reader';
import { contentOf, ZipWriter } from '../../lib/serialization/zip/writer';
import { Random } from '../oracle/random';

const { Tuple } = torch.serialization;

/** What one run found. */
export interface Outcome {
  loaded: number;
  refused: number;
  /** Errors that tell nobody what is wrong, and truncated files that were loaded. */
  unclear: string[];
  peakMegabytes: number;
}

function contents(): Record<string, unknown> {
  const base = torch.arange(12, { dtype: torch.float32 });
  const quantized = torch.quantizePerTensor(torch.ones(3), 0.5, 3, torch.quint8);
  const channels = torch.quantizePerChannel(
    torch.ones(2, 2),
    torch.ones(2, { dtype: torch.float64 }),
    torch.zeros(2, { dtype: torch.int64 }),
    0,
    torch.qint8,
  );
  return {
    rows: base.view(3, 4),
    view: base.view(3, 4).t().at('1:3'),
    parameter: new torch.nn.Parameter(torch.ones(2)),
    half: torch.ones(3, { dtype: torch.float16 }),
    bytes: torch.ones(2, { dtype: torch.float8E4m3fn }),
    coo: torch.eye(3).toSparse(),
    csr: torch.eye(3).toSparseCsr(),
    complex: torch.ones(2, { dtype: torch.complex64 }).conj(),
    meta: torch.ones(2, { device: 'meta' }),
    quantized,
    channels,
    state: new torch.nn.Linear(2, 2).stateDict(),
    plain: [1, 2.5, 'text', 2n ** 70n, Tuple.of(1, 2), new Set([1]), Buffer.from('b'), torch.float32, torch.Size([1])],
    keys: new Map<unknown, unknown>([[1, { nested: [null, true] }]]),
  };
}

const arrays = () => ({ x: torch.arange(6).view(2, 3), y: torch.ones(2, { dtype: torch.complex64 }) });

interface Format {
  file(): Uint8Array;
  load(bytes: Uint8Array): unknown;
}

/** The formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  zip: { file: () => torch.save(contents()), load: (bytes) => torch.load(bytes) },
  legacy: {
    file: () => {
      const parts: Uint8Array[] = [];
      torch.save(contents(), { write: (part) => parts.push(part) }, { useNewZipfileSerialization: false });
      return Buffer.concat(parts);
    },
    load: (bytes) => torch.load(bytes),
  },
  safetensors: {
    file: () => torch.safetensors.save(arrays(), { format: 'pt' }),
    load: (bytes) => torch.safetensors.load(bytes),
  },
  npy: { file: () => torch.npy.toBuffer(arrays().x), load: (bytes) => torch.npy.load(bytes) },
  npz: { file: () => torch.npz.toBuffer(arrays()), load: (bytes) => torch.npz.load(bytes) },
  torchscript: {
    file: () => {
      const module = new torch.nn.Sequential(new torch.nn.Linear(3, 2), new torch.nn.BatchNorm1d(2)).eval();
      return torch.jit.trace(module, torch.ones(2, 3)).saveToBuffer();
    },
    load: (bytes) => torch.jit.load(bytes).stateDict(),
  },
  exported: {
    file: () => readFileSync(exported()),
    load: (bytes) => [...torch.export.load(bytes).module().stateDict().values()],
  },
  // A whole archive with another graph in it, so that no checksum tells.
  exportedGraph: {
    file: () => contentsOf(readFileSync(exported())).get(GRAPH) as Buffer,
    load: (graph) => {
      const entries = contentsOf(readFileSync(exported())).set(GRAPH, Buffer.from(graph));
      return [...torch.export.load(archiveOf(entries)).module().stateDict().values()];
    },
  },
};

const GRAPH = 'models/model.json';

/** The program of torch.export to damage: made by Python, by the test that starts this. */
const exported = (): string => process.env.EXPORTED_PROGRAM as string;

function contentsOf(archive: Buffer): Map<string, Buffer> {
  const zip = new ZipArchive(new Source(archive));
  return new Map(
    [...zip.entries.values()].map((entry) => [entry.name.replace(/^[^/]*\//, ''), Buffer.from(zip.bytes(entry))]),
  );
}

function archiveOf(entries: ReadonlyMap<string, Buffer>): Buffer {
  const zip = new ZipWriter();
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of entries) {
    for (const part of zip.entry(`archive/${name}`, contentOf(bytes))) parts.push(Buffer.from(part));
  }
  for (const part of zip.finish()) parts.push(part);
  return Buffer.concat(parts);
}

/** Reads the first and the last element of every tensor. */
function touch(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof torch.Tensor) touchTensor(value);
  else if (value instanceof Map) for (const item of value) touch(item, seen);
  else if (Array.isArray(value) || value instanceof Set) for (const item of value) touch(item, seen);
  else if (!(value instanceof Uint8Array)) for (const item of Object.values(value)) touch(item, seen);
}

function touchTensor(tensor: torch.Tensor): void {
  if (tensor.isMeta || tensor.numel() === 0) return;
  if (tensor.layout !== torch.strided || tensor.isQuantized) {
    if (tensor.numel() < 1e6) (tensor.isQuantized ? tensor.dequantize() : tensor.toDense()).sum().item();
    return;
  }
  const last = tensor.shape.reduce((sum, size, dim) => sum + (size - 1) * tensor.stride(dim), tensor.storageOffset());
  const plain = tensor.detach();
  for (const at of [tensor.storageOffset(), last]) {
    plain.asStrided([1], [1], at).resolveConj().view(torch.uint8).sum().item();
  }
}

const CLEAR = /^(?!Cannot read|.* is not (a function|iterable|defined)|.*undefined)/;

function isClear(error: unknown): boolean {
  const isKnown = error instanceof torch.TorchError || error instanceof TypeError || error instanceof RangeError;
  return isKnown && CLEAR.test(error.message) && error.message.length > 5 && !error.message.includes('INTERNAL ASSERT');
}

function attempt(format: Format, bytes: Uint8Array, outcome: Outcome, mustFail: boolean): void {
  try {
    touch(format.load(bytes));
    outcome.loaded += 1;
    if (mustFail) outcome.unclear.push(`${bytes.length} bytes were loaded`);
  } catch (error) {
    outcome.refused += 1;
    if (!isClear(error) && outcome.unclear.length < 10) outcome.unclear.push(String((error as Error).stack));
  }
}

/** One to three bytes or bits changed. */
function mutant(original: Uint8Array, random: Random): Buffer {
  const bytes = Buffer.from(original);
  const count = 1 + Math.floor(random.next() * 3);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random.next() * bytes.length);
    const isBit = random.next() < 0.5;
    const value = Math.floor(random.next() * 256);
    bytes[at] = isBit ? (bytes[at] as number) ^ (1 << (value & 7)) : value;
  }
  return bytes;
}

function run(name: string, seed: number, count: number): Outcome {
  const format = FORMATS[name] as Format;
  const original = format.file();
  const outcome: Outcome = { loaded: 0, refused: 0, unclear: [], peakMegabytes: 0 };
  touch(format.load(original));
  for (let percent = 0; percent < 100; percent++) {
    attempt(format, original.subarray(0, Math.floor((original.length * percent) / 100)), outcome, true);
  }
  const random = new Random(seed);
  for (let i = 0; i < count; i++) {
    attempt(format, mutant(original, random), outcome, false);
    if (i % 500 === 0) outcome.peakMegabytes = Math.max(outcome.peakMegabytes, process.memoryUsage().rss / 2 ** 20);
  }
  return outcome;
}

if (require.main === module) {
  // On a busy machine, threads that wait for each other cost far more than these small tensors.
  torch.setNumThreads(1);
  const outcomes = process.argv.slice(2).map((argument) => {
    const [name, seed, count] = argument.split(',') as [string, string, string];
    return [name, run(name, Number(seed), Number(count))];
  });
  console.log(JSON.stringify(Object.fromEntries(outcomes)));
}
