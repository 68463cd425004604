/** safetensors in several files with an index: written as Hugging Face does, read with distrust. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from '../../lib';
import { evaluate } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const { safetensors } = torch;
const { SafetensorError } = safetensors;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const file = (name: string): string => join(folder, name);

/** Five tensors, of 40, 80, 400, 40 and 80 bytes. */
const tensors = (): Record<string, torch.Tensor> => ({
  b: torch.arange(10, { dtype: torch.float32 }),
  a: torch.ones(10, 2),
  large: torch.full([100], 3),
  c: torch.zeros(10),
  d: torch.arange(10, { dtype: torch.int64 }),
});

function assertSame(got: Record<string, torch.Tensor>): void {
  assert.deepEqual(Object.keys(got).sort(), ['a', 'b', 'c', 'd', 'large']);
  for (const [name, tensor] of Object.entries(tensors()))
    assert.ok(torch.equal(got[name] as torch.Tensor, tensor), name);
}

/** What Hugging Face's `split_state_dict_into_shards_factory` and `save_torch_state_dict` write. */
const BY_PYTHON = `
import json, os, safetensors.torch
shards, current, size = [], {}, 0
for name, tensor in tensors.items():
    nbytes = tensor.nbytes
    if nbytes > most:
        shards.append({name: tensor})
        continue
    if size + nbytes > most:
        shards.append(current)
        current, size = {}, 0
    current[name] = tensor
    size += nbytes
if current:
    shards.append(current)
weight_map = {}
for i, shard in enumerate(shards):
    name = f'model-{i + 1:05d}-of-{len(shards):05d}.safetensors'
    safetensors.torch.save_file(shard, os.path.join(folder, name), metadata={'format': 'pt'})
    weight_map |= {key: name for key in shard}
metadata = {'total_size': sum(t.nbytes for t in tensors.values()), 'format': 'pt'}
index = {'metadata': metadata, 'weight_map': weight_map}
with open(os.path.join(folder, 'model.safetensors.index.json'), 'w') as f:
    f.write(json.dumps(index, indent=2, sort_keys=True) + '\\n')
len(shards)
`;

