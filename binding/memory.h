// Counts the bytes that JavaScript's handles keep alive and runs the garbage collector when they exceed a budget.
#pragma once

#include <c10/core/StorageImpl.h>

#include <cstdint>
#include <unordered_map>

namespace tsorch {

class Environment;

// What one handle was charged with, so that exactly that is given back.
struct Charge {
  const c10::StorageImpl* storage = nullptr;  // a storage shared by all its handles, or null
  int64_t bytes = 0;
};

// Note [Collection]
// V8 sees about a hundred bytes of a tensor and would let gigabytes of dead ones lie. Past a threshold of bytes held by
// handles a minor collection runs (tens of microseconds; tensors of a loop die young), and a full one only when that
// leaves too much, after which the threshold follows what is really alive. Finalizers run inside the collection, since
// the addon registers as experimental Node-API (DESIGN section 3). Storages are counted once, however many views.
class MemoryAccount {
 public:
  explicit MemoryAccount(Environment& environment) : environment_(environment) {}

  Charge charge(const c10::TensorImpl& tensor);
  void discharge(const Charge& charge);

  // Collects when the handles hold more than the threshold. Call after a result is reachable from a handle scope.
  void relieve() {
    if (bytes_ > threshold_) collect();
  }

  // A full collection whatever the threshold: what is done before an allocation is tried again.
  void collect_all();

  int64_t handles() const { return handles_; }
  int64_t bytes() const { return bytes_; }
  int64_t peak_bytes() const { return peak_bytes_; }
  void reset_peak() { peak_bytes_ = bytes_; }
  int64_t budget() const { return budget_; }
  void set_budget(int64_t bytes);

 private:
  void collect();
  void run_collector(bool full);

  struct Shared {
    int64_t bytes;
    int64_t handles;
  };

  Environment& environment_;
  std::unordered_map<const c10::StorageImpl*, Shared> large_;
  int64_t handles_ = 0;
  int64_t bytes_ = 0;
  int64_t peak_bytes_ = 0;
  int64_t budget_ = int64_t{256} << 20;
  int64_t threshold_ = int64_t{256} << 20;
  bool collecting_ = false;
};

}  // namespace tsorch
