/** .npy and .npz files: NumPy and tsorch read each other's and write the same bytes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from '../../lib';
import { input } from '../oracle/inputs';
import { evaluate } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const { npy, npz } = torch;

const DTYPES = [
  torch.float16,
  torch.float32,
  torch.float64,
  torch.int8,
  torch.int16,
  torch.int32,
  torch.int64,
  torch.uint8,
  torch.uint16,
  torch.uint32,
  torch.uint64,
  torch.bool,
  torch.complex64,
  torch.complex128,
];

const SHAPES = [[], [3], [2, 3], [0, 2], [2, 1, 3, 1], [123456, 1]];

let folder: string;
before(() => {
  folder = temporaryFolder();
});

const file = (name: string): string => join(folder, name);

const SAVE = `
import io
def saved(array, save=np.save):
    file = io.BytesIO()
    save(file, array)
    return file.getvalue()
`;

describe('.npy files', () => {
  it("are NumPy's, byte for byte", async () => {
    const arrays = DTYPES.flatMap((dtype) => SHAPES.slice(0, 5).map((shape) => input(shape, { dtype })));
    arrays.push(input(SHAPES[5] as number[]), input([3, 2]).t(), input([4]).at('1:3'));
    const theirs = await evaluate<Uint8Array[]>(`${SAVE}[saved(x.numpy()) for x in arrays]`, { arrays });
    for (const [i, array] of arrays.entries()) {
      // NumPy keeps a transposed array's order, tsorch writes every tensor in its own.
      if (i === arrays.length - 2) continue;
      const bytes = Buffer.from(theirs[i] as Uint8Array);
      assert.deepEqual(npy.toBuffer(array), bytes, `${array.dtype} [${array.shape}]`);
    }
    for (const [i, array] of arrays.entries()) {
      const loaded = npy.load(theirs[i] as Uint8Array);
      assert.ok(
        loaded.dtype === array.dtype && String(loaded.shape) === String(array.shape) && torch.equal(loaded, array),
      );
    }
  });

  it('have other orders, versions and notations too', async () => {
    const code = `${SAVE}
base = np.arange(24).reshape(2, 3, 4)
def versioned(version):
    file = io.BytesIO()
    np.lib.format.write_array(file, base, version=version)
    return file.getvalue()
[saved(base.astype('>' + t)) for t in ('i8', 'f4', 'c16', 'u2')] + [saved(np.asfortranarray(base)), versioned((2, 0)), versioned((3, 0))]
`;
    const dtypes = [torch.int64, torch.float32, torch.complex128, torch.uint16, torch.int64, torch.int64, torch.int64];
    const files = await evaluate<Uint8Array[]>(code);
    for (const [i, bytes] of files.entries()) {
      const copy = Uint8Array.from(bytes);
      const loaded = npy.load(bytes);
      assert.equal(loaded.dtype, dtypes[i]);
      assert.ok(torch.equal(loaded.to(torch.float64).real, torch.arange(24).view(2, 3, 4).to(torch.float64)), `${i}`);
      assert.deepEqual(bytes, copy);
    }
    assert.deepEqual(npy.load(files[4] as Uint8Array).stride(), [1, 2, 6]);
  });

  it('share the memory of bytes, or are mapped', async () => {
    const bytes = new Uint8Array(npy.toBuffer(torch.zeros(3)));
    npy.load(bytes).fill_(1);
    assert.deepEqual(npy.load(bytes).tolist(), [1, 1, 1]);
    await npy.saveAsync(file('x.npy'), torch.arange(10));
    npy.load(file('x.npy'), { mmap: true }).fill_(0);
    assert.equal(npy.load(file('x.npy')).sum().item(), 45);
    assert.equal((await npy.loadAsync(file('x.npy'))).sum().item(), 45);
  });

  it('are refused where tensors have no counterpart', async () => {
    const code = `${SAVE}[saved(np.array([None, {}], dtype=object)), saved(np.array(['a'])), saved(np.zeros(2, dtype=[('a', 'f4')]))]`;
    const [objects, text, records] = await evaluate<Uint8Array[]>(code);
    assert.throws(() => npy.load(objects as Uint8Array), /Object arrays cannot be loaded/);
    assert.throws(() => npy.load(text as Uint8Array), TypeError);
    assert.throws(() => npy.load(records as Uint8Array), torch.ValueError);
    assert.throws(
      () => npy.save(file('b.npy'), torch.ones(1).bfloat16()),
      /NumPy has no counterpart of torch.bfloat16/,
    );
    assert.throws(() => npy.save(file('m.npy'), torch.ones(1, { device: 'meta' })), torch.RuntimeError);
  });
});

describe('.npz files', () => {
  it('go both ways, compressed or not', async () => {
    const arrays = { a: input([3]), b: input([2, 2], { dtype: torch.int64 }), __proto__x: input([0]) };
    npz.save(file('ours.npz'), arrays);
    const code = `
np.savez(theirs, **{k: v.numpy() for k, v in arrays.items()})
np.savez_compressed(packed, **{k: v.numpy() for k, v in arrays.items()})
{k: torch.from_numpy(v) for k, v in np.load(ours).items()}
`;
    const paths = { ours: file('ours.npz'), theirs: file('theirs.npz'), packed: file('packed.npz') };
    const read = await evaluate<Record<string, torch.Tensor>>(code, { arrays, ...paths });
    await npz.saveAsync(file('async.npz'), new Map(Object.entries(arrays)));
    const all = [
      read,
      npz.load(paths.theirs),
      npz.load(paths.packed),
      npz.load(paths.theirs, { mmap: true }),
      await npz.loadAsync(file('async.npz')),
      npz.load(npz.toBuffer(arrays)),
      npz.load(readFileSync(paths.packed)),
    ];
    for (const loaded of all) {
      assert.deepEqual(Object.keys(loaded), Object.keys(arrays));
      for (const [name, array] of Object.entries(arrays)) assert.ok(torch.equal(loaded[name] as torch.Tensor, array));
    }
  });

  it('do not unpack to more than is allowed', async () => {
    const bomb = file('bomb.npz');
    await evaluate('np.savez_compressed(bomb, x=np.zeros(10_000_000))', { bomb });
    assert.ok(readFileSync(bomb).length < 200_000);
    assert.throws(() => npz.load(bomb, { maxUnpackedBytes: 1e7 }), /unpacks to more than 10000000 bytes/);
    assert.equal(npz.load(bomb).x?.numel(), 10_000_000);
  });
});
