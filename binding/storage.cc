#include "storage.h"

#include <ATen/MapAllocator.h>
#include <ATen/ops/empty.h>

#ifndef _WIN32
#include <unistd.h>
#endif

#include <mutex>
#include <unordered_map>

#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

// Note [Memory on loan]
// Node's functions read files into ArrayBuffers and write them from ArrayBuffers. One over a storage's memory saves a
// copy. It is detached as soon as the bytes have moved, as its finalizer runs in the event loop only: see Note [Lent
// memory] in data.cc. Meanwhile nothing may reallocate the memory, which several environments may have on loan at once:
// the pins are the process's.
class Pins {
 public:
  void pin(c10::StorageImpl* storage) {
    const std::lock_guard lock(mutex_);
    Pin& pin = pins_[storage];
    if (pin.count++ > 0) return;
    pin.was_resizable = storage->resizable();
    storage->set_resizable(false);
  }
  void unpin(c10::StorageImpl* storage) {
    const std::lock_guard lock(mutex_);
    const auto found = pins_.find(storage);
    if (--found->second.count > 0) return;
    storage->set_resizable(found->second.was_resizable);
    pins_.erase(found);
  }
  void fix(c10::StorageImpl* storage) {
    const std::lock_guard lock(mutex_);
    storage->set_resizable(false);
    const auto found = pins_.find(storage);
    if (found != pins_.end()) found->second.was_resizable = false;
  }

 private:
  struct Pin {
    int64_t count = 0;
    bool was_resizable = false;
  };
  std::mutex mutex_;
  std::unordered_map<c10::StorageImpl*, Pin> pins_;
};

Pins& pins() {
  static Pins pins;
  return pins;
}

class Loan {
 public:
  explicit Loan(at::Tensor tensor) : tensor_(std::move(tensor)) { pins().pin(storage()); }
  ~Loan() { end(); }
  void end() {
    if (!tensor_.defined()) return;
    pins().unpin(storage());
    tensor_.reset();
  }
  static void drop(node_api_basic_env, void*, void* hint) { delete static_cast<Loan*>(hint); }

 private:
  c10::StorageImpl* storage() const { return tensor_.storage().unsafeGetStorageImpl(); }

  at::Tensor tensor_;
};

// Throws unless the tensor is one of bytes on the CPU and has so many of them from the offset on.
void check_part(const at::Tensor& bytes, int64_t offset, int64_t size) {
  if (!bytes.is_cpu() || bytes.scalar_type() != at::kByte || !bytes.is_contiguous()) {
    throw type_error("expected a contiguous uint8 tensor on the CPU");
  }
  if (offset < 0 || size < 0 || offset > bytes.numel() || size > bytes.numel() - offset) {
    throw value_error("there are not " + std::to_string(size) + " bytes at " + std::to_string(offset));
  }
}

// lendMemory(bytes, offset, size): an ArrayBuffer over a part of the memory of a 1-d uint8 tensor, to be given back by
// endLoan; null where the memory is not the CPU's or the runtime allows no such buffer. Parts should be small: V8 takes
// them for memory of JavaScript's and collects garbage once they are more than some tens of megabytes.
napi_value lend_memory(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const at::Tensor& bytes = tensor_from(env, arguments[0]);
  const int64_t offset = int_from(env, arguments[1]);
  const int64_t size = int_from(env, arguments[2]);
  if (!bytes.is_cpu()) return null_value(env);
  check_part(bytes, offset, size);
  char* data = size > 0 ? static_cast<char*>(bytes.mutable_data_ptr()) : nullptr;
  if (data == nullptr) return null_value(env);
  auto* loan = new Loan(bytes);
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(env, data + offset, size, Loan::drop, loan, &buffer);
  if (status != napi_ok) {
    delete loan;
    if (status == napi_no_external_buffers_allowed) return null_value(env);
    check(env, status);
  }
  // From here on the loan is the buffer's, even if it cannot be wrapped.
  check(env, napi_wrap(env, buffer, loan, nullptr, nullptr, nullptr));
  return buffer;
}

// endLoan(buffer): detaches the buffer and lets go of the memory
napi_value end_loan(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  void* loan = nullptr;
  check(env, napi_remove_wrap(env, arguments[0], &loan));
  // The buffer's finalizer, which deletes the loan, is not run before this function returns to the event loop.
  check(env, napi_detach_arraybuffer(env, arguments[0]));
  static_cast<Loan*>(loan)->end();
  return undefined_value(env);
}

