#include "handle.h"

#include "values.h"

namespace tsorch {

namespace {

void finalize_tensor(node_api_basic_env, void* data, void*) {
  auto* handle = static_cast<TensorHandle*>(data);
  Environment& environment = handle->environment;
  if (handle->tensor.defined()) environment.memory.bury(handle->tensor.unsafeReleaseIntrusivePtr(), handle->charge);
  delete handle;
  environment.release();
}

// dispose(handle): drops the reference now. Disposing twice is no error.
napi_value dispose(Environment& environment, const Arguments& arguments) {
  TensorHandle& handle = handle_from(environment.env, arguments[0]);
  if (handle.tensor.defined()) {
    environment.memory.discharge(handle.charge);
    handle.tensor.reset();
  }
  return nullptr;
}

// isDisposed(handle): boolean
napi_value is_disposed(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, !handle_from(environment.env, arguments[0]).tensor.defined());
}

// alias(handle): a second handle of the same TensorImpl
napi_value alias(Environment& environment, const Arguments& arguments) {
  return to_js(environment, tensor_from(environment.env, arguments[0]));
}

// isSame(a, b): whether two handles hold the same TensorImpl
napi_value is_same(Environment& environment, const Arguments& arguments) {
  const at::Tensor& a = handle_from(environment.env, arguments[0]).tensor;
  return to_js(environment.env, a.defined() && a.is_same(handle_from(environment.env, arguments[1]).tensor));
}

TensorVector& list_from(napi_env env, napi_value value) {
  return const_cast<TensorVector&>(unbox<TensorVector>(env, value, "a native list of tensors"));
}

// tensorList(handles): a native list
napi_value tensor_list(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  TensorVector list;
  for (uint32_t i = 0, length = array_length(env, arguments[0]); i < length; ++i) {
    list.push_back(tensor_from(env, element(env, arguments[0], i)));
  }
  return box(env, std::move(list));
}

// listHandles(list): a handle of each tensor
napi_value list_handles(Environment& environment, const Arguments& arguments) {
  return to_js_array(environment.env, list_from(environment.env, arguments[0]),
                     [&](const at::Tensor& tensor) { return to_js(environment, tensor); });
}

// disposeList(list): drops its references now and leaves it empty
napi_value dispose_list(Environment& environment, const Arguments& arguments) {
  list_from(environment.env, arguments[0]).clear();
  return nullptr;
}

// memory(): [live handles, bytes they keep alive, peak of those bytes]
napi_value memory(Environment& environment, const Arguments&) {
  const MemoryAccount& memory = environment.memory;
  return to_js_ints(environment.env, std::vector<int64_t>{memory.handles(), memory.bytes(), memory.peak_bytes()});
}

napi_value reset_peak_memory(Environment& environment, const Arguments&) {
  environment.memory.reset_peak();
  return nullptr;
}

// memoryBudget(bytes?): the bytes past which the collector runs; sets them first if given
napi_value memory_budget(Environment& environment, const Arguments& arguments) {
  if (arguments.size() > 0) environment.memory.set_budget(int_from(environment.env, arguments[0]));
  return to_js(environment.env, environment.memory.budget());
}

}  // namespace

const at::Tensor& tensor_of(const NativeValue& native) {
  const at::Tensor& tensor = static_cast<const TensorHandle&>(native).tensor;
  if (!tensor.defined()) throw runtime_error("the tensor has been disposed");
  return tensor;
}

TensorHandle& handle_from(napi_env env, napi_value value) {
  NativeValue* native = native_of(env, value);
  if (native == nullptr || native->kind != Kind::kTensor) throw type_error("expected a Tensor");
  return static_cast<TensorHandle&>(*native);
}

const at::Tensor& tensor_from(napi_env env, napi_value value) { return tensor_of(handle_from(env, value)); }

napi_value to_js(Environment& environment, at::Tensor tensor) {
  if (!tensor.defined()) return null_value(environment.env);
  auto* handle = new TensorHandle(environment, std::move(tensor));
  handle->charge = environment.memory.charge(*handle->tensor.unsafeGetTensorImpl());
  environment.retain();
  napi_value external = nullptr;
  const napi_status status = napi_create_external(environment.env, handle, finalize_tensor, nullptr, &external);
  if (status != napi_ok) {
    finalize_tensor(environment.env, handle, nullptr);
    check(environment.env, status);
  }
  environment.delete_buried();
  environment.memory.relieve();
  return external;
}

void export_handle(Environment& environment, napi_value exports) {
  export_function<dispose>(environment, exports, "dispose");
  export_function<is_disposed>(environment, exports, "isDisposed");
  export_function<alias>(environment, exports, "alias");
  export_function<is_same>(environment, exports, "isSame");
  export_function<tensor_list>(environment, exports, "tensorList");
  export_function<list_handles>(environment, exports, "listHandles");
  export_function<dispose_list>(environment, exports, "disposeList");
  export_function<memory>(environment, exports, "memory");
  export_function<reset_peak_memory>(environment, exports, "resetPeakMemory");
  export_function<memory_budget>(environment, exports, "memoryBudget");
}

}  // namespace tsorch
