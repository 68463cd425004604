/** Scopes, disposal and counting of tensors' memory in one process; what needs a process of its own is in leak/. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import torch from '../lib';
import * as fft from '../lib/generated/fft';
import * as linalg from '../lib/generated/linalg';
import * as nn from '../lib/generated/nn';
import * as special from '../lib/generated/special';
import * as generated from '../lib/generated/torch';
import { collectGarbage } from '../lib/memory/collector';

function tensors(): number {
  collectGarbage(true);
  return torch.memory().tensors;
}

const gone = { name: 'RuntimeError', message: 'the tensor has been disposed' };

describe('torch.tidy', () => {
  it('disposes of what the function made and gives what it returns', () => {
    const before = tensors();
    let inner: torch.Tensor | undefined;
    const result = torch.tidy(() => {
      inner = torch.ones(3);
      return inner.add(1);
    });
    assert.equal(inner?.isDisposed, true);
    assert.deepEqual(result.tolist(), [2, 2, 2]);
    result.dispose();
    assert.equal(tensors(), before);
  });

  it('keeps tensors at any depth of what is returned', () => {
    class Pair {
      constructor(
        readonly left: torch.Tensor,
        readonly right: torch.Tensor,
      ) {}
    }
    const kept = torch.tidy(() => ({
      list: [torch.ones(1), [torch.ones(1)]],
      map: new Map([[torch.ones(1), torch.ones(1)]]),
      set: new Set([torch.ones(1)]),
      pair: new Pair(torch.ones(1), torch.ones(1)),
      tuple: torch.ones(2, 2).max(1),
      function: Object.assign(() => 1, { weight: torch.ones(1) }),
    }));
    const [[key, value]] = [...kept.map] as [[torch.Tensor, torch.Tensor]];
    const all = [
      kept.list.flat(2),
      [key, value, ...kept.set, kept.pair.left, kept.pair.right],
      [kept.tuple.values, kept.tuple.indices, kept.function.weight],
    ].flat() as torch.Tensor[];
    assert.equal(all.length, 10);
    for (const tensor of all) assert.equal(tensor.isDisposed, false);
  });

  it('takes long, cyclic and self-made structures, without running their code', () => {
    const long = torch.tidy(() => Array.from({ length: 300_000 }, (_, i) => i));
    assert.equal(long.length, 300_000);
    const chain = torch.tidy(() => {
      let list: { tensor: torch.Tensor; next: unknown } | null = null;
      for (let i = 0; i < 20_000; i++) list = { tensor: torch.ones(1), next: list };
      return list as unknown as { tensor: torch.Tensor };
    });
    assert.equal(chain.tensor.isDisposed, false);
    const cyclic = torch.tidy(() => {
      const self: { self?: unknown; tensor: torch.Tensor } = { tensor: torch.ones(1) };
      self.self = self;
      return self;
    });
    assert.equal(cyclic.tensor.isDisposed, false);
    const numbers = torch.tidy(function* () {
      yield 1;
    });
    assert.deepEqual([...numbers], [1]);
    torch.tidy(() => ({
      get bad(): never {
        throw new Error('a getter ran');
      },
    }));
  });

  it('hands what an inner scope returns to the outer one', () => {
    let handed: torch.Tensor | undefined;
    let own: torch.Tensor | undefined;
    const result = torch.tidy(() => {
      own = torch.ones(1);
      handed = torch.tidy(() => torch.ones(1).add(1));
      assert.equal(handed.isDisposed, false);
      return handed.add(own);
    });
    assert.equal(handed?.isDisposed, true);
    assert.equal(own?.isDisposed, true);
    assert.equal(result.item(), 3);
  });

  it('disposes of everything when the function throws', async () => {
    let made: torch.Tensor | undefined;
    const fail = (): never => {
      made = torch.ones(1);
      throw new Error('no');
    };
    assert.throws(() => torch.tidy(fail), { message: 'no' });
    assert.equal(made?.isDisposed, true);
    await assert.rejects(
      torch.tidy(async () => fail()),
      { message: 'no' },
    );
    assert.equal(made?.isDisposed, true);
    const after = torch.ones(1);
    assert.equal(torch.tidy(() => after).isDisposed, false);
  });

  it('leaves tensors from outside alone, in-place results included', () => {
    const outside = torch.ones(2);
    torch.tidy(() => outside.add_(1).mul_(2));
    assert.deepEqual(outside.tolist(), [4, 4]);
  });

  it('follows asynchronous functions, concurrent ones apart', async () => {
    const made: torch.Tensor[][] = [[], []];
    const work = (index: number): Promise<torch.Tensor> =>
      torch.tidy(async () => {
        let x = torch.full([2], index);
        for (let i = 0; i < 5; i++) {
          await sleep(index === 0 ? 1 : 2);
          made[index]?.push(x);
          x = x.add(1);
        }
        return x;
      });
    const [slow, quick] = [work(1), work(0)];
    const between = torch.ones(1);
    assert.deepEqual((await quick).tolist(), [5, 5]);
    assert.ok(made[0]?.every((tensor) => tensor.isDisposed));
    assert.ok(made[1]?.every((tensor) => !tensor.isDisposed));
    assert.deepEqual((await slow).tolist(), [6, 6]);
    assert.ok(made[1]?.every((tensor) => tensor.isDisposed));
    assert.equal(between.isDisposed, false);
  });

  it('hands late work of an ended scope to the scope around it', async () => {
    const late: torch.Tensor[] = [];
    let unawaited: Promise<void> | undefined;
    const other = torch.tidy(async () => {
      torch.tidy(() => {
        unawaited = sleep(5).then(() => void late.push(torch.ones(1)));
      });
      await sleep(15);
    });
    await unawaited;
    assert.equal(late[0]?.isDisposed, false);
    await other;
    assert.equal(late[0]?.isDisposed, true);
  });

  it('keeps what is given to keep beyond every scope', () => {
    const [first, second] = torch.tidy(() => {
      const outer = torch.ones(1);
      torch.tidy(() => {
        torch.keep(outer);
        torch.keep({ list: [outer] });
        return 0;
      });
      return [() => outer, torch.tidy(() => torch.keep(torch.ones(1)).add(0))] as const;
    });
    assert.equal(first().isDisposed, false);
    assert.equal(second.isDisposed, false);
  });

  it('lets gradients live on their leaves', () => {
    const weight = torch.ones(2, { requiresGrad: true });
    torch.tidy(() => {
      weight.mul(3).sum().backward();
      assert.deepEqual(weight.grad?.tolist(), [3, 3]);
    });
    assert.deepEqual(weight.grad?.tolist(), [3, 3]);
    assert.equal(weight.grad, weight.grad);
  });
});

describe('dispose', () => {
  it('frees at once, may be called twice, and is what using calls', () => {
    const before = tensors();
    const x = torch.ones(1000, 1000);
    const { bytes } = torch.memory();
    x.dispose();
    x.dispose();
    assert.equal(bytes - torch.memory().bytes, 4_000_512);
    assert.equal(x.isDisposed, true);
    let leaked: torch.Tensor;
    {
      using y = torch.ones(1);
      leaked = y;
      assert.equal(y.item(), 1);
    }
    assert.equal(leaked.isDisposed, true);
    assert.equal(tensors(), before);
  });

  it('frees one handle only: views, graphs and gradients live on', () => {
    const x = torch.ones(2, { requiresGrad: true });
    const y = x.mul(2);
    const view = y.view(2, 1);
    const loss = y.exp().sum();
    y.dispose();
    assert.deepEqual(view.detach().tolist(), [[2], [2]]);
    loss.backward();
    loss.dispose();
    const { grad } = x;
    x.dispose();
    assert.equal(grad?.dim(), 1);
  });

  it('makes every property and method throw a RuntimeError', () => {
    const live = torch.ones(2, 2);
    const indices = torch.zeros([1], { dtype: torch.int64 });
    const dead = torch.ones(2, 2);
    dead.dispose();
    const free = new Set<unknown>([
      'constructor',
      'dispose',
      'isDisposed',
      'recordStream',
      Symbol.dispose,
      inspect.custom,
    ]);
    const lists: unknown[][] = [
      [],
      [0],
      [live],
      [1, 0],
      [[2, 2]],
      [true],
      [torch.float32],
      [live, live],
      [live, 1],
      [0, live],
      [0, indices, 1],
      [0, indices, live],
      [indices, live],
      [[indices], live],
      [live, live, live],
      [0, 1, 1],
      [live, 0, 0],
      [[2], [1]],
      [[2], 1],
      [[2], 1, 1],
      [live, [2], [1]],
      [0, indices, live, 'sum'],
      [true, true],
      [true, true, torch.float32, torch.float32],
      [0, [1, 2]],
      [{ size: 2 }],
      ['number'],
    ];
    const survivors: string[] = [];
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    for (let owner = torch.Tensor.prototype; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const key of Reflect.ownKeys(owner)) {
        if (free.has(key)) continue;
        const attempts: string[] = [];
        for (const list of lists) {
          attempts.push(attempt(dead, owner, key, list));
          if (attempts.at(-1) === gone.message || attempts.at(-1) === 'returned') break;
        }
        // Methods that PyTorch has removed say just that, whatever they are called on.
        if (/^(This function was deprecated|reinforce\(\) was removed)/.test(attempts.at(-1) as string)) continue;
        if (attempts.at(-1) !== gone.message) survivors.push(`${String(key)}: ${attempts.join(' | ')}`);
      }
    }
    Error.stackTraceLimit = limit;
    assert.deepEqual(survivors, []);
    assert.equal(inspect(dead), 'tensor(<disposed>)');
  });

  it('makes a disposed argument throw wherever it is given, and crash nowhere', () => {
    const live = torch.ones(2, 2);
    const dead = torch.ones(2, 2);
    dead.dispose();
    const works: string[] = [];
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    for (const [name, fn] of Object.entries({ ...generated, ...linalg, ...fft, ...special, ...nn })) {
      if (typeof fn !== 'function') continue;
      const call = fn as (...args: unknown[]) => unknown;
      const lists = [[dead], [live, dead], [live, live, dead], [[live, dead]], [2, dead]];
      const options = [{ out: dead }, { generator: dead }, { other: dead }];
      for (const list of [...lists, ...options.map((option) => [live, option])]) {
        try {
          call(...list);
          works.push(`${name}(${list.map((item) => (item === dead ? 'dead' : typeof item)).join(', ')})`);
        } catch (error) {
          assert.ok(error instanceof Error, name);
        }
      }
    }
    Error.stackTraceLimit = limit;
    assert.deepEqual(works, []);
    assert.throws(() => live.add(dead), gone);
    assert.throws(() => live.add(1, { alpha: dead as never }), gone);
    assert.throws(() => torch.cat([live, dead]), gone);
    assert.throws(() => torch.add(live, 1, { out: dead }), gone);
    assert.throws(() => live.at(dead), gone);
    assert.throws(() => live.set(0, dead), gone);
    assert.throws(() => live.backward(dead), gone);
    assert.throws(() => torch.full([2], dead as never), gone);
    assert.throws(() => {
      live.grad = dead;
    }, gone);
    assert.throws(() => {
      live.data = dead;
    }, gone);
  });
});

/** What happens when a member is used: `returned`, or the message of the error. */
function attempt(receiver: torch.Tensor, owner: object, key: string | symbol, list: unknown[]): string {
  const property = Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor;
  try {
    if (property.get) property.get.call(receiver);
    else {
      const result: unknown = property.value.apply(receiver, list);
      if (key === Symbol.iterator) [...(result as Iterable<unknown>)];
    }
    return 'returned';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a graph', () => {
  it('of 100,000 nodes is freed without overflowing the stack, by dispose, backward and the collector', () => {
    const deep = (nodes: number): torch.Tensor => {
      let x = torch.ones(1, { requiresGrad: true });
      for (let i = 0; i < nodes; i++) x = x.add(1);
      return x;
    };
    const before = tensors();
    deep(100_000);
    assert.equal(tensors(), before);
    deep(30_000).dispose();
    deep(30_000).backward();
    assert.equal(tensors(), before);
  });

  it('is collected with its gradients, also when they are assigned to each other', () => {
    const before = tensors();
    (() => {
      for (let i = 0; i < 100; i++) {
        const x = torch.ones(10, { requiresGrad: true });
        const loss = x.mul(2).sum();
        loss.backward();
        const { grad } = x;
        x.grad = grad;
        Object.assign(x, { loss, self: x });
      }
    })();
    assert.equal(tensors(), before);
  });
});

