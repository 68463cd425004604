/** What Python's `forward` takes by name, modules take by name: found by reflection over Python's signatures. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as torch from '../../lib';
import { camel } from '../oracle/codec';
import { evaluate } from '../oracle/oracle';
import { type Case, called, moduleClasses } from '../parity/modules';

/** A parameter of Python's `forward`: its name and, if it has one, its default in a list. */
type Parameter = [name: string, defaults: unknown[]];

const folder = join(__dirname, '../parity');

const PYTHON = `
import inspect, sys
sys.path.insert(0, folder)
import module_cases

def parameters(name):
    found = list(inspect.signature(getattr(nn, name).forward).parameters.values())[1:]
    plain = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in found)
    return [[p.name, [] if p.default is p.empty else [p.default]] for p in found] if plain else []

def call(name):
    """The call with the most arguments."""
    cls = getattr(nn, name)
    calls = [module_cases.Case(cls, module_cases.constructible(cls, sample.constructor_input),
                               module_cases.forward_input(cls, sample, True), torch.float32, True)
             for sample in module_cases.samples(name, torch.float32, True) if sample.forward_input is not None]
    return module_cases.plain(max(calls, key=lambda call: len(call.forward.args) + len(call.forward.kwargs)))

several = [name for name in names if len(parameters(name)) > 1]
{name: [parameters(name), call(name)] for name in several}
`;

describe('arguments of forward', () => {
  const threads = torch.getNumThreads();
  let calls: Record<string, [parameters: Parameter[], one: Case]>;

  before(async function () {
    this.timeout(60_000);
    // The tensors are small.
    torch.setNumThreads(1);
    calls = await evaluate(PYTHON, { folder, names: [...moduleClasses().keys()] });
  });

  after(() => torch.setNumThreads(threads));

  it('are known of every module that has several', () => assert.ok(Object.keys(calls).length >= 45));

  it('may be passed by name from any place on', () => {
    for (const [name, [parameters, one]] of Object.entries(calls)) {
      const [args, kwargs] = one.forward as NonNullable<Case['forward']>;
      const values = parameters.map(([parameter, [value]], i) => args[i] ?? kwargs[parameter] ?? value);
      const expected = called(name, { ...one, forward: [values, {}] });
      for (let count = 0; count < parameters.length; count++) {
        const named = Object.fromEntries(parameters.map(([parameter], i) => [parameter, values[i]]).slice(count));
        const got = called(name, { ...one, forward: [values.slice(0, count), named] });
        assert.equal(String(got), String(expected), `${name} with ${Object.keys(named).map(camel)} by name`);
      }
    }
  });

  it('are refused under another name, in words like those of Python', async () => {
    const loss = new torch.nn.MSELoss() as unknown as (...args: unknown[]) => unknown;
    assert.throws(() => loss(torch.ones(1), { other: torch.ones(1) }), {
      message: /^MSELoss\.forward\(\) got an unexpected keyword argument 'other'/,
    });
    await assert.rejects(evaluate('nn.MSELoss()(torch.ones(1), other=torch.ones(1))'), {
      message: "MSELoss.forward() got an unexpected keyword argument 'other'",
    });
  });
});
