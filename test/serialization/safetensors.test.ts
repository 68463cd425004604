/** safetensors files: the Python package and tsorch read each other's and write the same bytes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const { safetensors } = torch;
const { SafetensorError } = safetensors;

const DTYPES = [
  torch.float64,
  torch.float32,
  torch.float16,
  torch.bfloat16,
  torch.complex64,
  torch.int64,
  torch.int32,
  torch.int16,
  torch.int8,
  torch.uint8,
  torch.uint16,
  torch.uint32,
  torch.uint64,
  torch.bool,
  torch.float8E5m2,
  torch.float8E4m3fn,
  torch.float8E8m0fnu,
  torch.float8E5m2fnuz,
  torch.float8E4m3fnuz,
];

/** A tensor of every dtype, and of odd shapes. */
function tensors(): Record<string, torch.Tensor> {
  const bytes = (dtype: torch.DType) =>
    torch
      .frombuffer(
        Uint8Array.from({ length: 6 * dtype.itemsize }, (_, i) => (dtype === torch.bool ? i % 2 : i + 1)),
        { dtype },
      )
      .view(2, 3);
  const made = DTYPES.map((dtype): [string, torch.Tensor] => [dtype.name, bytes(dtype)]);
  return {
    ...Object.fromEntries(made),
    scalar: torch.tensor(2.5),
    empty: torch.zeros(0, 3),
    'ünï "name"\n': torch.ones(1),
  };
}

const METADATA = { format: 'pt' };

let folder: string;
before(() => {
  folder = temporaryFolder();
});

const file = (name: string): string => join(folder, name);

function equal(a: torch.Tensor, b: torch.Tensor): boolean {
  const raw = (x: torch.Tensor) => x.reshape(-1).view(torch.uint8);
  const same = String(a.shape) === String(b.shape) && a.dtype === b.dtype;
  return same && (a.numel() === 0 || torch.equal(raw(a), raw(b)));
}

function assertSame(got: Record<string, torch.Tensor>, expected: Record<string, torch.Tensor>): void {
  assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort());
  for (const [name, tensor] of Object.entries(expected)) assert.ok(equal(got[name] as torch.Tensor, tensor), name);
}

describe('safetensors', () => {
  it("writes the Python package's bytes", async () => {
    const code = 'import safetensors.torch as s; s.save(tensors, metadata)';
    const theirs = await evaluate<Uint8Array>(code, { tensors: tensors(), metadata: METADATA });
    assert.deepEqual(safetensors.save(tensors(), METADATA), Buffer.from(theirs));
    safetensors.saveFile(new Map(Object.entries(tensors())), file('a.safetensors'), METADATA);
    assert.deepEqual(readFileSync(file('a.safetensors')), Buffer.from(theirs));
  });

  it('reads them: mapped, copied, from bytes, asynchronously, and through torch.load', async () => {
    const path = file('theirs.safetensors');
    await evaluate('import safetensors.torch as s; s.save_file(tensors, path, metadata)', {
      tensors: tensors(),
      metadata: METADATA,
      path,
    });
    assertSame(safetensors.loadFile(path), tensors());
    assertSame(safetensors.loadFile(path, { mmap: false }), tensors());
    assertSame(safetensors.load(readFileSync(path)), tensors());
    const progress: number[] = [];
    assertSame(
      await safetensors.loadFileAsync(path, { onProgress: (done, total) => progress.push(done / total) }),
      tensors(),
    );
    assert.equal(progress.at(-1), 1);
    assertSame(torch.load(path), tensors());
    assert.ok(torch.load(path, { mapLocation: 'meta' }).float32.isMeta);
    assert.throws(() => torch.load(path, { mapLocation: { cpu: 'meta' } }), /with dict map_location is not supported/);
  });

  it('shares the memory of aligned bytes, and leaves a mapped file alone', async () => {
    const bytes = safetensors.save({ x: torch.zeros(4) });
    const aligned = new Uint8Array(bytes);
    const { x } = safetensors.load(aligned) as { x: torch.Tensor };
    x.fill_(1);
    assert.deepEqual([...aligned.subarray(-4)], [0, 0, 0x80, 0x3f]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    assert.deepEqual(safetensors.load(shifted.subarray(1)).x?.tolist(), [0, 0, 0, 0]);
    await safetensors.saveFileAsync({ x: torch.zeros(4) }, file('kept.safetensors'));
    const mapped = safetensors.loadFile(file('kept.safetensors')).x as torch.Tensor;
    mapped.fill_(5);
    assert.deepEqual(readFileSync(file('kept.safetensors')), bytes);
  });

  it('opens a file and reads what is asked for', () => {
    const path = file('open.safetensors');
    safetensors.saveFile(
      { big: torch.arange(12).view(4, 3), a: torch.ones(2, { dtype: torch.uint8 }) },
      path,
      METADATA,
    );
    using opened = safetensors.safeOpen(path);
    assert.deepEqual(opened.keys(), ['a', 'big']);
    assert.deepEqual(opened.offsetKeys(), ['big', 'a']);
    assert.deepEqual({ ...opened.metadata() }, METADATA);
    assert.deepEqual(opened.getShape('big'), [4, 3]);
    assert.deepEqual(opened.getTensor('big').at('1:2').tolist(), [[3, 4, 5]]);
    assert.throws(() => opened.getTensor('c'), { name: 'SafetensorError', message: 'File does not contain tensor c' });
    const tensor = opened.getTensor('big');
    opened.close();
    assert.equal(tensor.sum().item(), 66);
    assert.throws(() => opened.getTensor('big'), SafetensorError);
  });

  it('refuses what the format has no place for', async () => {
    const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3);
    assert.throws(() => safetensors.save({ x: x.t() }), /You are trying to save a non contiguous tensor: `x`/);
    assert.throws(() => safetensors.save({ x: x.toSparse() }), /You are trying to save a sparse tensors: `\['x'\]`/);
    assert.throws(() => safetensors.save({ x, y: x.at(1) }), /Some tensors share memory.*\{'x', 'y'\}/);
    assert.throws(() => safetensors.save({ x: torch.ones(1, { dtype: torch.complex128 }) }), SafetensorError);
    assert.throws(() => safetensors.save({ x: 5 as never }), /Key `x` is invalid/);
    await parity('import safetensors.torch as s; sorted(s.load(s.save({"a": x[0], "b": x[1]})))', { x }, ({ x }) =>
      Object.keys(safetensors.load(safetensors.save({ a: x.at(0), b: x.at(1) }))),
    );
  });
});
