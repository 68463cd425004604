/** The addon: its functions, typed, and the only place that loads it. */
import { makeError } from './errors';
import { loadAddon } from './libtorch/preload';
import { collectGarbage, memoryLimit } from './memory/collector';
import { warn } from './warnings';

declare const brand: unique symbol;

/** An external that stands for a native value: a tensor, a dtype, a device, a generator, a graph node, ... */
export interface Handle {
  readonly [brand]: never;
}

/** What an operator gives back: see Note [Results] in binding/convert.h. */
export type NativeResult = Handle | number | bigint | boolean | string | null | undefined | readonly NativeResult[];

/** A dtype as the addon describes it. */
export interface NativeDType {
  readonly code: number;
  readonly name: string;
  readonly legacyName: string;
  readonly itemsize: number;
  readonly isFloatingPoint: boolean;
  readonly isComplex: boolean;
  readonly isSigned: boolean;
  readonly handle: Handle;
}

/** A device as the addon describes it; the index is -1 where none is meant. */
export interface NativeDevice {
  readonly type: string;
  readonly index: number;
  readonly handle: Handle;
}

/** Tensors, null where there is none. */
export type OptionalHandles = (Handle | null)[];

/** The functions of the addon, grouped as binding/addon.cc lists them. */
export interface Native {
  initialize(
    makeError: (className: string, message: string) => Error,
    collectGarbage: (full: boolean) => void,
    numbers: Float64Array,
    memoryLimit: number,
    warn: (message: string, category: string) => void,
    makeArray: (...elements: unknown[]) => unknown[],
  ): void;

  dispose(tensor: Handle): void;
  isDisposed(tensor: Handle): boolean;
  alias(tensor: Handle): Handle;
  isSame(a: Handle, b: Handle): boolean;
  tensorList(tensors: Handle[]): Handle;
  listHandles(list: Handle): Handle[];
  disposeList(list: Handle): void;
  memory(): [handles: number, bytes: number, peakBytes: number];
  resetPeakMemory(): void;
  memoryBudget(bytes?: number): number;

  call(operator: number, ...args: unknown[]): NativeResult;
  /** The number of positional arguments, these, and then name and value of each keyword argument. */
  callWithKeywords(operator: number, ...countAndArgs: unknown[]): NativeResult;
  define(name: string, isMethod: boolean, rows: readonly string[]): number;
  defineByName(namespace: string, name: string, overload?: string): number | null;
  missingOperators(isMethod: boolean, rows: readonly string[]): string[];

  dim(tensor: Handle): number;
  numel(tensor: Handle): number;
  /** Writes the sizes to `numbers` and gives their count, or an array of them if they are more than fit. */
  shape(tensor: Handle): number | number[];
  strides(tensor: Handle): number | number[];
  storageOffset(tensor: Handle): number;
  dtypeCode(tensor: Handle): number;
  deviceCode(tensor: Handle): number;
  layoutCode(tensor: Handle): number;
  elementSize(tensor: Handle): number;
  version(tensor: Handle): number;
  outputNumber(tensor: Handle): number;
  isContiguous(tensor: Handle, memoryFormat?: Handle): boolean;
  isConjugated(tensor: Handle): boolean;
  isNegated(tensor: Handle): boolean;
  isInference(tensor: Handle): boolean;
  isView(tensor: Handle): boolean;
  isQuantized(tensor: Handle): boolean;
  isNested(tensor: Handle): boolean;
  isWrappedNumber(tensor: Handle): boolean;
  base(tensor: Handle): Handle | null;
  dataPointer(tensor: Handle): bigint;
  storagePointer(tensor: Handle): bigint;
  storageBytes(tensor: Handle): number;