describe('sharded safetensors', () => {
  it('are the bytes that Python writes', async () => {
    const theirs = temporaryFolder();
    for (const most of [120, 200]) {
      const count = await evaluate<number>(BY_PYTHON, { tensors: tensors(), folder: theirs, most });
      const ours = temporaryFolder();
      const path = safetensors.saveSharded(
        tensors(),
        join(ours, 'model.safetensors'),
        { format: 'pt' },
        { maxShardSize: most },
      );
      assert.equal(path, join(ours, 'model.safetensors.index.json'));
      const names = readdirSync(ours).sort();
      assert.equal(names.length, count + 1);
      for (const name of names)
        assert.deepEqual(readFileSync(join(ours, name)), readFileSync(join(theirs, name)), name);
    }
  });

  it('are read again: whole, without blocking, and tensor by tensor; and by Python', async () => {
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => progress.push(done / total);
    const path = await safetensors.saveShardedAsync(
      tensors(),
      file('m.safetensors'),
      { format: 'pt' },
      { maxShardSize: 200, onProgress },
    );
    assert.equal(progress.at(-1), 1);
    progress.length = 0;
    assertSame(safetensors.loadFile(path, { onProgress }));
    assert.equal(progress.at(-1), 1);
    assertSame(await safetensors.loadFileAsync(path));
    using opened = safetensors.safeOpen(path);
    assert.deepEqual(opened.keys(), ['a', 'b', 'c', 'd', 'large']);
    assert.deepEqual({ ...opened.metadata() }, { format: 'pt', total_size: '640' });
    assert.deepEqual([opened.getShape('a'), opened.getTensor('d').tolist()], [[10, 2], tensors().d?.tolist()]);
    assert.throws(() => opened.getTensor('e'), /does not contain tensor e/);
    const sum = await evaluate<number>(
      'import json, os, safetensors.torch\n' +
        'files = set(json.load(open(path))["weight_map"].values())\n' +
        'sum(t.double().sum().item() for f in files for t in safetensors.torch.load_file(os.path.join(os.path.dirname(path), f)).values())',
      { path },
    );
    assert.equal(sum, 45 + 20 + 300 + 45);
  });

  it('are one file where all fits in, by any way to say the size', () => {
    const path = safetensors.saveSharded(tensors(), file('one.safetensors'));
    assert.equal(path, file('one.safetensors'));
    assertSame(safetensors.loadFile(path));
    for (const maxShardSize of ['0.2KB', '0.2 kb', 200]) {
      safetensors.saveSharded(tensors(), file('x.safetensors'), null, { maxShardSize });
      assert.ok(readdirSync(folder).includes('x-00003-of-00003.safetensors'), String(maxShardSize));
    }
    for (const maxShardSize of ['5', 'GB', 0, -1, Number.NaN, '1.2.3GB']) {
      assert.throws(
        () => safetensors.saveSharded(tensors(), file('y.safetensors'), null, { maxShardSize }),
        /maxShardSize must be/,
      );
    }
    assert.throws(() => safetensors.saveSharded(tensors(), file('y.pt')), /does not end with .safetensors/);
    const x = torch.ones(10);
    assert.throws(
      () => safetensors.saveSharded({ x, y: x }, file('y.safetensors'), null, { maxShardSize: 40 }),
      /share memory/,
    );
  });

  it('take their places together, or not at all', () => {
    const path = safetensors.saveSharded(tensors(), file('m.safetensors'), null, { maxShardSize: 200 });
    const before = readdirSync(folder);
    const changed = Object.fromEntries(Object.entries(tensors()).map(([name, tensor]) => [name, tensor.add(1)]));
    const onProgress = (done: number, total: number) => {
      if (done === total) throw new Error('stop');
    };
    assert.throws(
      () => safetensors.saveSharded(changed, file('m.safetensors'), null, { maxShardSize: 200, onProgress }),
      /stop/,
    );
    assert.deepEqual(readdirSync(folder), before);
    assertSame(safetensors.loadFile(path));
  });

  it('are refused where the index leads elsewhere or contradicts the files', () => {
    safetensors.saveFile({ a: torch.ones(1), shared: torch.ones(1) }, file('m-1.safetensors'));
    safetensors.saveFile({ b: torch.ones(2), shared: torch.zeros(1) }, file('m-2.safetensors'));
    const index = (content: unknown): string => {
      const text = typeof content === 'string' ? content : JSON.stringify({ metadata: {}, weight_map: content });
      writeFileSync(file('m.safetensors.index.json'), text);
      return file('m.safetensors.index.json');
    };
    const good = { a: 'm-1.safetensors', b: 'm-2.safetensors', shared: 'm-2.safetensors' };
    const loaded = safetensors.loadFile(index(good));
    assert.deepEqual(Object.keys(loaded), ['a', 'b', 'shared']);
    assert.equal(loaded.shared?.item(), 0);
    for (const evil of [
      '../secret.safetensors',
      '/etc/passwd',
      'x.txt',
      5,
      null,
      'a/b.safetensors',
      '..\\x.safetensors',
      'a\0.safetensors',
    ]) {
      assert.throws(() => safetensors.loadFile(index({ a: evil })), /which is no safetensors file beside it/);
    }
    const refused: [unknown, RegExp][] = [
      [{}, /names no files/],
      ['null', /has no weight_map/],
      ['{"weight_map": []}', /has no weight_map/],
      ['{', /is no index/],
      ['{"weight_map": {"a": "m-1.safetensors", "a": "m-2.safetensors"}}', /"a" is there twice/],
      ['{"weight_map": {"a": "m-1.safetensors", "\\u0061": "m-2.safetensors"}}', /"a" is there twice/],
      [{ ...good, c: 'm-1.safetensors' }, /m-1.safetensors has no tensor `c`/],
      [{ ...good, c: 'm-3.safetensors' }, /names m-3.safetensors, which is missing/],
    ];
    for (const [content, message] of refused) {
      const check = (error: Error) => error instanceof SafetensorError && message.test(error.message);
      assert.throws(() => safetensors.loadFile(index(content)), check, String(message));
      assert.throws(() => safetensors.safeOpen(index(content)), check, String(message));
    }
    const path = index(good);
    writeFileSync(file('m-2.safetensors'), readFileSync(file('m-2.safetensors')).subarray(0, -1));
    assert.throws(() => safetensors.loadFile(path), /not fully covered/);
    rmSync(path);
    assert.throws(() => safetensors.loadFile(path), { code: 'ENOENT' });
  });
});
