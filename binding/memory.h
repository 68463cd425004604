// Counts the bytes that JavaScript's handles keep alive and runs the garbage collector when they exceed a budget.
#pragma once

#include <c10/core/StorageImpl.h>
#include <c10/core/TensorImpl.h>
#include <c10/core/UndefinedTensorImpl.h>
#include <c10/util/intrusive_ptr.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "allocations.h"

namespace tsorch {

class Environment;

// What one handle was charged with, so that exactly that is given back.
struct Charge {
  const c10::StorageImpl* storage = nullptr;  // a large one, counted once for all its handles; null for a small one
  int64_t bytes = 0;
};

// Note [Collection]
// V8 sees about a hundred bytes of a tensor and would let gigabytes of dead ones lie. So once `budget` bytes were added
// to what survived the last collection, a minor one runs: tens of microseconds, since the tensors of a loop die young.
// A full one runs only when what minor ones leave has grown by half or by four budgets, or by less where the machine
// has no room for that. Finalizers run inside the collection, because the addon registers as experimental Node-API
// (DESIGN section 3). Two counts are watched: the bytes of this environment's handles, which know devices and borrowed
// memory, and the bytes that the process's CPU allocator gave out, which know graphs: see Note [Allocations].
class Pressure {
 public:
  explicit Pressure(int64_t budget) : minor_(budget), full_(kFull * budget) {}

  bool asks_for_minor(int64_t bytes) const { return bytes > minor_; }
  bool asks_for_full(int64_t bytes) const { return bytes > full_; }
  // What a collection left.
  void set_after_minor(int64_t bytes, int64_t budget) { minor_ = bytes + budget; }
  void set_after_full(int64_t bytes, int64_t budget, int64_t limit) {
    const int64_t room = std::max(budget, (limit - bytes) / 4);
    minor_ = bytes + budget;
    full_ = bytes + std::min(std::max(bytes / 2, kFull * budget), room);
  }

 private:
  static constexpr int64_t kFull = 4;  // budgets

  int64_t minor_;
  int64_t full_;
};

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

// Note [Late frees]
// A collection finds two thousand dead tensors, some twenty thousand blocks with what belongs to them. To free them at
// once is what glibc is slowest at: all but the first few miss its caches and are merged, to be split again soon after.
// So small ones wait, and each new handle frees one: its blocks go to the next operator, which wants the same. Measured
// in instructions, a forward of a small network took 1.24 of C++'s and takes 1.15. Memory pressure frees them all.
class MemoryAccount {
 public:
  explicit MemoryAccount(Environment& environment) : environment_(environment) {}

  Charge charge(const c10::TensorImpl& tensor);
  void discharge(const Charge& charge);
  // Takes over a tensor that no handle holds any more: see Note [Late frees].
  void bury(TensorPointer tensor, const Charge& charge);
  // Frees what is buried, and from then on what would be: the environment ends.
  void close();
  // Follows a tensor that was given another storage, or whose storage was reallocated (by `out=`, `resize_`, `set_`).
  void recharge(Charge& charge, const c10::TensorImpl& tensor);

  // Collects when there is pressure. Call after a result is reachable from a handle scope.
  void relieve() {
    if (!dead_.empty()) dead_.pop_back();
    if (is_under_pressure()) {
      collect();
    } else if (made_ >= kYoungHandles) {
      run_collector(false);
    }
  }

  // A full collection whatever the threshold: what is done before an allocation is tried again.
  void collect_all();
  // Empties the young generation, whatever the threshold: see Note [Collections and exceptions] in guard.cc.
  void collect_young() { run_collector(false); }

  int64_t handles() const { return handles_; }
  int64_t bytes() const { return bytes_; }
  int64_t peak_bytes() const { return peak_bytes_; }
  void reset_peak() { peak_bytes_ = bytes_; }
  int64_t budget() const { return budget_; }
  void set_budget(int64_t bytes);
  // The bytes that the machine, or its container, allows the process.
  void set_limit(int64_t bytes) { limit_ = bytes; }

 private:
  bool is_under_pressure() const {
    return handle_pressure_.asks_for_minor(bytes_) || allocation_pressure_.asks_for_minor(allocated_bytes());
  }
  void collect();
  void run_collector(bool full);

  struct Shared {
    int64_t bytes;
    int64_t handles;
  };

  Environment& environment_;
  std::unordered_map<const c10::StorageImpl*, Shared> large_;
  // Measured: two thousand dead tensors are still in the caches when they are freed; 80,000, which V8 would let lie,
  // are not, and a forward of a small network takes an eighth longer.
  static constexpr int64_t kYoungHandles = 2000;
  static constexpr size_t kMostDead = 2 * kYoungHandles;

  int64_t handles_ = 0;
  int64_t made_ = 0;
  int64_t bytes_ = 0;
  int64_t peak_bytes_ = 0;
  int64_t budget_ = int64_t{64} << 20;
  Pressure handle_pressure_{budget_};
  Pressure allocation_pressure_{budget_};
  int64_t limit_ = int64_t{4} << 30;
  std::vector<TensorPointer> dead_;
  bool collecting_ = false;
  bool closed_ = false;
};

}  // namespace tsorch