  fromMemory(memory: ArrayBufferLike | ArrayBufferView, dtype: Handle, offset: number, count: number): Handle;
  toArrayBuffer(tensor: Handle): ArrayBuffer | null;
  moveToArrayBuffer(tensor: Handle, buffer: ArrayBuffer): ArrayBuffer;
  storageTensor(tensor: Handle): Handle;
  lendMemory(bytes: Handle, offset: number, size: number): ArrayBuffer | null;
  endLoan(memory: ArrayBuffer): void;
  mapFile(path: string, descriptor: number, size: number): Handle;
  sliceStorage(bytes: Handle, offset: number, size: number): Handle;
  jitLoad(bytes: Uint8Array, device: Handle | null, extra: readonly string[]): [module: Handle, ...extra: Uint8Array[]];
  jitLoadFile(path: string, device: Handle | null, extra: readonly string[]): [module: Handle, ...extra: Uint8Array[]];
  /** Extra files are names and bytes in turn. */
  jitSave(module: Handle, extra: readonly (string | Uint8Array)[]): Uint8Array;
  jitClone(module: Handle): Handle;
  jitDescribe(
    module: Handle,
  ): [
    className: string,
    methods: string[],
    members: [kind: 'parameter' | 'buffer' | 'module' | 'attribute', name: string, value: NativeResult][],
  ];
  /** Keyword arguments are names and values in turn. */
  jitCallMethod(module: Handle, name: string, args: unknown[], keywords: unknown[]): NativeResult;
  jitSetAttribute(module: Handle, name: string, value: unknown): void;
  jitTrain(module: Handle, mode: boolean): void;
  jitFreeze(module: Handle, preserved: readonly string[], optimize: boolean): Handle;
  jitOptimize(module: Handle, otherMethods: readonly string[]): Handle;
  jitCompile(source: string): Handle;
  jitDefine(unit: Handle, source: string): void;
  jitFunctions(unit: Handle): string[];
  jitCallFunction(unit: Handle, name: string, args: unknown[], keywords: unknown[]): NativeResult;
  traceFunction(
    run: (values: NativeResult[]) => unknown,
    name: string,
    inputs: unknown[],
    strict: boolean,
    argumentNames: readonly string[],
  ): Handle;
  traceMethod(
    run: (values: NativeResult[]) => unknown,
    name: string,
    inputs: unknown[],
    strict: boolean,
    argumentNames: readonly string[],
    module: Handle,
  ): void;
  newModule(
    unit: Handle,
    className: string,
    training: boolean,
    members: readonly (readonly [kind: 'parameter' | 'buffer' | 'module', name: string, value: Handle])[],
  ): Handle;
  functionModule(unit: Handle, name: string): Handle;
  graphText(owner: Handle, name: string): string;
  graphFacts(owner: Handle, name: string): [text: string, constants: Handle[], nondeterministic: string[]];
  enterTracedModule(name: string): void;
  leaveTracedModule(): void;
  isTracing(): boolean;
  findOperator(name: string, overload: string): [operator: Handle, parameters: string[], results: number] | null;
  /** The results as a list. */
  callOperator(operator: Handle, values: readonly unknown[]): NativeResult;
  aotiLoad(path: string, modelName: string, singleThreaded: boolean, runners: number, deviceIndex: number): Handle;
  aotiRun(model: Handle, inputs: readonly Handle[]): Handle[];
  /** Names and values in turn, as `aotiMetadataOf`. */
  aotiMetadata(model: Handle): string[];
  aotiMetadataOf(path: string, modelName: string): string[];
  aotiCallSpec(model: Handle): string[];
  aotiConstantNames(model: Handle): string[];
  aotiLoadConstants(
    model: Handle,
    names: readonly string[],
    tensors: readonly Handle[],
    useInactive: boolean,
    checkFullUpdate: boolean,
    userManaged: boolean,
  ): void;
  aotiUpdateConstants(
    model: Handle,
    names: readonly string[],
    tensors: readonly Handle[],
    useInactive: boolean,
    validateFullUpdates: boolean,
    userManaged: boolean,
  ): void;
  item(tensor: Handle): NativeResult;
  tolist(tensor: Handle): NativeResult;
  complex(real: number, imaginary: number): Handle;

