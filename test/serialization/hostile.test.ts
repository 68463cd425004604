/** Files that mean harm, or are damaged: each is refused with a clear error, at once, and without memory being taken. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import torch from '../../lib';
import { GlobalName, PickleWriter } from '../../lib/serialization/pickle/writer';
import { Tuple } from '../../lib/serialization/values';
import { contentOf, ZipWriter } from '../../lib/serialization/zip/writer';
import { root } from '../oracle/python';
import { temporaryFolder } from '../temporary';
import type { Outcome } from './mutants';

/** More are run by hand: `MUTANTS=20000 npx mocha test/serialization/hostile.test.ts`. */
const MUTANTS = Number(process.env.MUTANTS ?? 0);

const COUNTS = { zip: 1500, legacy: 1500, safetensors: 4000, npy: 4000, npz: 4000, torchscript: 300 };

describe('damaged files', function () {
  this.timeout(20 * 60_000);

  it('are refused or load whole: truncated at every percent, or with bytes changed', async () => {
    const runs = Object.entries(COUNTS).map(([format, count]) => `${format},1,${MUTANTS || count}`);
    const program = ['-r', 'ts-node/register/transpile-only', join(__dirname, 'mutants.ts'), ...runs];
    // A crash or a hang of the process fails the test.
    const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root, maxBuffer: 1e9 });
    const outcomes = JSON.parse(stdout) as Record<string, Outcome>;
    for (const [format, { loaded, refused, unclear, peakMegabytes }] of Object.entries(outcomes)) {
      assert.deepEqual(unclear, [], format);
      assert.ok(loaded > 0 && refused > 100, `${format}: ${loaded} loaded, ${refused} refused`);
      assert.ok(peakMegabytes < 800, `${format}: ${peakMegabytes} MB`);
    }
  });
});

class Raw {
  constructor(readonly form: object) {}
}

/** A call as pickles note it. */
const call = (module: string, name: string, ...args: unknown[]) =>
  new Raw({ callee: new GlobalName(module, name), args });
const rebuild = (name: string, ...args: unknown[]) => call('torch._utils', name, ...args);
const tuple = (...items: unknown[]) => Tuple.ofList(items);
const hooks = call('collections', 'OrderedDict');

class Id {
  constructor(readonly parts: Tuple) {}
}

const storage = (numel: unknown, key: unknown = '0', type = 'FloatStorage') =>
  new Id(tuple('storage', new GlobalName('torch', type), key, 'cpu', numel));

function pickle(value: unknown): Buffer {
  const forms = {
    persistentId: (object: object) => (object instanceof Id ? object.parts : null),
    form: (object: object) => (object instanceof Raw ? object.form : object) as never,
  };
  return new PickleWriter(forms).dump(value);
}

function archive(entries: Record<string, Uint8Array>): Buffer {
  const zip = new ZipWriter();
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of Object.entries(entries)) {
    for (const part of zip.entry(`archive/${name}`, contentOf(bytes))) parts.push(Buffer.from(part));
  }
  for (const part of zip.finish()) parts.push(part);
  return Buffer.concat(parts);
}

/** A checkpoint with a pickle of this value, and a storage of 16 bytes. */
const checkpoint = (value: unknown) =>
  archive({ 'data.pkl': pickle(value), byteorder: Buffer.from('little'), 'data/0': Buffer.alloc(16) });

function strided(offset: unknown, size: Tuple, stride: Tuple, of: unknown = storage(4)) {
  return rebuild('_rebuild_tensor_v2', of, offset, size, stride, false, hooks);
}

const layout = (name: string) => call('torch.serialization', '_get_layout', name);

/** An int64 tensor of numbers of the storage, which is all zeros. */
const zeros = (...size: number[]) =>
  strided(0, tuple(...size), tuple(...size.map(() => 0)), storage(2, '0', 'LongStorage'));
const ints = (size: number[], stride: number[]) =>
  strided(0, tuple(...size), tuple(...stride), storage(2, '0', 'LongStorage'));

