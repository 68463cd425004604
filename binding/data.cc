#include "data.h"

#include <ATen/ops/_is_zerotensor.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include "convert.h"
#include "handle.h"
#include "storage.h"
#include "values.h"

namespace tsorch {

namespace {

struct Bytes {
  void* data = nullptr;
  size_t size = 0;
};

// The memory of a typed array, a DataView, a Buffer, an ArrayBuffer or a SharedArrayBuffer's view.
Bytes bytes_of(napi_env env, napi_value value) {
  bool matches = false;
  Bytes bytes;
  napi_is_typedarray(env, value, &matches);
  if (matches) {
    napi_typedarray_type type;
    size_t length = 0;
    check(env, napi_get_typedarray_info(env, value, &type, &length, &bytes.data, nullptr, nullptr));
    constexpr size_t kSizes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2};
    bytes.size = length * kSizes[type];
    return bytes;
  }
  napi_is_dataview(env, value, &matches);
  if (matches) {
    check(env, napi_get_dataview_info(env, value, &bytes.size, &bytes.data, nullptr, nullptr));
    return bytes;
  }
  napi_is_arraybuffer(env, value, &matches);
  if (!matches) throw type_error("expected a typed array, a Buffer or an ArrayBuffer");
  check(env, napi_get_arraybuffer_info(env, value, &bytes.data, &bytes.size));
  return bytes;
}

// A hold on the JavaScript object whose memory a storage uses: see Note [Borrowed memory].
class Borrowed {
 public:
  Borrowed(Environment& environment, napi_value owner) : environment_(environment) {
    check(environment.env, napi_create_reference(environment.env, owner, 1, &reference_));
    environment.retain();
  }
  // Ends the hold; may be called on any thread.
  static void give_back(void* self) {
    auto* borrowed = static_cast<Borrowed*>(self);
    borrowed->environment_.bury(borrowed->reference_);
    borrowed->environment_.release();
    delete borrowed;
  }

 private:
  Environment& environment_;
  napi_ref reference_ = nullptr;
};

// fromMemory(array, dtype, offset, count): a 1-d tensor over the array's memory, which it keeps alive
napi_value from_memory(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const Bytes bytes = bytes_of(env, arguments[0]);
  const auto dtype = unbox<at::ScalarType>(env, arguments[1], "a dtype");
  const int64_t offset = int_from(env, arguments[2]);
  const int64_t count = int_from(env, arguments[3]);
  const auto item = static_cast<int64_t>(c10::elementSize(dtype));
  const auto size = static_cast<int64_t>(bytes.size);
  if (offset < 0 || count < 0 || offset > size || count > (size - offset) / item) {
    throw value_error("both buffer length (" + std::to_string(size) + ") and offset (" + std::to_string(offset) +
                      ") must allow " + std::to_string(count) + " elements of " + std::to_string(item) + " bytes");
  }
  if (count == 0) return to_js(environment, at::empty({0}, dtype));
  char* data = static_cast<char*>(bytes.data) + offset;
  if (reinterpret_cast<uintptr_t>(data) % std::min<int64_t>(item, 16) != 0) {
    throw value_error("the memory is not aligned to the dtype's " + std::to_string(item) + " bytes: copy it first");
  }
  auto* borrowed = new Borrowed(environment, arguments[0]);
  const auto give_back = [borrowed](void*) { Borrowed::give_back(borrowed); };
  return to_js(environment, at::from_blob(data, {count}, give_back, at::TensorOptions().dtype(dtype)));
}

// Note [Lent memory]
// An ArrayBuffer over a tensor's memory owns a reference to it. Node runs the finalizers of such buffers in the event
// loop only, which a synchronous loop never reaches, so that no more than a budget of bytes is lent that way. Beyond it
// JavaScript makes a buffer of its own, to which the tensor's storage moves: still one memory for both, after one copy.
struct Loan {
  Environment& environment;
  at::Tensor tensor;
  int64_t bytes;
};

void end_loan(node_api_basic_env, void*, void* hint) {
  auto* loan = static_cast<Loan*>(hint);
  Environment& environment = loan->environment;
  environment.lent_bytes -= loan->bytes;
  delete loan;
  environment.release();
}

// Whether a storage's memory is LibTorch's own, in nobody else's hands, and this tensor's as a whole.
bool is_movable(const at::Tensor& tensor) {
  const c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
  return storage->resizable() && storage->allocator() == c10::GetAllocator(c10::DeviceType::CPU) &&
         storage->nbytes() == tensor.nbytes();
}

// toArrayBuffer(handle): a buffer over the memory of a contiguous CPU tensor; a copy where the runtime allows no such
// buffer; null where too much is lent already, and moveToArrayBuffer has to be called
napi_value to_array_buffer(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const at::Tensor& given = tensor_from(env, arguments[0]);
  if (!given.device().is_cpu() || !given.is_contiguous()) throw runtime_error("expected a contiguous CPU tensor");
  // Gradients that are zero everywhere have no memory until they are copied.
  const at::Tensor tensor = given._is_zerotensor() ? given.clone() : given;
  const size_t size = tensor.nbytes();
  if (size > 0 && tensor.const_data_ptr() == nullptr) throw runtime_error("the tensor has no memory to read");
  napi_value buffer = nullptr;
  if (size > 0) {
    if (environment.lent_bytes > environment.memory.budget() && is_movable(tensor)) return null_value(env);
    // Reallocating the storage would leave the buffer dangling; NumPy's bridge in Python forbids it the same way.
    fix_storage(tensor);
    auto* loan = new Loan{environment, tensor, static_cast<int64_t>(size)};
    environment.lent_bytes += loan->bytes;
    environment.retain();
    const napi_status status =
        napi_create_external_arraybuffer(env, tensor.mutable_data_ptr(), size, end_loan, loan, &buffer);
    if (status == napi_ok) return buffer;
    end_loan(env, nullptr, loan);
    if (status != napi_no_external_buffers_allowed) check(env, status);
  }
  void* copy = nullptr;
  check(env, napi_create_arraybuffer(env, size, &copy, &buffer));
  if (size > 0) std::memcpy(copy, tensor.const_data_ptr(), size);
  return buffer;
}

// moveToArrayBuffer(handle, buffer): the buffer, which becomes the memory of the tensor's storage
napi_value move_to_array_buffer(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const at::Tensor& tensor = tensor_from(env, arguments[0]);
  const Bytes bytes = bytes_of(env, arguments[1]);
  if (!is_movable(tensor) || bytes.size != tensor.nbytes()) throw runtime_error("the tensor's memory cannot be moved");
  std::memcpy(bytes.data, tensor.const_data_ptr(), bytes.size);
  auto* borrowed = new Borrowed(environment, arguments[1]);
  c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
  storage->set_data_ptr_noswap(c10::DataPtr(bytes.data, borrowed, &Borrowed::give_back, c10::kCPU));
  fix_storage(tensor);
  return arguments[1];
}

napi_value scalar_to_js(Environment& environment, const at::Scalar& scalar) {
  return to_js(environment, c10::IValue(scalar), c10::NumberType::get());
}

// An unsigned 64-bit number beyond int64 is a bigint of its own.
napi_value element_to_js(Environment& environment, const at::Tensor& element) {
  if (element.scalar_type() == at::kUInt64) {
    const uint64_t number = element.item().toUInt64();
    if (number > static_cast<uint64_t>(kMaxSafeInteger)) {
      napi_value value = nullptr;
      check(environment.env, napi_create_bigint_uint64(environment.env, number, &value));
      return value;
    }
  }
  return scalar_to_js(environment, element.item());
}

// item(handle): number, bigint, boolean or a tagged complex
napi_value item(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  torch::jit::tracer::warn("Converting a tensor to a Python number", torch::jit::tracer::WARN_PYTHON_DATAFLOW);
  if (tensor.is_meta()) throw runtime_error("Tensor.item() cannot be called on meta tensors");
  if (tensor.numel() != 1) {
    throw runtime_error("a Tensor with " + std::to_string(tensor.numel()) + " elements cannot be converted to Scalar");
  }
  return element_to_js(environment, tensor);
}

// Reads one element of a CPU tensor; dtypes without a branch go through Scalar.
napi_value read(Environment& environment, const at::Tensor& tensor, const char* data) {
  napi_env env = environment.env;
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return to_js(env, static_cast<double>(*reinterpret_cast<const float*>(data)));
    case at::kDouble:
      return to_js(env, *reinterpret_cast<const double*>(data));
    case at::kLong:
      return to_js(env, *reinterpret_cast<const int64_t*>(data));
    case at::kInt:
      return to_js(env, static_cast<int64_t>(*reinterpret_cast<const int32_t*>(data)));
    case at::kBool:
      return to_js(env, *reinterpret_cast<const bool*>(data));
    default: {
      const at::Tensor element = at::from_blob(const_cast<char*>(data), {}, tensor.scalar_type());
      return element_to_js(environment, element);
    }
  }
}

