/** Makes the calls of the fuzz test, numbered from argv, and says each on stdout before it makes it. */
import { writeSync } from 'node:fs';
import { Random } from '../oracle/random';
import { type Target, targets } from './signatures';
import { disposingOptions, hostile, type Labelled, plausible, tensor } from './values';

/** The arguments of one call: half of them as a signature asks with at most one hostile value, half anything. */
function args(target: Target, random: Random): Labelled[] {
  const signature = target.signatures.length > 0 && random.chance(0.75) ? random.pick(target.signatures) : null;
  if (!signature) return Array.from({ length: random.below(5) }, () => anything(random));
  const wrong = random.chance(0.5) ? random.below(signature.length) : -1;
  const positional: Labelled[] = [];
  const options: Record<string, unknown> = {};
  const words: string[] = [];
  signature.forEach(({ type, name, keywordOnly, optional }, position) => {
    if (optional && random.chance(0.6) && position !== wrong) return;
    const given = position === wrong ? hostile(random) : plausible(type, random);
    const named = keywordOnly || words.length > 0 || (optional && random.chance(0.5));
    if (!named) {
      positional.push(given);
      return;
    }
    options[name] = given.value;
    words.push(`${name}: ${given.label}`);
  });
  if (words.length > 0) positional.push({ label: `{ ${words.join(', ')} }`, value: options });
  if (random.chance(0.02)) {
    positional.push({ label: 'options that dispose', value: disposingOptions(positional[0]?.value) });
  }
  return positional;
}

function anything(random: Random): Labelled {
  const types = ['Tensor', 'int64_t', 'double', 'IntArrayRef', 'TensorList', 'ScalarType', 'c10::string_view'];
  return random.chance(0.6) ? hostile(random) : plausible(random.pick(types), random);
}

function self(random: Random): Labelled {
  return random.chance(0.8) ? tensor(random) : hostile(random);
}

/** Makes one call; what it throws must be an error. */
function attempt(target: Target, number: number, random: Random): void {
  const receiver = target.method ? self(random) : { label: '', value: undefined };
  const given = args(target, random);
  const words = `${receiver.label && `(${receiver.label}) `}${target.label}(${given.map((one) => one.label).join(', ')})`;
  writeSync(1, `${number} ${words}\n`);
  try {
    target.call.apply(
      receiver.value,
      given.map((one) => one.value),
    );
    tally.returned++;
  } catch (error) {
    if (!(error instanceof Error)) throw new Error(`${words} threw what is no Error: ${typeof error}`);
    tally.raised++;
  }
}

const tally = { returned: 0, raised: 0 };
const [first, last, seed] = process.argv.slice(2).map(Number);
const all = targets();
for (let number = first; number < last; number++) {
  const random = new Random(seed + number);
  // Every target in turn, so that each is called.
  attempt(all[number % all.length], number, random);
}
writeSync(1, `done ${JSON.stringify(tally)}\n`);