const HOSTILE: Record<string, [unknown, RegExp]> = {
  'a view beyond its storage': [strided(1, tuple(4), tuple(1)), /out of bounds for storage of size 16/],
  'a stride beyond it': [strided(0, tuple(2), tuple(4)), /out of bounds for storage of size 16/],
  'an absurd size': [strided(0, tuple(2 ** 40), tuple(1)), /out of bounds for storage/],
  'sizes whose product overflows': [strided(0, tuple(2 ** 40, 2 ** 40), tuple(0, 0)), /out of bounds for storage/],
  'a size beyond 2^53': [strided(0, tuple(2n ** 62n), tuple(0)), /instead of a tuple of whole numbers/],
  'a negative size': [strided(0, tuple(-1), tuple(1)), /cannot have sizes \[-1\]/],
  'a negative stride': [strided(3, tuple(2), tuple(-1)), /strides \[-1\]/],
  'a negative offset': [strided(-1, tuple(2), tuple(1)), /storage offset -1/],
  'fewer strides than sizes': [strided(0, tuple(2, 2), tuple(1)), /strides \[1\]/],
  'more elements than the storage has bytes': [strided(0, tuple(2), tuple(1), storage(5)), /fewer than its 5 elements/],
  'a negative number of elements': [strided(0, tuple(2), tuple(1), storage(-5)), /instead of a number of elements/],
  'a storage that is not there': [strided(0, tuple(2), tuple(1), storage(2, '1')), /failed locating file data\/1/],
  'a storage outside the archive': [
    strided(0, tuple(2), tuple(1), storage(2, '../../../etc/passwd')),
    /failed locating file data\/\.\.\//,
  ],
  'an id that is no storage': [new Id(tuple('module', 1, '0', 'cpu', 1)), /Only persistent_load of storage is allowed/],
  'a tensor that is no storage': [rebuild('_rebuild_tensor', 5, 0, tuple(1), tuple(1)), /instead of a storage/],
  'a quantized storage without a quantizer': [
    strided(0, tuple(2), tuple(1), storage(4, '0', 'QInt8Storage')),
    /needs a quantizer/,
  ],
  'too few arguments': [rebuild('_rebuild_tensor_v2', 1), /instead of 6 arguments/],
  'sparse indices out of bounds': [
    rebuild(
      '_rebuild_sparse_tensor',
      layout('torch.sparse_coo'),
      tuple(zeros(1, 1), strided(0, tuple(1), tuple(1)), tuple(0), false),
    ),
    /size is inconsistent with indices|number of dimensions|found index/,
  ],
  'compressed indices out of bounds': [
    rebuild(
      '_rebuild_sparse_tensor',
      layout('torch.sparse_csr'),
      tuple(ints([2], [1]), ints([2], [1]), strided(0, tuple(2), tuple(1)), tuple(1, 4)),
    ),
    /crow_indices/,
  ],
  'an unknown layout': [layout('torch.nonsense'), /instead of the name of a layout/],
  'a nested tensor beyond its buffer': [
    rebuild(
      '_rebuild_nested_tensor',
      strided(0, tuple(4), tuple(1)),
      strided(0, tuple(1, 1), tuple(1, 1)),
      zeros(1, 1),
      zeros(1),
    ),
    /instead of whole numbers/,
  ],
  'a quantized tensor of absurd size': [
    rebuild(
      '_rebuild_qtensor',
      storage(4, '0', 'QInt8Storage'),
      0,
      tuple(2 ** 45),
      tuple(1),
      tuple(new GlobalName('torch', 'per_tensor_affine'), 1.5, 0),
      false,
      hooks,
    ),
    /out of bounds for storage/,
  ],
  'a quantization axis out of range': [
    rebuild(
      '_rebuild_qtensor',
      storage(4, '0', 'QInt8Storage'),
      0,
      tuple(4),
      tuple(1),
      tuple(new GlobalName('torch', 'per_channel_affine'), ints([4], [0]), ints([4], [0]), 7),
      false,
      hooks,
    ),
    /per_channel axis 7 out of range/,
  ],
  'a bytearray by its length': [call('__builtin__', 'bytearray', 2 ** 40), /is called with|instead of a string/],
  'an unhashable key': [new Raw({ entries: [[[], 1]] }), /unhashable type: 'list'/],
  'a device that is none': [call('torch', 'device', 'moon'), /device/],
  'eval by way of a harmless name': [
    call('torch', 'Size.__init__.__globals__'),
    /was not an allowed global by default/,
  ],
  'a module that is blocked': [call('sys', 'exit', 1), /whose module sys is blocked/],
};

