#include "storage.h"

#include <ATen/MapAllocator.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#ifndef _WIN32
#include <unistd.h>
#endif

#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

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

// sliceStorage(bytes, offset, size): a 1-d uint8 tensor with a storage of its own over a part of another's memory,
// which it keeps alive
napi_value slice_storage(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const at::Tensor whole = tensor_from(env, arguments[0]);
  const int64_t offset = int_from(env, arguments[1]);
  const int64_t size = int_from(env, arguments[2]);
  if (!whole.is_cpu() || whole.scalar_type() != at::kByte || !whole.is_contiguous()) {
    throw type_error("expected a contiguous uint8 tensor on the CPU");
  }
  if (offset < 0 || size < 0 || offset > whole.numel() || size > whole.numel() - offset) {
    throw value_error("there are not " + std::to_string(size) + " bytes at " + std::to_string(offset));
  }
  if (size == 0) return to_js(environment, at::empty({0}, at::kByte));
  char* data = static_cast<char*>(whole.mutable_data_ptr()) + offset;
  // The last reference may go on any thread: a tensor is freed on any.
  return to_js(environment, at::from_blob(
                                data, {size}, [whole](void*) {}, at::TensorOptions().dtype(at::kByte)));
}

}  // namespace

void export_storage(Environment& environment, napi_value exports) {
  export_function<storage_tensor>(environment, exports, "storageTensor");
  export_function<map_file>(environment, exports, "mapFile");
  export_function<slice_storage>(environment, exports, "sliceStorage");
}

}  // namespace tsorch
