/**
 * `npm run sweep`: runs the operator database and prints what does not agree, and the counts for each kind and dtype.
 * `npm run sweep -- add linalg --kind gradients --limit 5` selects entries, kinds, samples; `--verbose` prints known
 * failures too; `--update` rewrites the list of them.
 */
import { parseArgs } from 'node:util';
import { describe, knownFailures, summary, surprises, sweep, updateKnown } from './opinfo';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: 'string', multiple: true },
      limit: { type: 'string' },
      update: { type: 'boolean' },
      verbose: { type: 'boolean' },
    },
  });
  const known = knownFailures();
  const limit = values.limit ? Number(values.limit) : undefined;
  const options = { limit, kinds: values.kind, only: positionals.length > 0 ? positionals : undefined };
  const outcomes = await sweep({
    ...options,
    onEntry: ({ entry, failures }) => {
      if (failures.length === 0 || (entry in known && !values.verbose)) return;
      for (const failure of failures.slice(0, values.verbose ? 20 : 1)) console.log(`${entry}: ${describe(failure)}`);
    },
  });
  if (values.update) updateKnown(outcomes);
  const found = surprises(outcomes, options);
  console.log(`${found.join('\n')}\n${summary(outcomes)}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}

void main();
