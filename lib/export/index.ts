/** `torch.export`: programs that `torch.export` of PyTorch made, run without Python. */
import { python } from '../arguments';
import { RuntimeError, ValueError } from '../errors';
import { load as loadCheckpoint } from '../serialization';
import { type Readable, type Reading, readNow, type Source } from '../serialization/source';
import type { Tensor } from '../tensor';
import { Archive } from './archive';
import { ExportedModule, type Program } from './exported-module';
import { Graph } from './graph';
import { inputGuards } from './guards';
import { int, type Json, list, record, text } from './json';
import { readPayloads } from './payloads';
import { type ExportGraphSignature, signatureOf } from './signature';
import { TreeSpec } from './tree-spec';

export type { ExportedModule } from './exported-module';
export type { ExportGraphSignature, InputSpec, OutputSpec } from './signature';

const SCHEMA_VERSION = 8;

/** The sizes that a symbol stands for. */
export interface RangeConstraint {
  readonly minVal: number | bigint | null;
  readonly maxVal: number | bigint | null;
}

/**
 * A program that `torch.export` made: a graph of operators, and the tensors that it reads.
 *
 * @see https://docs.pytorch.org/docs/2.13/export/api_reference.html#torch.export.ExportedProgram
 */
export class ExportedProgram {
  /** @internal */
  constructor(
    private readonly program: Program,
    private readonly samples: Buffer | null,
    /** The sizes that the symbols in shapes stand for. */
    readonly rangeConstraints: ReadonlyMap<string, RangeConstraint>,
  ) {}

  /** A module that runs the program. Modules of one program share its tensors. */
  module(): ExportedModule {
    return new ExportedModule(this.program);
  }

  /** What the graph takes and gives. */
  get graphSignature(): ExportGraphSignature {
    return this.program.signature;
  }

  /** Parameters and persistent buffers by name. */
  get stateDict(): ReadonlyMap<string, Tensor> {
    return this.program.tensors;
  }

  /** The tensors that are neither, and buffers that are not persistent. */
  get constants(): ReadonlyMap<string, Tensor> {
    return this.program.constants;
  }

  /** The arguments that the program was exported with, and the keyword arguments; null if they were not saved. */
  get exampleInputs(): [args: unknown[], kwargs: Record<string, unknown>] | null {
    if (this.samples === null || this.samples.length === 0) return null;
    return loadCheckpoint(this.samples) as [unknown[], Record<string, unknown>];
  }
}

/**
 * A program that `torch.export.save` of PyTorch wrote. The graph is interpreted operator by operator: no code is in such
 * a file, and a damaged one is an error.
 *
 * @param f A path or URL, or the bytes of the file.
 * @param extraFiles An object or a Map whose keys name extra files: each gets its text.
 * @see https://docs.pytorch.org/docs/2.13/export/api_reference.html#torch.export.load
 * @throws RuntimeError or ValueError for a damaged file, NotImplementedError naming what only Python can run: custom
 * objects, pickled tensor subclasses, and higher-order operators other than `cond`, `while_loop` and scopes of the
 * gradient mode.
 */
export const load = python(
  'load',
  ['f', 'extraFiles?'],
  (f: Readable, extraFiles: Record<string, unknown> | Map<string, unknown> = {}): ExportedProgram =>
    readNow(f, (source) => read(source, extraFiles)),
);

function* read(source: Source, extra: Record<string, unknown> | Map<string, unknown>): Reading<ExportedProgram> {
  const archive = new Archive(source);
  const models = [...archive.records.keys()].filter((name) => name.startsWith('models/'));
  const [model] = models;
  if (models.length !== 1 || model === undefined || !model.endsWith('.json')) {
    throw new RuntimeError(`expected an archive with one exported program, found ${models.length}`);
  }
  const name = model.slice('models/'.length, -'.json'.length);
  const json = archive.json(model);
  const { major } = record(json.schema_version, "the schema's version");
  if (major !== SCHEMA_VERSION) {
    throw new RuntimeError(
      `Serialized schema version ${major ?? 'None'} does not match our current schema version ${SCHEMA_VERSION}.`,
    );
  }
  const tensors = yield* readPayloads(archive, `data/weights/${name}_weights_config.json`, 'data/weights/');
  const constants = yield* readPayloads(archive, `data/constants/${name}_constants_config.json`, 'data/constants/');
  const samples = `data/sample_inputs/${name}.pt`;
  fillExtra(archive, extra);
  return new ExportedProgram(
    programOf(json, tensors, constants),
    archive.records.has(samples) ? Buffer.from(archive.bytes(samples)) : null,
    new Map(
      Object.entries(record(json.range_constraints, 'ranges')).map(([symbol, range]) => [symbol, rangeOf(range)]),
    ),
  );
}

function fillExtra(archive: Archive, extra: Record<string, unknown> | Map<string, unknown>): void {
  for (const name of extra instanceof Map ? [...extra.keys()] : Object.keys(extra)) {
    const content = archive.text(`extra/${name}`);
    if (extra instanceof Map) extra.set(name, content);
    else extra[name] = content;
  }
}

function rangeOf(json: unknown): RangeConstraint {
  const { min_val, max_val } = record(json, 'a range');
  const bound = (value: unknown): number | bigint | null => (value === null ? null : int(value, 'a bound'));
  return { minVal: bound(min_val ?? null), maxVal: bound(max_val ?? null) };
}

function programOf(json: Json, tensors: Program['tensors'], constants: Program['constants']): Program {
  const graphModule = record(json.graph_module, 'a graph');
  const graphJson = record(graphModule.graph, 'a graph');
  const signature = signatureOf(graphModule.signature);
  const [call] = list(graphModule.module_call_graph, 'the calls of modules');
  const { in_spec, out_spec, forward_arg_names } = record(record(call, 'a call').signature, 'the signature of a call');
  const namedTuples = record(graphModule.treespec_namedtuple_fields ?? {}, 'named tuples');
  const inSpec = TreeSpec.parse(text(in_spec, 'a tree'), namedTuples);
  const outSpec = TreeSpec.parse(text(out_spec, 'a tree'), namedTuples);
  const users = signature.inputSpecs.filter(({ kind }) => kind === 'USER_INPUT' || kind === 'CONSTANT_INPUT');
  if (inSpec.children.length !== 2 || inSpec.leaves !== users.length) {
    throw new ValueError('the exported program takes other inputs than its tree says');
  }
  const metas = record(graphJson.tensor_values, 'the tensors of a graph');
  const metaOf = (name: string): Json | null =>
    Object.hasOwn(metas, name) ? record(metas[name], "a tensor's description") : null;
  const paths = pathsOf(inSpec, forward_arg_names);
  const guard = inputGuards(
    paths,
    users.map(({ kind, name }) => (kind === 'USER_INPUT' ? metaOf(name) : null)),
    record(json.range_constraints, 'ranges'),
  );
  const graph = new Graph(graphJson);
  if (graph.inputs.length !== signature.inputSpecs.length) {
    throw new ValueError('the exported program has a graph with other inputs than its signature');
  }
  return { graph, signature, tensors, constants, inSpec, outSpec, paths, guard };
}

/** The names of the inputs as Python's guards have them. */
function pathsOf(inSpec: TreeSpec, names: unknown): string[] {
  const known = Array.isArray(names) ? names.map((name) => text(name, 'a name')) : [];
  const [positional, keywords] = inSpec.children as [TreeSpec, TreeSpec];
  return [
    ...positional.children.flatMap((child, i) => child.paths(known[i] ?? `args[${i}]`)),
    ...keywords.children.flatMap((child, i) => child.paths(keywords.keys[i] as string)),
  ];
}
