/** `torch.save` and `torch.load`: what is shared, where it goes, what is refused, and that files are never half there. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const { nn, optim } = torch;
const { Counter, Tuple, UnpicklingError } = torch.serialization;

let folder: string;
before(() => {
  folder = temporaryFolder();
});

const file = (name: string): string => join(folder, name);

/** There and back in memory. */
const copy = <T>(value: T): T => torch.load<T>(torch.save(value));

class Config {
  width = 3;
  names: string[] = [];
  #secret = 1;
  get secret(): number {
    return this.#secret;
  }
}

class Celsius {
  constructor(public degrees = 0) {}
  __getstate__(): unknown {
    return { kelvin: this.degrees + 273 };
  }
  __setstate__(state: { kelvin: number }): void {
    this.degrees = state.kelvin - 273;
  }
}

describe('torch.save and torch.load', () => {
  it('give back what was saved, each thing with its type', () => {
    const value = {
      list: [1, 2.5, -0, 2n ** 70n, null, 'x', true],
      tuple: Tuple.of<unknown>(1, Tuple.of('a')),
      map: new Map([['b', 1]]),
      numbers: new Map<unknown, number>([[1, 2]]),
      set: new Set([1, 'a']),
      counter: new Counter([['a', 2]]),
      bytes: Buffer.from([0, 255]),
      bytearray: Uint8Array.of(7),
      complex: new torch.Complex(1, -2),
      size: torch.Size([2, 3]),
      dtype: torch.bfloat16,
      device: torch.device('cuda:1'),
      layout: torch.sparseCsr,
      left: undefined,
    };
    const loaded = copy(value);
    const { left: _, ...expected } = value;
    assert.deepEqual(Object.keys(loaded), Object.keys(expected));
    assert.deepEqual(loaded, expected);
    assert.equal(loaded.dtype, torch.bfloat16);
    assert.ok(loaded.tuple instanceof Tuple && loaded.tuple.map((item) => item).constructor === Array);
  });

  it('keep what is one thing one thing', () => {
    const base = torch.arange(12);
    const shared = { base, row: base.view(3, 4).at(1) };
    const loaded = copy({ a: shared, b: shared, base });
    assert.equal(loaded.a, loaded.b);
    assert.equal(loaded.base, loaded.a.base);
    loaded.a.base.fill_(7);
    assert.deepEqual(loaded.a.row.tolist(), [7, 7, 7, 7]);
    assert.equal(base.sum().item(), 66);
  });

  it('leave the tensors that are saved alone', () => {
    const x = torch.arange(6);
    const view = x.at('2:4');
    torch.save([view]);
    assert.deepEqual(
      [view.tolist(), x.tolist()],
      [
        [2, 3],
        [0, 1, 2, 3, 4, 5],
      ],
    );
    assert.deepEqual([...x.resize_(8).shape], [8]);
  });

  it('write the very records of PyTorch', async () => {
    const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3);
    const value = { x, t: x.t(), e: torch.zeros(0), n: [1, 'two', null] };
    const code = `
import io
x = torch.arange(6, dtype=torch.float32).view(2, 3)
file = io.BytesIO()
torch.save({'x': x, 't': x.t(), 'e': torch.zeros(0), 'n': [1, 'two', None]}, file)
file.getvalue()
`;
    const [ours, theirs] = [torch.save(value), Buffer.from(await evaluate<Uint8Array>(code))];
    // All but the last record's contents, 40 digits of which PyTorch makes hashes in its own way.
    const id = theirs.indexOf('archive/.data/serialization_id');
    assert.ok(id > 0);
    assert.deepEqual(ours.subarray(0, id), theirs.subarray(0, id));
    assert.equal(ours.length, theirs.length);
  });

  it('read and write paths, URLs, streams and bytes', async () => {
    const value = { x: torch.ones(3) };
    torch.save(value, file('path.pt'));
    torch.save(value, pathToFileURL(file('url.pt')));
    const stream = new PassThrough();
    const streamed = buffer(stream);
    torch.save(value, stream);
    stream.end();
    const chunks: Uint8Array[] = [];
    torch.save(value, { write: (bytes) => chunks.push(bytes) });
    const sources = [file('path.pt'), pathToFileURL(file('url.pt')), await streamed, Buffer.concat(chunks)];
    for (const source of sources) assert.deepEqual(torch.load(source).x.tolist(), [1, 1, 1]);
    const bytes = new Uint8Array(torch.save(value));
    assert.deepEqual(torch.load(bytes.buffer).x.tolist(), [1, 1, 1]);
    assert.throws(() => torch.save(value, 5 as never), TypeError);
    assert.throws(() => torch.load(5 as never), TypeError);
  });

  it('have asynchronous forms, which let the event loop run and report progress', async () => {
    const value = { x: torch.arange(3 * 2 ** 20, { dtype: torch.float32 }), y: torch.ones(2 ** 20) };
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => progress.push(done / total);
    await torch.saveAsync(value, file('async.pt'), { onProgress });
    assert.equal(progress.at(-1), 1);
    assert.deepEqual(
      [...progress].sort((a, b) => a - b),
      progress,
    );
    progress.length = 0;
    const loaded = await torch.loadAsync(file('async.pt'), { onProgress });
    clearInterval(timer);
    assert.ok(progress.includes(0.75) && progress.length === 16 && progress.at(-1) === 1);
    assert.ok(turns > 2, `${turns} turns`);
    assert.ok(torch.equal(loaded.x, value.x) && torch.equal(loaded.y, value.y));
    const slow = new PassThrough({ highWaterMark: 1 });
    const streamed = buffer(slow);
    await torch.saveAsync(value, slow);
    slow.end();
    assert.ok(torch.equal(torch.load(await streamed).x, value.x));
  });

  it('map files: what is written to a tensor does not reach the file, nor the other way about', () => {
    const path = file('mapped.pt');
    torch.save({ x: torch.arange(1000), y: torch.ones(5, { dtype: torch.float64 }) }, path);
    const before = readFileSync(path);
    const { x, y } = torch.load(path, { mmap: true });
    x.fill_(3);
    torch.save('another', path);
    assert.deepEqual([x.at(999).item(), y.sum().item()], [3, 5]);
    writeFileSync(path, before);
    assert.equal(torch.load(path).x.sum().item(), 499500);
    assert.equal(x.resize_(10).sum().item(), 30);
    assert.throws(() => y.resize_(100), /not resizable/);
    assert.throws(() => torch.load(before, { mmap: true }), /f must be a file path in order to use the mmap argument/);
    torch.save(x, path, { useNewZipfileSerialization: false });
    assert.throws(() => torch.load(path, { mmap: true }), /mmap can only be used with files saved with/);
  });

  it('put storages where mapLocation says', () => {
    const saved = torch.save({ x: torch.ones(2), y: torch.ones(3) });
    const meta = torch.load(saved, { mapLocation: 'meta' });
    assert.deepEqual([meta.x.isMeta, meta.y.isMeta], [true, true]);
    assert.ok(torch.load(saved, { mapLocation: torch.device('meta') }).x.isMeta);
    assert.ok(torch.load(saved, { mapLocation: { cpu: 'meta' } }).x.isMeta);
    assert.ok(torch.load(saved, { mapLocation: new Map([['cpu', 'meta']]) }).x.isMeta);
    const seen: string[] = [];
    const chosen = torch.load(saved, {
      mapLocation: (storage, location) => {
        seen.push(`${location} ${storage.numel()}`);
        return storage.numel() === 8 ? storage.to('meta') : null;
      },
    });
    assert.deepEqual([seen, chosen.x.isMeta, chosen.y.isMeta], [['cpu 8', 'cpu 12'], true, false]);
    assert.throws(() => torch.load(saved, { mapLocation: () => 5 as never }), TypeError);
    assert.throws(() => torch.load(saved, { mapLocation: 'moon' }), /don't know how to restore data location/);
    if (!torch.cuda.isAvailable()) {
      assert.throws(() => torch.load(saved, { mapLocation: 'cuda' }), /torch.cuda.is_available\(\) is False/);
    }
  });

  it('load a model of PyTorch into one of tsorch', async () => {
    const path = file('model.pth');
    const code =
      'm = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)); torch.save(m.state_dict(), path); m(x)';
    const x = torch.ones(2, 3);
    const expected = await evaluate<torch.Tensor>(code, { path, x });
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    assert.equal(String(model.loadStateDict(torch.load(path))), '<All keys matched successfully>');
    assert.ok(torch.equal(model(x).detach(), expected.detach()));
    assert.deepEqual(torch.load(path)._metadata.get('0'), { version: 1 });
  });

  it('go on with training where PyTorch stopped, to the same digits', async () => {
    const path = file('training.pt');
    const code = `
torch.manual_seed(0)
m = nn.Linear(3, 1)
o = optim.SGD(m.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
def step():
    o.zero_grad(); (m(x) ** 2).sum().backward(); o.step()
for _ in range(5): step()
torch.save({'model': m.state_dict(), 'optimizer': o.state_dict(), 'epoch': 5, 'rng': torch.get_rng_state()}, path)
noise = torch.randn(3)
for _ in range(5): step()
(m.weight.detach(), m.bias.detach(), noise)
`;
    const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3).div(10);
    const [weight, bias, noise] = await evaluate<torch.Tensor[]>(code, { path, x });
    const saved = torch.load(path);
    const m = new nn.Linear(3, 1);
    const o = new optim.SGD(m.parameters(), { lr: 1 });
    m.loadStateDict(saved.model);
    o.loadStateDict(saved.optimizer);
    torch.setRngState(saved.rng);
    assert.ok(torch.equal(torch.randn(3), noise as torch.Tensor));
    for (let epoch = saved.epoch; epoch < 10; epoch++) {
      o.zeroGrad();
      m(x).pow(2).sum().backward();
      o.step();
    }
    assert.ok(torch.equal(m.weight.detach(), weight as torch.Tensor));
    assert.ok(torch.equal(m.bias?.detach() as torch.Tensor, bias as torch.Tensor));
  });

  it('never leave half a file', async () => {
    const path = file('precious.pt');
    torch.save('old', path);
    const failing = { good: torch.ones(2 ** 20), bad: () => 1 };
    assert.throws(() => torch.save(failing, path), /cannot save the function bad/);
    const onProgress = () => {
      throw new Error('stop');
    };
    assert.throws(() => torch.save(torch.ones(5), path, { onProgress }), /stop/);
    await assert.rejects(torch.saveAsync(torch.ones(5), path, { onProgress }), /stop/);
    assert.equal(torch.load(path), 'old');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
    symlinkSync(path, file('link.pt'));
    const { mode } = statSync(path);
    torch.save('new', file('link.pt'));
    assert.equal(torch.load(path), 'new');
    assert.equal(statSync(path).mode, mode);
    assert.throws(() => torch.save(1, join(folder, 'missing', 'x.pt')), { code: 'ENOENT' });
  });

  it('refuse what has no counterpart in Python', () => {
    const cyclic = Tuple.of<unknown>([]);
    (cyclic[0] as unknown[]).push(cyclic);
    const refused: [unknown, RegExp][] = [
      [Symbol('x'), /cannot save Symbol\(x\)/],
      [new Config(), /cannot save an object of class Config.*addSafeGlobals/],
      [new Float32Array(2), /fromTypedArray/],
      [cyclic, /tuple that contains itself/],
    ];
    for (const [value, message] of refused) assert.throws(() => torch.save(value), message);
    const x = torch.ones(2);
    assert.throws(() => torch.save([x, x.view(torch.int32)]), /view the same data as different types/);
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    assert.throws(() => torch.save(deep), /maximum recursion depth exceeded/);
  });
});