  requiresGrad(tensor: Handle): boolean;
  setRequiresGrad(tensor: Handle, flag: boolean): void;
  isLeaf(tensor: Handle): boolean;
  retainsGrad(tensor: Handle): boolean;
  gradDtypeCode(tensor: Handle): number | null;
  setGradDtype(tensor: Handle, dtype: Handle | null): void;
  grad(tensor: Handle, known?: Handle): Handle | null | undefined;
  setGrad(tensor: Handle, gradient: Handle | null): void;
  grads(tensors: Handle[]): (Handle | null)[];
  gradientList(list: Handle): Handle | null;
  zeroGrads(tensors: Handle[], setToNone: boolean): void;
  setData(tensor: Handle, other: Handle): void;
  makeParameter(data: Handle, requiresGrad: boolean): Handle;
  variableData(tensor: Handle): Handle;
  backward(
    roots: Handle[],
    gradients: (Handle | null)[],
    retainGraph: boolean,
    createGraph: boolean,
    inputs: Handle[],
  ): void;
  gradients(
    outputs: Handle[],
    inputs: Handle[],
    gradients: (Handle | null)[],
    retainGraph: boolean,
    createGraph: boolean,
    allowUnused: boolean,
  ): (Handle | null)[];
  gradFn(tensor: Handle): Handle | null;
  nodeName(node: Handle): string;
  nodeAddress(node: Handle): number;
  nodeVariable(node: Handle): Handle | undefined;
  hookedIdentity(
    tensors: Handle[],
    hook: (gradients: OptionalHandles) => OptionalHandles | undefined,
    materialize: boolean,
  ): Handle[];
  nodeInputs(node: Handle): [node: Handle | null, inputNumber: number][];
  registerHook(tensor: Handle, hook: (gradient: Handle | null) => Handle | null, name: string): Handle;
  registerPostAccumulateGradHook(tensor: Handle, hook: (tensor: Handle) => void, name: string): Handle;
  registerNodePrehook(node: Handle, hook: (gradients: OptionalHandles) => OptionalHandles | null, name: string): Handle;
  registerNodeHook(
    node: Handle,
    hook: (made: OptionalHandles, given: OptionalHandles) => OptionalHandles | null,
    name: string,
  ): Handle;
  removeHook(hook: Handle): void;
  pushSavedTensorsHooks(pack: (tensor: Handle) => () => Handle): void;
  popSavedTensorsHooks(): void;
  nodeMetadata(node: Handle): Record<string, unknown>;
  willExecuteNode(node: Handle): boolean;
  graphTask(): number;
  setAnomalyEnabled(enabled: boolean, checkNan: boolean): void;
  isAnomalyEnabled(): boolean;
  isAnomalyCheckNanEnabled(): boolean;
  incrementVersion(tensor: Handle): void;
  enterDualLevel(): number;
  exitDualLevel(level: number): void;
  setForwardGradEnabled(enabled: boolean): boolean;
  functionNode(
    name: string,
    inputs: Handle[],
    backward: (gradients: OptionalHandles) => OptionalHandles,
  ): [node: Handle, saved: Handle] | null;
  finishFunction(
    node: Handle | null,
    inputs: Handle[],
    outputs: OptionalHandles,
    dirty: Handle[],
    nonDifferentiable: Handle[],
    toSave: OptionalHandles,
    hasSetupContext: boolean,
    materialize: boolean,
    forget: boolean,
    jvp: (tangents: OptionalHandles) => OptionalHandles,
  ): (Handle | null | undefined)[];
  savedTensors(saved: Handle): OptionalHandles;

  isGradEnabled(): boolean;
  setGradEnabled(enabled: boolean): void;
  isInferenceModeEnabled(): boolean;
  enterInferenceMode(enabled: boolean): number;
  leaveInferenceMode(depth: number): void;
  getNumThreads(): number;
  setNumThreads(threads: number): void;
  getNumInteropThreads(): number;
  setNumInteropThreads(threads: number): void;
  defaultDtypeCode(): number;
  setDefaultDtype(dtype: Handle): void;
  areDeterministicAlgorithmsEnabled(): boolean;
  useDeterministicAlgorithms(mode: boolean, warnOnly: boolean): void;
  isWarnAlwaysEnabled(): boolean;
  setWarnAlways(always: boolean): void;
  deterministicAlgorithmsWarnOnly(): boolean;
  float32MatmulPrecision(): 'highest' | 'high' | 'medium';
  setFloat32MatmulPrecision(precision: string): void;
  setFlushDenormal(mode: boolean): boolean;
  checksSparseTensors(): boolean | null;
  setChecksSparseTensors(checks: boolean | null): void;
  showConfig(): string;
  parallelInfo(): string;
  libtorchVersion(): string;
  loadLibrary(path: string): void;

  isAutocastEnabled(deviceType: string): boolean;
  setAutocastEnabled(deviceType: string, enabled: boolean): void;
  autocastDtypeCode(deviceType: string): number;
  setAutocastDtype(deviceType: string, dtype: Handle): void;
  isAutocastCacheEnabled(): boolean;
  setAutocastCacheEnabled(enabled: boolean): void;
  clearAutocastCache(): void;
  autocastIncrementNesting(): number;
  autocastDecrementNesting(): number;

  dtypes(): NativeDType[];
  device(type: string | number, index?: number): NativeDevice;
  deviceFromCode(code: number): NativeDevice;
  layout(code: number): Handle;
  memoryFormat(code: number): Handle;
  accelerator(): { readonly type: string; readonly count: number } | null;
  synchronize(index?: number): void;

  generator(device: Handle | string): Handle;
  defaultGenerator(device: Handle | string): Handle;
  manualSeed(generator: Handle, seed: number | bigint): void;
  manualSeedAll(seed: number | bigint): void;
  seed(generator: Handle): number | bigint;
  initialSeed(generator: Handle): number | bigint;
  getGeneratorState(generator: Handle): Handle;
  setGeneratorState(generator: Handle, state: Handle): void;
  generatorDevice(generator: Handle): string;
}

/** The loaded addon. */
export const native = loadAddon() as Native;

/** Where the addon writes sizes and strides, for the caller to read at once. */
export const numbers = new Float64Array(64);

native.initialize(makeError, collectGarbage, numbers, memoryLimit(), warn, (...elements) => elements);
