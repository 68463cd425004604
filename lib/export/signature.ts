/** What the inputs and outputs of an exported program's graph stand for. */
import { NotImplementedError } from '../errors';
import { bool, float, int, type Json, list, record, text, union } from './json';

/** An input of the graph. */
export type InputSpec =
  | { readonly kind: 'USER_INPUT'; readonly name: string }
  | { readonly kind: 'CONSTANT_INPUT'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'PARAMETER' | 'CONSTANT_TENSOR'; readonly name: string; readonly target: string }
  | { readonly kind: 'BUFFER'; readonly name: string; readonly target: string; readonly persistent: boolean };

/** An output of the graph: what a user gets, or the new value of what was given. */
export interface OutputSpec {
  readonly kind: 'USER_OUTPUT' | 'BUFFER_MUTATION' | 'PARAMETER_MUTATION' | 'USER_INPUT_MUTATION';
  readonly name: string;
  /** The buffer, the parameter or the input that is changed. */
  readonly target: string | null;
}

/**
 * What a graph takes and gives, in order.
 *
 * @see https://docs.pytorch.org/docs/2.13/export/api_reference.html#torch.export.graph_signature.ExportGraphSignature
 */
export class ExportGraphSignature {
  /** @internal */
  constructor(
    readonly inputSpecs: readonly InputSpec[],
    readonly outputSpecs: readonly OutputSpec[],
  ) {}

  /** The names of the parameters. */
  get parameters(): string[] {
    return this.targets('PARAMETER');
  }

  /** The names of the buffers. */
  get buffers(): string[] {
    return this.targets('BUFFER');
  }

  /** The names of the graph's inputs that a user gives, and the constants that one has to give. */
  get userInputs(): unknown[] {
    return this.inputSpecs.flatMap((spec) =>
      spec.kind === 'USER_INPUT' ? [spec.name] : spec.kind === 'CONSTANT_INPUT' ? [spec.value] : [],
    );
  }

  /** The names of the graph's outputs that a user gets. */
  get userOutputs(): string[] {
    return this.outputSpecs.filter(({ kind }) => kind === 'USER_OUTPUT').map(({ name }) => name);
  }

  private targets(kind: 'PARAMETER' | 'BUFFER'): string[] {
    return this.inputSpecs.flatMap((spec) => (spec.kind === kind ? [(spec as { target: string }).target] : []));
  }

  /** As Python prints it. */
  toString(): string {
    const inputs = this.inputSpecs.map((spec) => {
      const target = 'target' in spec ? ` target='${spec.target}'` : '';
      const persistent = spec.kind === 'BUFFER' ? ` persistent=${spec.persistent ? 'True' : 'False'}` : '';
      const kind = spec.kind === 'CONSTANT_INPUT' ? 'USER_INPUT' : spec.kind;
      return `${spec.name}: ${kind}${target}${persistent}`;
    });
    const outputs = this.outputSpecs.map(
      ({ kind, name, target }) => `${name}: ${kind}${target === null ? '' : ` target='${target}'`}`,
    );
    return `\n# inputs\n${inputs.join('\n')}\n\n# outputs\n${outputs.join('\n')}\n`;
  }
}

const nameOf = (value: unknown): string => text(record(value, 'an argument').name, 'a name');

/** The name of a union's argument, or what it is if it has none. */
function argumentName(argument: unknown): string {
  const [kind, value] = union(argument, 'an argument');
  if (kind === 'as_tensor') return nameOf(value);
  if (kind.startsWith('as_sym')) {
    const [form, name] = union(value, 'an argument');
    if (form === 'as_name') return text(name, 'a name');
  }
  return kind === 'as_none' ? 'None' : String(value);
}

function constantOf(value: unknown): unknown {
  const [kind, content] = union(value, 'a constant');
  switch (kind) {
    case 'as_none':
      return null;
    case 'as_int':
      return int(content, kind);
    case 'as_float':
      return float(content, kind);
    case 'as_bool':
      return bool(content, kind);
    default:
      return text(content, kind);
  }
}

function inputOf(spec: unknown): InputSpec {
  const [kind, content] = union(spec, 'an input');
  const value = record(content, 'an input');
  switch (kind) {
    case 'user_input': {
      const [form, constant] = union(value.arg, 'an argument');
      const isNamed = form === 'as_tensor' || form.startsWith('as_sym');
      if (isNamed) return { kind: 'USER_INPUT', name: argumentName(value.arg) };
      return { kind: 'CONSTANT_INPUT', name: '', value: constantOf({ [form]: constant }) };
    }
    case 'constant_input':
      return { kind: 'CONSTANT_INPUT', name: text(value.name, 'a name'), value: constantOf(value.value) };
    case 'parameter':
      return { kind: 'PARAMETER', name: nameOf(value.arg), target: text(value.parameter_name, 'a name') };
    case 'tensor_constant':
      return { kind: 'CONSTANT_TENSOR', name: nameOf(value.arg), target: text(value.tensor_constant_name, 'a name') };
    case 'buffer':
      return {
        kind: 'BUFFER',
        name: nameOf(value.arg),
        target: text(value.buffer_name, 'a name'),
        persistent: bool(value.persistent, 'persistent'),
      };
    default:
      throw new NotImplementedError(`the exported program has an input of the kind '${kind}', which only Python runs`);
  }
}

function outputOf(spec: unknown): OutputSpec {
  const [kind, content] = union(spec, 'an output');
  const value: Json = record(content, 'an output');
  switch (kind) {
    case 'user_output':
      return { kind: 'USER_OUTPUT', name: argumentName(value.arg), target: null };
    case 'buffer_mutation':
      return { kind: 'BUFFER_MUTATION', name: nameOf(value.arg), target: text(value.buffer_name, 'a name') };
    case 'parameter_mutation':
      return { kind: 'PARAMETER_MUTATION', name: nameOf(value.arg), target: text(value.parameter_name, 'a name') };
    case 'user_input_mutation':
      return { kind: 'USER_INPUT_MUTATION', name: nameOf(value.arg), target: text(value.user_input_name, 'a name') };
    default:
      throw new NotImplementedError(`the exported program has an output of the kind '${kind}', which only Python runs`);
  }
}

/** Reads a graph's signature. */
export function signatureOf(json: unknown): ExportGraphSignature {
  const { input_specs, output_specs } = record(json, 'a signature');
  return new ExportGraphSignature(
    list(input_specs, 'the inputs').map(inputOf),
    list(output_specs, 'the outputs').map(outputOf),
  );
}