describe('what a checkpoint may name', () => {
  afterEach(() => torch.serialization.clearSafeGlobals());

  const GLOBALS = ['os.system', 'builtins.eval', 'numpy.ndarray', '__main__.Model', 'posix.system'];

  for (const name of GLOBALS) {
    it(`is not ${name}, in PyTorch's words`, async () => {
      const dot = name.lastIndexOf('.');
      const pickle = Buffer.from(`\x80\x02c${name.slice(0, dot)}\n${name.slice(dot + 1)}\nq\x00.`, 'latin1');
      const theirs = await evaluate<string>(
        `
import io, pickle
import torch._weights_only_unpickler as u
try:
    u.load(io.BytesIO(bytes(data)))
except pickle.UnpicklingError as error:
    message = str(error)
message`,
        { data: pickle },
      );
      const path = file('evil.pt');
      writeFileSync(path, withPickle(pickle));
      assert.throws(
        () => torch.load(path),
        (error: Error) => error instanceof UnpicklingError && error.message.endsWith(theirs),
      );
      assert.deepEqual(torch.serialization.getUnsafeGlobalsInCheckpoint(path), [name]);
    });
  }

  /** A checkpoint with another pickle. */
  function withPickle(pickle: Buffer): Buffer {
    const parts = [...`${'\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'}`].map((c) => c.charCodeAt(0));
    const protocol = Buffer.from('\x80\x02M\xe9\x03.\x80\x02}q\x00.', 'latin1');
    return Buffer.concat([Buffer.from(parts), protocol, pickle, Buffer.from('\x80\x02]q\x00.', 'latin1')]);
  }

  it('is what addSafeGlobals allows, for as long as it does', () => {
    const config = Object.assign(new Config(), { width: 5, names: ['a'] });
    const saved = torch.serialization.safeGlobals([Config, [Celsius, 'weather.Celsius']], () =>
      torch.save({ config, again: config, t: new Celsius(20) }),
    );
    assert.deepEqual(torch.serialization.getUnsafeGlobalsInCheckpoint(saved), ['__main__.Config', 'weather.Celsius']);
    assert.throws(() => torch.load(saved), /GLOBAL __main__.Config was not an allowed global by default/);
    torch.serialization.addSafeGlobals([Config, [Celsius, 'weather.Celsius']]);
    const loaded = torch.load(saved);
    assert.ok(loaded.config instanceof Config && loaded.t instanceof Celsius);
    assert.equal(loaded.config, loaded.again);
    assert.deepEqual({ ...loaded.config }, { width: 5, names: ['a'] });
    assert.equal(loaded.t.degrees, 20);
    assert.deepEqual(torch.serialization.getSafeGlobals().length, 2);
  });

  it('is an object of a class that Python knows under the same name', () =>
    parity(
      `
import io, types
module = types.ModuleType('weather')
exec('class Celsius:\\n    def __setstate__(self, state): self.kelvin = state["kelvin"]', module.__dict__)
import sys
sys.modules['weather'] = module
module.Celsius.__module__ = 'weather'
with torch.serialization.safe_globals([module.Celsius]):
    loaded = torch.load(io.BytesIO(bytes(data)))
loaded.kelvin
`,
      {
        data: torch.serialization.safeGlobals([[Celsius, 'weather.Celsius']], () => torch.save(new Celsius(7))),
      },
      () => 280,
    ));

  it('cannot be executed by asking for it', () => {
    assert.throws(() => torch.load(torch.save(1), { weightsOnly: false as never }), /tsorch never runs code/);
  });
});
