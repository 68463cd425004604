/** The module that runs an exported program. */
import { noGrad } from '../autograd/grad-mode';
import { AssertionError, NotImplementedError, ValueError } from '../errors';
import type { NativeResult } from '../native';
import { Module } from '../nn/module';
import type { Parameter } from '../nn/parameter';
import { finish, unwrap } from '../ops';
import { repr } from '../python-repr';
import { Tensor } from '../tensor';
import { tagged } from './arguments';
import type { Graph } from './graph';
import type { ExportGraphSignature } from './signature';
import { TreeSpec } from './tree-spec';

/** What an exported program consists of. */
export interface Program {
  readonly graph: Graph;
  readonly signature: ExportGraphSignature;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly inSpec: TreeSpec;
  readonly outSpec: TreeSpec;
  readonly paths: readonly string[];
  readonly guard: (inputs: readonly unknown[]) => void;
}

/** A module that only holds others. */
class Container extends Module {}

/**
 * An exported program as a module: its parameters and buffers are those of the module that was exported, and calling it
 * runs the graph. A tensor that is set by `loadStateDict`, `to` or an optimizer is the one that runs.
 *
 * @see https://docs.pytorch.org/docs/2.13/export/api_reference.html#torch.export.ExportedProgram.module
 */
export class ExportedModule extends Module {
  /** @internal */
  constructor(private readonly program: Program) {
    super();
    this.program = program;
    for (const spec of program.signature.inputSpecs) {
      if (spec.kind === 'PARAMETER') {
        const [owner, name] = ownerOf(this, spec.target);
        owner.registerParameter(name, tensorNamed(program, spec.target) as Parameter);
      } else if (spec.kind === 'BUFFER') {
        const [owner, name] = ownerOf(this, spec.target);
        owner.registerBuffer(name, tensorNamed(program, spec.target), { persistent: spec.persistent });
      }
    }
  }

  override forward(...given: unknown[]): unknown {
    const { graph, signature, outSpec, guard, paths } = this.program;
    const inputs = this.flatten(given);
    guard(inputs);
    let next = 0;
    const values = signature.inputSpecs.map((spec) => {
      if (spec.kind === 'PARAMETER' || spec.kind === 'BUFFER') return this.tensor(spec.target).handle;
      if (spec.kind === 'CONSTANT_TENSOR') return tensorNamed(this.program, spec.target).handle;
      const value = inputs[next++];
      if (spec.kind === 'CONSTANT_INPUT' && value !== spec.value) {
        throw new AssertionError(`Guard failed: ${paths[next - 1]} == ${repr(spec.value)}`);
      }
      return typeof value === 'number' && !Number.isInteger(value) ? tagged(value) : unwrap(value);
    });
    const outputs = graph.run(values).map((value) => finish(value as NativeResult, undefined, inputs));
    return outSpec.unflatten(this.writeBack(outputs, inputs));
  }

  /** The arguments as the graph takes them. Throws Python's ValueError if they are nested in another way. */
  private flatten(given: readonly unknown[]): unknown[] {
    const { inSpec } = this.program;
    const [positional, keywords] = inSpec.children as [TreeSpec, TreeSpec];
    const hasKeywords = given.length > positional.children.length;
    const args = hasKeywords ? given.slice(0, -1) : [...given];
    const kwargs = hasKeywords ? given.at(-1) : {};
    const [first, second] = [positional.flatten(args), keywords.flatten(kwargs)];
    if (first !== null && second !== null) return [...first, ...second];
    throw new ValueError(
      `Trying to flatten user inputs with exported input tree spec: \n${inSpec}\nbut actually got inputs with tree spec ` +
        `of: \n${TreeSpec.of([args, kwargs])}.\nPlease check that the inputs have the same number and type of args and ` +
        'kwargs as the ones you used when tracing.',
    );
  }

  /** What the user gets of the outputs; the others are new values of buffers, parameters and inputs. */
  private writeBack(outputs: readonly unknown[], inputs: readonly unknown[]): unknown[] {
    const { outputSpecs, inputSpecs } = this.program.signature;
    const users = inputSpecs.filter(({ kind }) => kind === 'USER_INPUT' || kind === 'CONSTANT_INPUT');
    return outputs.filter((value, i) => {
      const spec = outputSpecs[i];
      if (spec === undefined || spec.target === null) return true;
      const { target } = spec;
      const input = inputs[users.findIndex(({ name }) => name === target)];
      const changed = spec.kind === 'USER_INPUT_MUTATION' ? input : this.tensor(target);
      if (changed instanceof Tensor) noGrad(() => changed.copy_(value as Tensor));
      return false;
    });
  }

  private tensor(target: string): Tensor {
    const [owner, name] = ownerOf(this, target);
    return (owner as unknown as Record<string, Tensor>)[name] as Tensor;
  }

  override train(): never {
    throw new NotImplementedError('Calling train() is not supported yet.');
  }

  override eval(): never {
    throw new NotImplementedError('Calling eval() is not supported yet.');
  }
}

function tensorNamed({ tensors, constants }: Program, target: string): Tensor {
  const tensor = tensors.get(target) ?? constants.get(target);
  if (tensor === undefined) throw new ValueError(`the exported program lacks the tensor '${target}'`);
  return tensor;
}

/** The module that holds what a dotted name names, and its name there; modules on the way are made. */
function ownerOf(module: Module, target: string): [owner: Module, name: string] {
  const path = target.split('.');
  const name = path.pop() as string;
  let owner: Module = module;
  for (const part of path) {
    const known = owner.namedChildren().find(([child]) => child === part)?.[1];
    if (known === undefined) {
      const made = new Container();
      owner.registerModule(part, made);
      owner = made;
    } else owner = known;
  }
  return [owner, name];
}
