#include "memory.h"

#include "environment.h"
#include "storage.h"

namespace tsorch {

namespace {
// A TensorImpl, its StorageImpl, the handle and V8's side of it; measured roughly, it only has to be of the right
// order.
constexpr int64_t kHandleBytes = 512;
// Below this a storage is charged per handle: the table look-up would cost more than a double count misleads.
constexpr int64_t kLargeBytes = 16 << 10;
// The system drops the pages of a mapped file when it needs memory, all but those that have been written to.
constexpr int64_t kMappedShare = 16;

Charge storage_of(const c10::TensorImpl& tensor) {
  if (!tensor.has_storage()) return {};
  const c10::StorageImpl* storage = tensor.unsafe_storage().unsafeGetStorageImpl();
  if (storage->device_type() == c10::DeviceType::Meta) return {};
  const auto bytes = static_cast<int64_t>(storage->sym_nbytes().maybe_as_int().value_or(0));
  if (bytes < kLargeBytes) return {nullptr, bytes};
  return {storage, is_mapped(*storage) ? bytes / kMappedShare : bytes};
}
}  // namespace

Charge MemoryAccount::charge(const c10::TensorImpl& tensor) {
  ++handles_;
  ++made_;
  bytes_ += kHandleBytes;
  Charge charge = storage_of(tensor);
  if (charge.storage == nullptr) {
    bytes_ += charge.bytes;
  } else {
    Shared& shared = large_[charge.storage];
    ++shared.handles;
    bytes_ += charge.bytes - shared.bytes;
    shared.bytes = charge.bytes;
  }
  peak_bytes_ = std::max(peak_bytes_, bytes_);
  return charge;
}

void MemoryAccount::discharge(const Charge& charge) {
  --handles_;
  bytes_ -= kHandleBytes;
  if (charge.storage == nullptr) {
    bytes_ -= charge.bytes;
    return;
  }
  auto entry = large_.find(charge.storage);
  if (--entry->second.handles == 0) {
    bytes_ -= entry->second.bytes;
    large_.erase(entry);
  }
}

void MemoryAccount::bury(TensorPointer tensor, const Charge& charge) {
  discharge(charge);
  const bool large = charge.storage != nullptr;
  if (!large && !closed_ && dead_.size() < kMostDead) dead_.push_back(std::move(tensor));
}

void MemoryAccount::close() {
  closed_ = true;
  dead_.clear();
}

void MemoryAccount::recharge(Charge& charge, const c10::TensorImpl& tensor) {
  const Charge now = storage_of(tensor);
  if (now.storage == charge.storage && now.bytes == charge.bytes) return;
  discharge(charge);
  charge = this->charge(tensor);
}

void MemoryAccount::set_budget(int64_t bytes) {
  budget_ = bytes;
  handle_pressure_.set_after_full(bytes_, budget_, limit_);
  allocation_pressure_.set_after_full(allocated_bytes(), budget_, limit_);
}

void MemoryAccount::collect_all() {
  run_collector(true);
  dead_.clear();
  handle_pressure_.set_after_full(bytes_, budget_, limit_);
  allocation_pressure_.set_after_full(allocated_bytes(), budget_, limit_);
}

void MemoryAccount::collect() {
  run_collector(false);
  dead_.clear();
  if (handle_pressure_.asks_for_full(bytes_) || allocation_pressure_.asks_for_full(allocated_bytes())) {
    return collect_all();
  }
  handle_pressure_.set_after_minor(bytes_, budget_);
  allocation_pressure_.set_after_minor(allocated_bytes(), budget_);
}

void MemoryAccount::run_collector(bool full) {
  if (collecting_ || environment_.collect_garbage == nullptr) return;
  collecting_ = true;
  made_ = 0;
  napi_env env = environment_.env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value function, argument, undefined;
  napi_get_reference_value(env, environment_.collect_garbage, &function);
  napi_get_boolean(env, full, &argument);
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, function, 1, &argument, nullptr) == napi_pending_exception) {
    // Memory can be relieved later: what runs now should not fail for it. A worker that is being ended stays so.
    napi_value exception;
    napi_get_and_clear_last_exception(env, &exception);
  }
  napi_close_handle_scope(env, scope);
  collecting_ = false;
}

}  // namespace tsorch