// storageTensor(handle): all bytes of the tensor's storage as a 1-d uint8 tensor over the same storage
napi_value storage_tensor(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  const c10::Storage& storage = tensor.storage();
  const auto size = static_cast<int64_t>(storage.nbytes());
  const auto options = at::TensorOptions().dtype(at::kByte).device(tensor.device());
  return to_js(environment, at::empty({0}, options).set_(storage, 0, {size}, {1}));
}

// The descriptor is duplicated, as the mapping closes the one that it is given. Going by it and not by the path, the
// mapping is of the very file whose head has been read, even if another has taken its place meanwhile. Windows maps by
// path, since a descriptor of Node's means nothing to another C runtime.
at::DataPtr map(const std::string& path, [[maybe_unused]] int descriptor, size_t size, size_t* mapped) {
#ifdef _WIN32
  return at::MapAllocator::makeDataPtr(path, 0, size, mapped);
#else
  const int own = ::dup(descriptor);
  if (own < 0) throw Error("OSError", "cannot map " + path + ": no file descriptor is left");
  try {
    return at::MapAllocator::makeDataPtr(at::WITH_FD, path.c_str(), own, at::ALLOCATOR_MAPPED_FROMFD, size, mapped);
  } catch (...) {
    ::close(own);
    throw;
  }
#endif
}

// mapFile(path, descriptor, size): the file's bytes as a 1-d uint8 tensor. Pages are read when they are touched, and
// copied when they are written to: the file never changes. The mapping ends with the last tensor over it.
napi_value map_file(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const std::string path = string_from(env, arguments[0]);
  const auto descriptor = static_cast<int>(int_from(env, arguments[1]));
  const int64_t size = int_from(env, arguments[2]);
  if (size <= 0) throw value_error("cannot map " + path + ": it is empty");
  size_t mapped = 0;
  at::DataPtr data = map(path, descriptor, size, &mapped);
  c10::Storage storage(c10::Storage::use_byte_size_t(), size, std::move(data), nullptr, false);
  return to_js(environment, at::empty({0}, at::kByte).set_(std::move(storage), 0, {size}, {1}));
}

// What a slice's memory belongs to.
struct Slice {
  at::Tensor whole;
};

// The last reference may go on any thread: a tensor is freed on any.
void drop_slice(void* slice) { delete static_cast<Slice*>(slice); }

// sliceStorage(bytes, offset, size): a 1-d uint8 tensor with a storage of its own over a part of another's memory,
// which it keeps alive
napi_value slice_storage(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const at::Tensor whole = tensor_from(env, arguments[0]);
  const int64_t offset = int_from(env, arguments[1]);
  const int64_t size = int_from(env, arguments[2]);
  check_part(whole, offset, size);
  if (size == 0) return to_js(environment, at::empty({0}, at::kByte));
  char* data = static_cast<char*>(whole.mutable_data_ptr()) + offset;
  c10::DataPtr part(data, new Slice{whole}, drop_slice, c10::kCPU);
  c10::Storage storage(c10::Storage::use_byte_size_t(), size, std::move(part), nullptr, false);
  return to_js(environment, at::empty({0}, at::kByte).set_(std::move(storage), 0, {size}, {1}));
}

}  // namespace

bool is_mapped(const c10::StorageImpl& storage) {
  const c10::DataPtr& data = storage.data_ptr();
  if (const auto* slice = data.cast_context<Slice>(drop_slice)) {
    return is_mapped(*slice->whole.storage().unsafeGetStorageImpl());
  }
  return at::MapAllocator::fromDataPtr(data) != nullptr;
}

void fix_storage(const at::Tensor& tensor) { pins().fix(tensor.storage().unsafeGetStorageImpl()); }

void export_storage(Environment& environment, napi_value exports) {
  export_function<lend_memory>(environment, exports, "lendMemory");
  export_function<end_loan>(environment, exports, "endLoan");
  export_function<storage_tensor>(environment, exports, "storageTensor");
  export_function<map_file>(environment, exports, "mapFile");
  export_function<slice_storage>(environment, exports, "sliceStorage");
}

}  // namespace tsorch
