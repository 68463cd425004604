#include "memory.h"

#include <c10/core/TensorImpl.h>

#include <algorithm>

#include "environment.h"

namespace tsorch {

namespace {
// A TensorImpl, its StorageImpl, the handle and V8's side of it; measured roughly, it only has to be of the right order.
constexpr int64_t kHandleBytes = 512;
// Below this a storage is charged per handle: the table look-up would cost more than a double count misleads.
constexpr int64_t kLargeBytes = 16 << 10;
}  // namespace

Charge MemoryAccount::charge(const c10::TensorImpl& tensor) {
  Charge charge;
  ++handles_;
  bytes_ += kHandleBytes;
  if (tensor.has_storage()) {
    const c10::StorageImpl* storage = tensor.unsafe_storage().unsafeGetStorageImpl();
    if (storage->device_type() != c10::DeviceType::Meta) {
      const auto bytes = static_cast<int64_t>(storage->sym_nbytes().maybe_as_int().value_or(0));
      if (bytes < kLargeBytes) {
        charge.bytes = bytes;
        bytes_ += bytes;
      } else {
        charge.storage = storage;
        auto [entry, added] = large_.try_emplace(storage, Shared{bytes, 0});
        if (added) bytes_ += bytes;
        ++entry->second.handles;
      }
    }
  }
  peak_bytes_ = std::max(peak_bytes_, bytes_);
  return charge;
}

void MemoryAccount::discharge(const Charge& charge) {
  --handles_;
  bytes_ -= kHandleBytes + charge.bytes;
  if (charge.storage == nullptr) return;
  auto entry = large_.find(charge.storage);
  if (--entry->second.handles == 0) {
    bytes_ -= entry->second.bytes;
    large_.erase(entry);
  }
}

void MemoryAccount::set_budget(int64_t bytes) {
  budget_ = bytes;
  threshold_ = std::max(budget_, bytes_ + budget_ / 2);
}

void MemoryAccount::collect_all() {
  run_collector(true);
  threshold_ = std::max(budget_, bytes_ + std::max(budget_ / 2, bytes_ / 2));
}

void MemoryAccount::collect() {
  run_collector(false);
  // At least a quarter of the threshold has to come free, or the next collection would follow at once.
  if (bytes_ > threshold_ - threshold_ / 4) collect_all();
}

void MemoryAccount::run_collector(bool full) {
  if (collecting_ || environment_.collect_garbage == nullptr) return;
  collecting_ = true;
  napi_env env = environment_.env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value function, argument, undefined;
  napi_get_reference_value(env, environment_.collect_garbage, &function);
  napi_get_boolean(env, full, &argument);
  napi_get_undefined(env, &undefined);
  napi_call_function(env, undefined, function, 1, &argument, nullptr);
  napi_close_handle_scope(env, scope);
  collecting_ = false;
}

}  // namespace tsorch
