#include "tensor.h"

#include <ATen/core/Tensor.h>

#include "convert.h"
#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

// Exports a function of one tensor whose result `read(tensor)` is a plain value.
#define TSORCH_PROPERTY(name, expression)                                  \
  napi_value name(Environment& environment, const Arguments& arguments) {  \
    const at::Tensor& tensor = tensor_from(environment.env, arguments[0]); \
    return to_js(environment.env, expression);                             \
  }

TSORCH_PROPERTY(dim, static_cast<int64_t>(tensor.dim()))
TSORCH_PROPERTY(numel, static_cast<int64_t>(tensor.numel()))
TSORCH_PROPERTY(storage_offset, static_cast<int64_t>(tensor.storage_offset()))
TSORCH_PROPERTY(dtype_code, static_cast<int64_t>(tensor.scalar_type()))
TSORCH_PROPERTY(layout_code, static_cast<int64_t>(tensor.layout()))
TSORCH_PROPERTY(element_size, static_cast<int64_t>(tensor.dtype().itemsize()))
TSORCH_PROPERTY(version, static_cast<int64_t>(tensor._version()))
TSORCH_PROPERTY(output_number, static_cast<int64_t>(tensor.output_nr()))
TSORCH_PROPERTY(is_conjugated, tensor.is_conj())
TSORCH_PROPERTY(is_negated, tensor.is_neg())
TSORCH_PROPERTY(is_inference, tensor.is_inference())
TSORCH_PROPERTY(is_view, tensor.is_view())
TSORCH_PROPERTY(is_quantized, tensor.is_quantized())
TSORCH_PROPERTY(is_nested, tensor.is_nested())
TSORCH_PROPERTY(is_wrapped_number, tensor.unsafeGetTensorImpl()->is_wrapped_number())

#undef TSORCH_PROPERTY

// Writes the numbers where JavaScript reads them and gives their count, or an array if they are too many.
napi_value hand_over(Environment& environment, at::IntArrayRef numbers) {
  if (numbers.size() > Environment::kMaxNumbers) return to_js_ints(environment.env, numbers);
  for (size_t i = 0; i < numbers.size(); ++i) environment.numbers[i] = static_cast<double>(numbers[i]);
  return to_js(environment.env, static_cast<int64_t>(numbers.size()));
}

napi_value shape(Environment& environment, const Arguments& arguments) {
  return hand_over(environment, tensor_from(environment.env, arguments[0]).sizes());
}

napi_value strides(Environment& environment, const Arguments& arguments) {
  return hand_over(environment, tensor_from(environment.env, arguments[0]).strides());
}

napi_value code_of_device(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, device_code(tensor_from(environment.env, arguments[0]).device()));
}

// isContiguous(handle, memoryFormat?)
napi_value is_contiguous(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  const auto format = arguments.size() < 2 ? at::MemoryFormat::Contiguous
                                           : unbox<c10::MemoryFormat>(environment.env, arguments[1], "a memory format");
  return to_js(environment.env, tensor.is_contiguous(format));
}

napi_value data_pointer(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  napi_value pointer = nullptr;
  check(environment.env,
        napi_create_bigint_uint64(environment.env, reinterpret_cast<uint64_t>(tensor.const_data_ptr()), &pointer));
  return pointer;
}

// storagePointer(handle): where the storage begins; equal for tensors that share memory
napi_value storage_pointer(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  napi_value pointer = nullptr;
  check(environment.env,
        napi_create_bigint_uint64(environment.env, reinterpret_cast<uint64_t>(tensor.storage().data()), &pointer));
  return pointer;
}

napi_value storage_bytes(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  return to_js(environment.env, static_cast<int64_t>(tensor.storage().nbytes()));
}

// base(handle): the tensor of which this one is a view, or null
napi_value base(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  return tensor.is_view() ? to_js(environment, at::Tensor(tensor._base())) : null_value(environment.env);
}

}  // namespace

void export_tensor(Environment& environment, napi_value exports) {
  export_function<dim>(environment, exports, "dim");
  export_function<numel>(environment, exports, "numel");
  export_function<shape>(environment, exports, "shape");
  export_function<strides>(environment, exports, "strides");
  export_function<storage_offset>(environment, exports, "storageOffset");
  export_function<dtype_code>(environment, exports, "dtypeCode");
  export_function<code_of_device>(environment, exports, "deviceCode");
  export_function<layout_code>(environment, exports, "layoutCode");
  export_function<element_size>(environment, exports, "elementSize");
  export_function<version>(environment, exports, "version");
  export_function<output_number>(environment, exports, "outputNumber");
  export_function<is_contiguous>(environment, exports, "isContiguous");
  export_function<is_conjugated>(environment, exports, "isConjugated");
  export_function<is_negated>(environment, exports, "isNegated");
  export_function<is_inference>(environment, exports, "isInference");
  export_function<is_view>(environment, exports, "isView");
  export_function<is_quantized>(environment, exports, "isQuantized");
  export_function<is_nested>(environment, exports, "isNested");
  export_function<is_wrapped_number>(environment, exports, "isWrappedNumber");
  export_function<base>(environment, exports, "base");
  export_function<data_pointer>(environment, exports, "dataPointer");
  export_function<storage_pointer>(environment, exports, "storagePointer");
  export_function<storage_bytes>(environment, exports, "storageBytes");
}

}  // namespace tsorch
