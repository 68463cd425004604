/** Memory that tensors and typed arrays share: who keeps it alive, and what may not be done to it meanwhile. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import torch from '../lib';
import { collectGarbage } from '../lib/memory/collector';

/** Collects everything, finalizers that wait for the event loop included. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    collectGarbage(true);
    await turn();
  }
}

/** Overwrites freed memory, so that a dangling view would show. */
function churn(elements: number): void {
  for (let i = 0; i < 20; i++) torch.full([elements], -7);
}

const ELEMENTS = 1 << 16;

describe('a tensor over a typed array', () => {
  it('shares its memory both ways, at any offset', () => {
    const array = Float32Array.from([1, 2, 3, 4]);
    const x = torch.frombuffer(array);
    array[0] = 9;
    x.at(1).fill_(8);
    assert.deepEqual(
      [x.tolist(), [...array]],
      [
        [9, 8, 3, 4],
        [9, 8, 3, 4],
      ],
    );
    assert.deepEqual(torch.frombuffer(array.subarray(2)).tolist(), [3, 4]);
    assert.deepEqual(torch.frombuffer(array.buffer, { dtype: torch.float32, offset: 4, count: 2 }).tolist(), [8, 3]);
    assert.deepEqual(torch.frombuffer(Buffer.from([1, 2])).tolist(), [1, 2]);
    assert.deepEqual(torch.fromTypedArray(BigInt64Array.of(5n)).tolist(), [5]);
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(2);
    assert.deepEqual(torch.frombuffer(shared).mul_(2).tolist(), [4, 4]);
    assert.deepEqual(torch.frombuffer(shared.buffer, { dtype: torch.float32 }).tolist(), [4, 4]);
    assert.deepEqual([...shared], [4, 4]);
  });

  it('keeps the array alive', async () => {
    let array: Float32Array | null = new Float32Array(ELEMENTS).fill(3);
    const watched = new WeakRef(array.buffer);
    const view = torch.frombuffer(array).view(256, 256).at(255);
    array = null;
    await settle();
    churn(ELEMENTS);
    assert.notEqual(watched.deref(), undefined);
    assert.equal(view.sum().item(), 3 * 256);
  });

  it('lets go of the array when it dies', async () => {
    const watched: WeakRef<ArrayBuffer>[] = [];
    (() => {
      for (let i = 0; i < 5; i++) {
        const array = new Float32Array(ELEMENTS);
        watched.push(new WeakRef(array.buffer));
        const x = torch.frombuffer(array);
        if (i % 2 === 0) x.dispose();
      }
    })();
    await settle();
    torch.ones(1);
    await settle();
    assert.ok(watched.every((one) => one.deref() === undefined));
  });

  it('holds the memory still: no transfer, no resizable buffer, no reallocation', () => {
    const array = new Float32Array(4).fill(1);
    const x = torch.fromTypedArray(array);
    try {
      structuredClone(array.buffer, { transfer: [array.buffer] });
    } catch (error) {
      assert.match((error as Error).name, /DataCloneError|TypeError/);
    }
    assert.equal(array.length, 4);
    assert.equal(x.sum().item(), 4);
    const resizable = Reflect.construct(ArrayBuffer, [16, { maxByteLength: 32 }]) as ArrayBuffer;
    const refused = { name: 'ValueError', message: 'a resizable ArrayBuffer cannot back a tensor' };
    assert.throws(() => torch.frombuffer(resizable, { dtype: torch.float32 }), refused);
    assert.throws(() => torch.fromTypedArray(new Float32Array(resizable)), refused);
    assert.throws(() => x.resize_(100), /not resizable/);
  });

  it('is not what torch.tensor makes: that copies, and leaves the array free', () => {
    const array = new Float32Array(4).fill(1);
    const x = torch.tensor(array);
    array[0] = 5;
    assert.equal(x.sum().item(), 4);
    structuredClone(array.buffer, { transfer: [array.buffer] });
    assert.equal(array.length, 0);
    assert.equal(x.sum().item(), 4);
  });
});

describe('toTypedArray', () => {
  it('shares the memory of a contiguous tensor and copies that of another', () => {
    const x = torch.zeros(2, 3);
    const array = x.toTypedArray();
    array[5] = 7;
    x.at(0).fill_(1);
    assert.deepEqual([...array], [1, 1, 1, 0, 0, 7]);
    assert.deepEqual(x.tolist(), [
      [1, 1, 1],
      [0, 0, 7],
    ]);
    const copy = x.t().toTypedArray();
    copy[0] = 99;
    assert.equal(x.at(0, 0).item(), 1);
    assert.deepEqual([...x.at(1).toTypedArray()], [0, 0, 7]);
  });

  it('outlives the tensor', async () => {
    const array = torch.full([ELEMENTS], 4).toTypedArray() as Float32Array;
    const disposed = torch.full([ELEMENTS], 5);
    const second = disposed.toTypedArray() as Float32Array;
    disposed.dispose();
    await settle();
    churn(ELEMENTS);
    assert.ok(array.every((value) => value === 4));
    assert.ok(second.every((value) => value === 5));
  });

  it('gives the memory back when the array dies', async () => {
    await settle();
    const before = torch.memory();
    (() => {
      for (let i = 0; i < 10; i++) torch.ones(ELEMENTS).toTypedArray();
    })();
    await settle();
    assert.deepEqual([torch.memory().tensors, torch.memory().bytes], [before.tensors, before.bytes]);
  });

  it('still shares once more is lent than the event loop has taken back', () => {
    const held: [torch.Tensor, Float32Array][] = [];
    for (let i = 0; i < 40; i++) {
      const x = torch.zeros(1 << 20);
      held.push([x, x.toTypedArray() as Float32Array]);
    }
    for (const [x, array] of held) {
      array[1] = 3;
      x.at(2).fill_(4);
      assert.deepEqual([x.at(1).item(), array[2], x.toTypedArray()[2]], [3, 4, 4]);
      assert.throws(() => x.resize_(1 << 21), /not resizable/);
      assert.deepEqual([...x.shape], [1 << 20]);
    }
    const [x, array] = held.at(-1) as [torch.Tensor, Float32Array];
    const view = x.view(1024, 1024);
    x.dispose();
    array[3] = 5;
    assert.equal(view.at(0, 3).item(), 5);
  });

  it('keeps the storage from being reallocated, that of views and aliases too', () => {
    const x = torch.zeros(4);
    const array = x.toTypedArray();
    for (const tensor of [x, x.view(2, 2), x.detach()]) assert.throws(() => tensor.resize_(100), /not resizable/);
    const empty = torch.frombuffer(new Float32Array(4)).at(':0');
    assert.throws(() => torch.add(torch.ones(1 << 20), 1, { out: empty }), /not resizable/);
    assert.deepEqual([empty.numel(), empty.sum().item()], [4, 0]);
    assert.deepEqual([...x.resize_(2).shape], [2]);
    const moved = torch.zeros(4);
    const old = moved.toTypedArray();
    moved.set_(torch.ones(2));
    moved.fill_(9);
    assert.deepEqual(
      [[...array], [...old]],
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    );
  });
});