describe('hostile checkpoints', () => {
  for (const [what, [value, message]] of Object.entries(HOSTILE)) {
    it(`with ${what} are refused`, () => {
      const before = process.memoryUsage().rss;
      assert.throws(() => torch.load(checkpoint(value)), message);
      assert.ok(process.memoryUsage().rss - before < 2e8);
    });
  }

  it('load where they are harmless: recursive ones, deep ones, and names that JavaScript knows', () => {
    const list: unknown[] = [];
    list.push(list);
    const loaded = torch.load(checkpoint(list));
    assert.equal(loaded[0], loaded);
    const names = torch.load(
      checkpoint(
        new Raw({
          entries: [
            ['__proto__', { polluted: 1 }],
            ['constructor', 2],
          ].map(([k, v]) => [k, typeof v === 'object' ? new Raw({ entries: Object.entries(v as object) }) : v]),
        }),
      ),
    );
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.deepEqual(Object.keys(names), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(names), Object.prototype);
    const depth = 200_000;
    const deep = Buffer.concat([
      Buffer.from([0x80, 2]),
      Buffer.alloc(depth, ']'),
      Buffer.alloc(depth - 1, 'a'),
      Buffer.from('.'),
    ]);
    let levels = 0;
    for (let level = torch.load(archive({ 'data.pkl': deep })); Array.isArray(level); level = level[0]) levels += 1;
    assert.equal(levels, depth);
  });

  it('of opcodes alone are refused', () => {
    const bodies = [
      '',
      '.',
      'a.',
      'u.',
      't.',
      '(',
      '(((',
      'R.',
      'b.',
      'Q.',
      'h\x05.',
      'X\xff\xff\xff\xff',
      '\x8a\xff',
      'cos\n',
      'NNb.',
      'N(NNu.',
      '}NNa.',
      'I1\n.',
      'i',
      'o.',
      '\x93.',
      '\x97.',
    ];
    for (const body of bodies) {
      const pickled = Buffer.from(`\x80\x02${body}`, 'latin1');
      assert.throws(
        () => torch.load(archive({ 'data.pkl': pickled })),
        { name: 'UnpicklingError' },
        JSON.stringify(body),
      );
    }
  });
});

