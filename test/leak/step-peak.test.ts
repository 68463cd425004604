/** The memory that an optimizer takes with its steps: at most what PyTorch takes. */
import assert from 'node:assert/strict';
import { evaluate } from '../oracle/oracle';
import { measure } from './child';

/** One parameter of 40 MB, which the allocator maps and unmaps by itself. */
const ELEMENTS = 10_000_000;
const BYTES = 4 * ELEMENTS;

/** What `programs/step-peak.ts` does. */
const PYTHON = `
def kilobytes(key): return next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith(key))
def run(count):
    p = nn.Parameter(torch.zeros(count))
    p.grad = torch.full_like(p, 0.5)
    o = getattr(optim, name)([p], **options)
    for _ in range(3): o.step()
run(100_000)
with open('/proc/self/clear_refs', 'w') as f: f.write('5')
before = kilobytes('VmRSS:')
run(elements)
(kilobytes('VmHWM:') - before) * 1024
`;

const CASES: [name: 'SGD' | 'AdamW', options: Record<string, number | boolean>][] = [
  ['SGD', { lr: 0.1, momentum: 0.9, nesterov: true }],
  ['SGD', { lr: 0.1, momentum: 0.9, foreach: true }],
  ['AdamW', {}],
  ['AdamW', { foreach: true }],
  ['AdamW', { fused: true }],
];

describe('the memory of an optimizer with its steps', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  for (const [name, options] of CASES) {
    it(`${name} ${JSON.stringify(options)}: at most PyTorch's`, async () => {
      const theirs = await evaluate<number>(PYTHON, { name, options, elements: ELEMENTS });
      const ours = await measure<number>('step-peak', [name, JSON.stringify(options), ELEMENTS]);
      assert.ok(ours <= theirs + BYTES / 4, `${ours / BYTES} times the parameter, ${theirs / BYTES} in PyTorch`);
    });
  }
});
