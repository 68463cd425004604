/** What is known of PyTorch's namespaces: which are complete here, and which names JavaScript cannot have. */

/** The namespaces that lack no name: a test fails when one loses any. */
export const COMPLETE: readonly string[] = `
  torch.linalg torch.fft torch.special torch.random torch.nested torch.masked torch.nn.functional torch.nn.init
  torch.nn.utils`
  .trim()
  .split(/\s+/);

/** The names that cannot or should not exist in JavaScript: by namespace, a reason and the names for which it holds. */
export const IMPOSSIBLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  torch: {
    "The type system, graphs and schemas inside TorchScript's compiler, whose front end reads Python": `
      AggregationType AliasDb AnyType Argument ArgumentSpec AVG AwaitType BenchmarkConfig BenchmarkExecutionStats Block
      BoolType BufferDict CallStack Capsule ClassType Code CompleteArgumentSpec ComplexType ConcreteModuleType
      ConcreteModuleTypeBuilder DeepCopyMemoTable DeserializationStorageContext DeviceObjType DictType EnumType ErrorReport
      ExecutionPlan FileCheck FloatType FunctionSchema FutureType Gradient Graph GraphExecutorState IODescriptor
      InferredType IntType InterfaceType ListType LockingLogger LoggerBase ModuleDict Node NoneType NoopLogger NumberType
      OperatorInfo OptionalType ParameterDict PyObjectType PyTorchFileReader PyTorchFileWriter RRefType SUM ScriptClass
      ScriptClassFunction ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptList ScriptListIterator ScriptMethod
      ScriptModuleSerializer ScriptObject ScriptObjectProperty SerializationStorageContext StaticModule StreamObjType
      StringType SymBoolType SymIntType TensorType ThroughputBenchmark TracingState TupleType Type UnionType Use Value
      import_ir_module import_ir_module_from_buffer merge_type_from_type_comment parse_ir parse_schema
      parse_type_comment unify_type_list LiteScriptModule`,
    'Compiles or traces Python bytecode: dynamo, inductor, fx': `
      compile compiler fx cond while_loop package ao quantization`,
    'Sizes as symbols, which exist only while Python is traced': `
      SymBool SymFloat SymInt sym_float sym_fresh_size sym_int sym_ite sym_max sym_min sym_not sym_sqrt sym_sum`,
    "Python's protocol of overriding functions, and the dispatcher's keys behind it": `
      DisableTorchFunction DisableTorchFunctionSubclass DispatchKey DispatchKeySet ExcludeDispatchKeyGuard Tag overrides
      PRIVATE_OPS classproperty return_types types`,
    'Typed storages, deprecated since PyTorch 2.0': `
      BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage
      FloatStorage HalfStorage IntStorage LongStorage QInt32Storage QInt8Storage QUInt2x4Storage QUInt4x2Storage
      QUInt8Storage ShortStorage Storage StorageBase TypedStorage`,
    "NumPy and DLPack are protocols between Python libraries; JavaScript's arrays of numbers are typed arrays: fromTypedArray": `
      from_numpy from_dlpack to_dlpack`,
    'How the Python package finds and loads its own files': `
      USE_GLOBAL_DEPS USE_RTLD_GLOBAL_WITH_LIBTORCH compiled_with_cxx11_abi get_file_path windows torch_version cpp`,
    'Processes and threads of Python': `
      multiprocessing prepare_multiprocessing_environment init_num_threads thread_safe_generator`,
    'Hardware whose code LibTorch for CPU and CUDA does not have': `
      mps mtia xpu get_autocast_ipu_dtype get_autocast_xla_dtype is_autocast_ipu_enabled is_autocast_xla_enabled
      set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype set_autocast_xla_enabled`,
    "Autocast's names by device, deprecated since PyTorch 2.4 for those that take the device": `
      get_autocast_cpu_dtype get_autocast_gpu_dtype is_autocast_cpu_enabled set_autocast_cpu_dtype
      set_autocast_cpu_enabled set_autocast_gpu_dtype`,
    'Downloads and runs Python code': 'hub',
    'A dtype of no elements that only the compiler mentions, and a memory format without a meaning since PyTorch 1.5': `
      bit legacy_contiguous_format`,
    'Cells over packed parameters, which are objects of the compiler; deprecated with the rest of quantized modules': `
      quantized_gru quantized_lstm`,
    'Counters and events of services that are written in Python': 'monitor',
    "A workaround for Python's profiler": 'profiler_allow_cudagraph_cupti_lazy_reinit_cuda12',
  },
  'torch.Tensor': {
    'Python subclasses of Tensor': 'as_subclass',
    "First-class dimensions, which are Python's operators on Python objects": 'index',
    "Another process of Python's multiprocessing; a worker thread shares a SharedArrayBuffer":
      'is_shared share_memory_',
    'NumPy; toTypedArray': 'numpy',
    'Typed storages, deprecated since PyTorch 2.0': 'storage storage_type',
    'Hardware whose code LibTorch for CPU and CUDA does not have': 'ipu mtia xpu',
    'Always None, and False with a warning, since PyTorch 0.4': 'name volatile',
  },
  'torch.fft': { 'The class, imported for annotations': 'Tensor' },
  'torch.sparse': {
    'Tensor types of PyTorch 0.3; sparseCooTensor': `
      BFloat16Tensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor`,
    'Python subclasses of Tensor': `
      SparseSemiStructuredTensor SparseSemiStructuredTensorCUSPARSELT SparseSemiStructuredTensorCUTLASS semi_structured
      to_sparse_semi_structured`,
  },
  'torch.random': { 'Threads of Python': 'thread_safe_generator' },
  'torch.nested': { 'The jagged layout is a Python subclass of Tensor': 'masked_select nested_tensor_from_jagged' },
  'torch.masked': {
    'Python subclasses of Tensor': 'MaskedTensor as_masked_tensor is_masked_tensor masked_tensor maskedtensor',
  },
  'torch.amp': { 'Files of the Python package; what they have is in torch.amp itself': 'autocast_mode grad_scaler' },
  'torch.nn': {
    'Annotations of Python': 'common_types',
    'Deprecated in favour of Module, with which it has all in common': 'Container',
    'Quantisation and fusion that rewrite Python modules, deprecated in favour of a package of their own': `
      intrinsic qat quantizable quantized`,
  },
  'torch.nn.functional': {
    'Annotations of Python': 'BroadcastingList1 BroadcastingList2 BroadcastingList3',
    "Python's protocol of overriding functions": `
      handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic`,
    "Helpers of TorchScript's front end, which reads Python": 'assert_int_or_pair boolean_dispatch',
  },
  'torch.autograd': {
    "Python's protocol of overriding functions": 'handle_torch_function has_torch_function is_tensor_like',
    'PyTorch 0.3: a Variable is a Tensor': 'NestedIOFunction Variable variable',
    'Deprecated in favour of torch.profiler': 'profiler_legacy',
  },
};