describe('torch.memory', () => {
  it('counts handles, and shared memory once', () => {
    collectGarbage(true);
    const before = torch.memory();
    const x = torch.empty(1 << 20);
    const views = [x.view(1024, 1024), x.at(':10'), x.detach()];
    const now = torch.memory();
    assert.equal(now.tensors - before.tensors, 4);
    assert.equal(now.bytes - before.bytes, 4 * 2 ** 20 + 4 * 512);
    x.dispose();
    assert.equal(torch.memory().bytes - before.bytes, 4 * 2 ** 20 + 3 * 512);
    for (const view of views) view.dispose();
    assert.deepEqual([torch.memory().tensors, torch.memory().bytes], [before.tensors, before.bytes]);
  });

  it('follows tensors that grow, shrink or get other memory', () => {
    const before = torch.memory().bytes;
    const grown = (): number => torch.memory().bytes - before - 512;
    const x = torch.empty(0);
    assert.equal(grown(), 0);
    x.resize_(1 << 20);
    assert.equal(grown(), 4 * 2 ** 20);
    const y = torch.empty(0);
    torch.ones(1 << 20, { out: y });
    x.data = torch.empty(1 << 10);
    collectGarbage(true);
    assert.equal(grown(), 4 * 2 ** 10 + 4 * 2 ** 20 + 512);
    y.dispose();
    x.dispose();
    assert.equal(torch.memory().bytes, before);
  });

  it('has a peak that can begin again, and a budget', () => {
    torch.empty(1 << 22).dispose();
    torch.memory.resetPeak();
    const { bytes, peakBytes } = torch.memory();
    assert.equal(peakBytes, bytes);
    torch.empty(1 << 20).dispose();
    assert.equal(torch.memory().peakBytes, bytes + 4 * 2 ** 20 + 512);
    const budget = torch.memory.budget();
    torch.memory.setBudget(8 * 2 ** 20);
    assert.equal(torch.memory.budget(), 8 * 2 ** 20);
    torch.memory.resetPeak();
    for (let i = 0; i < 100; i++) torch.empty(1 << 20);
    assert.ok(torch.memory().peakBytes - bytes <= 16 * 2 ** 20, `${torch.memory().peakBytes - bytes}`);
    torch.memory.setBudget(budget);
  });
});

