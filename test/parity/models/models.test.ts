/** Real models give PyTorch's outputs and gradients with weights that PyTorch drew. */
import assert from 'node:assert/strict';
import * as torch from '../../../lib';
import { input } from '../../oracle/inputs';
import { evaluate, parity } from '../../oracle/oracle';
import { MODELS, outcome } from './architectures';

const folder = __dirname;
const ask = (what: string) => `import sys\nsys.path.insert(0, folder)\nimport architectures\narchitectures.${what}`;

const tokens = input([2, 12], { dtype: torch.int64, high: 50 });
const images = input([2, 3, 32, 32]);
const GIVEN: Readonly<Record<string, torch.Tensor>> = { LSTMLanguageModel: tokens, GPT2: tokens };

describe('real models', () => {
  for (const [name, make] of Object.entries(MODELS)) {
    it(`${name} agrees with Python's in output, gradients and buffers`, async () => {
      const given = GIVEN[name] ?? images;
      const state = await evaluate<Record<string, torch.Tensor>>(ask('make(name).state_dict()'), { folder, name }, 7);
      await parity(ask('outcome(name, state, given)'), { folder, name, state, given }, () =>
        outcome(name, state, given),
      );
      torch.manualSeed(7);
      const drawn = make().stateDict();
      assert.deepEqual([...drawn.keys()], Object.keys(state));
      for (const [key, value] of drawn.items()) assert.ok(value.equal(state[key] as torch.Tensor), key);
    });
  }
});