/** An archive whose entries all say that they unpack to so many bytes. */
function bomb(name: string, unpacked: number, claimed: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(unpacked));
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(claimed, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(header.length + name.length + packed.length, 16);
  return Buffer.concat([header, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

describe('hostile archives', () => {
  it('that unpack to more than they say, or to more than is sensible, are refused', () => {
    assert.throws(() => torch.load(bomb('archive/data.pkl', 50_000_000, 100)), /failed unpacking archive\/data.pkl/);
    assert.throws(() => torch.load(bomb('archive/data.pkl', 100, 50_000)), /unpacks to 100 bytes instead of 50000/);
    assert.throws(() => torch.load(bomb('archive/data.pkl', 100, 2 ** 31)), /unpacks to more than 1073741824 bytes/);
    assert.throws(() => torch.npz.load(bomb('x.npy', 50_000_000, 100)), /failed unpacking x.npy/);
  });

  it('whose entries overlap, contradict themselves or lie outside are refused', () => {
    const good = Buffer.from(torch.save([torch.ones(4), torch.zeros(4)]));
    const names = good.lastIndexOf('archive/data/1');
    const other = good.lastIndexOf('archive/data/0');
    const central = (change: (bytes: Buffer) => void): Buffer => {
      const bytes = Buffer.from(good);
      change(bytes);
      return bytes;
    };
    const overlap = central((bytes) => bytes.copy(bytes, names - 4, other - 4, other));
    assert.throws(() => torch.load(overlap), /reaches into the next entry/);
    const larger = central((bytes) => {
      bytes.writeUInt32LE(0x7fffffff, names - 46 + 20);
      bytes.writeUInt32LE(0x7fffffff, names - 46 + 24);
    });
    assert.throws(() => torch.load(larger), /reaches into the next entry/);
    assert.throws(
      () => torch.load(central((bytes) => bytes.writeUInt32LE(5, names - 46 + 20))),
      /contradict each other/,
    );
    assert.throws(() => torch.load(central((bytes) => bytes.writeUInt16LE(1, names - 46 + 8))), /is encrypted/);
    const twice = central((bytes) => void bytes.write('0', names + 13));
    assert.throws(() => torch.load(twice), /is there twice/);
  });

  it('are refused as files as well, mapped too', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.pt');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('PK\x03\x04'),
      Buffer.alloc(1000),
      checkpoint(strided(1, tuple(4), tuple(1))),
    ]) {
      writeFileSync(path, bytes);
      assert.throws(() => torch.load(path));
      assert.throws(() => torch.load(path, { mmap: true }));
    }
    assert.throws(() => torch.load(join(folder, 'none.pt')), { code: 'ENOENT' });
    assert.throws(() => torch.load(folder), { code: 'EISDIR' });
  });
});

describe('hostile safetensors and .npy files', () => {
  const safetensorsFile = (header: unknown, data = 8): Buffer => {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  const info = (change: object) => ({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });

  it('are refused', () => {
    const files: [Buffer, RegExp][] = [
      [Buffer.alloc(3), /header too small/],
      [Buffer.alloc(8, 0xff), /header too large/],
      [Buffer.concat([Buffer.from([200, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(8)]), /invalid header length/],
      [safetensorsFile('{'), /invalid JSON/],
      [safetensorsFile('[]'), /no JSON object/],
      [
        safetensorsFile('{"x":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}}'),
        /"dtype" is there twice/,
      ],
      [safetensorsFile('{"x":5}'), /is no object/],
      [safetensorsFile(info({ dtype: 'F99' })), /unknown dtype F99/],
      [safetensorsFile(info({ shape: [-2] })), /has no shape/],
      [safetensorsFile(info({ shape: [2 ** 40, 2 ** 40] })), /info data_offsets mismatch/],
      [safetensorsFile(info({ data_offsets: [8, 0] })), /info data_offsets mismatch/],
      [safetensorsFile(info({ data_offsets: [8, 16] })), /invalid offset/],
      [safetensorsFile(info({}), 4), /not fully covered/],
      [safetensorsFile(info({}), 12), /not fully covered/],
      [safetensorsFile({ ...info({}), y: info({}).x }), /invalid offset/],
      [safetensorsFile({ __metadata__: { a: 1 } }, 0), /metadata are no strings/],
      [safetensorsFile({ x: { dtype: 'F4', shape: [3], data_offsets: [0, 1.5] } }, 2), /has no offsets/],
    ];
    for (const [bytes, message] of files) assert.throws(() => torch.safetensors.load(bytes), message);
  });

  it('of NumPy are refused', () => {
    const npyFile = (header: string, data = 16): Buffer =>
      Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        Buffer.from([header.length & 255, header.length >> 8]),
        Buffer.from(header),
        Buffer.alloc(data),
      ]);
    const headers = [
      '',
      '{}',
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4503599627370496, 4503599627370496), }",
      "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os').system('true'), }",
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<q9', 'fortran_order': False, 'shape': (1,), }",
      `{${"'a':(),".repeat(1000)}}`,
    ];
    for (const header of headers) assert.throws(() => torch.npy.load(npyFile(header)), /./, header);
    assert.equal(torch.npy.load(npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }")).numel(), 4);
  });
});