describe('allocation failure', () => {
  it('is an OutOfMemoryError, after which work goes on', () => {
    const absurd = {
      name: 'OutOfMemoryError',
      message: /can't allocate memory: you tried to allocate 35184372088832 bytes/,
    };
    assert.throws(() => torch.empty([2 ** 45], { dtype: torch.uint8 }), absurd);
    assert.throws(() => torch.zeros([2 ** 43]), absurd);
    assert.throws(
      () => torch.empty([2 ** 43]),
      (error) => error instanceof torch.RuntimeError,
    );
    assert.throws(() => torch.ones(1).repeat(2 ** 43), absurd);
    assert.throws(() => torch.empty([2 ** 40, 2 ** 40]), /Storage size calculation overflowed/);
    assert.equal(torch.ones(2).sum().item(), 2);
  });
});

describe('a tensor that leaves its thread or process', () => {
  it('is written as nested arrays by JSON.stringify', () => {
    assert.equal(
      JSON.stringify({ x: torch.tensor([[1, 2.5]]), flag: torch.tensor(true) }),
      '{"x":[[1,2.5]],"flag":true}',
    );
    assert.equal(JSON.stringify(torch.tensor([1n, 2n])), '[1,2]');
    assert.throws(() => JSON.stringify(torch.tensor([2n ** 60n])), /BigInt/);
  });

  it('is refused by structuredClone and postMessage', () => {
    const x = torch.ones(1);
    assert.throws(() => structuredClone(x), { name: 'DataCloneError' });
    const { port1, port2 } = new MessageChannel();
    assert.throws(() => port1.postMessage({ x }), { name: 'DataCloneError' });
    port1.close();
    port2.close();
    assert.deepEqual(structuredClone(x.toTypedArray()), Float32Array.of(1));
  });
});
