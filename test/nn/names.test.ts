/** Every public name of `torch.nn.functional` and `torch.nn.init` is here, but for those listed with a reason. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { camel } from '../oracle/codec';
import { evaluate } from '../oracle/oracle';

/** What is public in Python, and missing here. */
const MISSING: Record<string, string> = {
  'functional.assert_int_or_pair': 'a helper that PyTorch itself no longer uses',
};

/** Names that PyTorch's modules import, or use while TorchScript compiles them. */
const IMPORTED = [
  ...['boolean_dispatch', 'handle_torch_function', 'has_torch_function', 'has_torch_function_unary'],
  ...['has_torch_function_variadic', 'Optional', 'Callable', 'importlib', 'dataclasses', 'math', 'warnings', 'Literal'],
];

const PUBLIC = `
import types
module = getattr(nn, name)
[n for n, value in vars(module).items()
 if not n.startswith('_') and callable(value) and not isinstance(value, (type, types.ModuleType))]
`;

describe('public names', () => {
  for (const name of ['functional', 'init'] as const) {
    it(`of torch.nn.${name}`, async () => {
      const names = await evaluate<string[]>(PUBLIC, { name });
      assert.ok(names.length > 20);
      const here: Record<string, unknown> = torch.nn[name];
      const missing = names.filter((one) => !IMPORTED.includes(one) && typeof here[camel(one)] !== 'function');
      const listed = Object.keys(MISSING).filter((one) => one.startsWith(`${name}.`));
      assert.deepEqual(
        missing.map((one) => `${name}.${one}`),
        listed,
      );
    });
  }
});
