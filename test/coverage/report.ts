/** `npm run coverage:api`: how much of each namespace's public names is there, and which names are missing. */
import { closeOracle } from '../oracle/oracle';
import { type Coverage, coverage } from './api';

function line({ namespace, present, missing, impossible }: Coverage): string {
  const possible = present.length + missing.length;
  const share = ((100 * present.length) / possible).toFixed(1);
  const listed = impossible.length > 0 ? `, ${impossible.length} cannot exist` : '';
  return `${namespace.padEnd(26)} ${share.padStart(5)} %   ${present.length} of ${possible}${listed}`;
}

async function main(): Promise<void> {
  for (const namespace of await coverage()) {
    console.log(line(namespace));
    if (namespace.missing.length > 0) console.log(`    ${namespace.missing.join(' ')}`);
  }
  closeOracle();
}

void main();
