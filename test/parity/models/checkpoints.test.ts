/** Real models take their weights from files that Python made, and give Python's outputs; Python takes theirs. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as torch from '../../../lib';
import { input } from '../../oracle/inputs';
import { evaluate } from '../../oracle/oracle';
import { temporaryFolder } from '../../temporary';
import { MODELS } from './architectures';

const { safetensors } = torch;

const tokens = input([2, 12], { dtype: torch.int64, high: 50 });
const images = input([2, 3, 32, 32]);
const TAKES_TOKENS = new Set(['LSTMLanguageModel', 'GPT2']);

const PYTHON = `
import os, sys
sys.path.insert(0, here)
import architectures
import safetensors.torch

def given(name):
    return tokens if name in takes_tokens else images

def path(name, suffix):
    return os.path.join(folder, name + suffix)
`;

const MAKE = `
def outcome(name):
    model = architectures.make(name)
    model.train()
    with torch.no_grad():
        model(given(name))
        output = model.eval()(given(name))
    state = model.state_dict()
    torch.save(state, path(name, '.pth'))
    torch.save(state, path(name, '.old.pth'), _use_new_zipfile_serialization=False)
    safetensors.torch.save_model(model, path(name, '.safetensors'))
    return output
{name: outcome(name) for name in names}
`;

const TAKE = `
def outcome(name):
    pickled, named = architectures.make(name), architectures.make(name)
    pickled.load_state_dict(torch.load(path(name, '.ours.pth')))
    safetensors.torch.load_model(named, path(name, '.ours.safetensors'))
    with torch.no_grad():
        return [model.eval()(given(name)) for model in (pickled, named)]
{name: outcome(name) for name in names}
`;

describe('checkpoints of real models', () => {
  const folder = temporaryFolder();
  const ask = <T>(code: string) =>
    evaluate<T>(
      PYTHON + code,
      { here: __dirname, folder, names: Object.keys(MODELS), takes_tokens: [...TAKES_TOKENS], tokens, images },
      7,
    );
  const evaluated = (name: string, model: torch.nn.Module) =>
    torch.noGrad(() => model.eval()(TAKES_TOKENS.has(name) ? tokens : images) as torch.Tensor);

  let expected: Record<string, torch.Tensor>;
  before(async () => {
    expected = await ask(MAKE);
  });

  for (const [name, make] of Object.entries(MODELS)) {
    it(`of Python are those of ${name} here: .pth, legacy, mapped, .safetensors`, () => {
      const loads: Record<string, () => unknown> = {
        pth: () => torch.load(join(folder, `${name}.pth`)),
        mapped: () => torch.load(join(folder, `${name}.pth`), { mmap: true }),
        legacy: () => torch.load(join(folder, `${name}.old.pth`)),
        safetensors: () => safetensors.loadFile(join(folder, `${name}.safetensors`)),
      };
      for (const [format, load] of Object.entries(loads)) {
        const model = make();
        // Of tied weights, a safetensors file has one.
        const { missingKeys, unexpectedKeys } = model.loadStateDict(load() as never, {
          strict: format !== 'safetensors',
        });
        assert.deepEqual(unexpectedKeys, []);
        assert.ok(missingKeys.every((key: string) => key === 'decoder.weight' || key === 'encoder.weight'));
        assert.ok(torch.equal(evaluated(name, model), expected[name] as torch.Tensor), format);
      }
    });
  }

  it('of ours are those of Python', async () => {
    const outputs = Object.entries(MODELS).map(([name, make]) => {
      const model = make();
      const state = model.stateDict();
      torch.save(state, join(folder, `${name}.ours.pth`));
      const named = [...state.items()].filter(([key]) => name !== 'LSTMLanguageModel' || key !== 'decoder.weight');
      safetensors.saveFile(Object.fromEntries(named), join(folder, `${name}.ours.safetensors`), {
        format: 'pt',
        'decoder.weight': 'encoder.weight',
      });
      return [name, evaluated(name, model)] as const;
    });
    const theirs = await ask<Record<string, torch.Tensor[]>>(TAKE);
    for (const [name, output] of outputs) {
      for (const their of theirs[name] as torch.Tensor[]) assert.ok(torch.equal(output, their), name);
    }
  });
});