napi_value nested_list(Environment& environment, const at::Tensor& tensor, int64_t dim, const char* data) {
  napi_env env = environment.env;
  if (dim == tensor.dim()) return read(environment, tensor, data);
  const int64_t size = tensor.size(dim);
  const auto step = tensor.stride(dim) * static_cast<int64_t>(tensor.dtype().itemsize());
  napi_value array = nullptr;
  check(env, napi_create_array_with_length(env, size, &array));
  for (int64_t i = 0; i < size; ++i) {
    napi_handle_scope scope = nullptr;
    check(env, napi_open_handle_scope(env, &scope));
    const napi_value value = nested_list(environment, tensor, dim + 1, data + i * step);
    const napi_status status = napi_set_element(env, array, i, value);
    napi_close_handle_scope(env, scope);
    check(env, status);
  }
  return array;
}

// tolist(handle): nested arrays of a strided tensor
napi_value tolist(Environment& environment, const Arguments& arguments) {
  torch::jit::tracer::warn("Converting a tensor to a Python list", torch::jit::tracer::WARN_PYTHON_DATAFLOW);
  const at::Tensor tensor = tensor_from(environment.env, arguments[0]).detach().resolve_conj().resolve_neg().cpu();
  const void* data = tensor.const_data_ptr();
  if (data == nullptr && tensor.numel() > 0) {
    throw runtime_error("tolist() shouldn't be called on a tensor with unallocated storage");
  }
  return nested_list(environment, tensor, 0, static_cast<const char*>(data));
}

// complex(real, imaginary): what stands for a complex number among an operator's arguments
napi_value complex(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  return box(env, c10::complex<double>(double_from(env, arguments[0]), double_from(env, arguments[1])));
}

}  // namespace

void export_data(Environment& environment, napi_value exports) {
  export_function<from_memory>(environment, exports, "fromMemory");
  export_function<to_array_buffer>(environment, exports, "toArrayBuffer");
  export_function<move_to_array_buffer>(environment, exports, "moveToArrayBuffer");
  export_function<item>(environment, exports, "item");
  export_function<tolist>(environment, exports, "tolist");
  export_function<complex>(environment, exports, "complex");
}

}  // namespace tsorch
