#include "environment.h"

#include <unistd.h>

#include "allocations.h"
#include "dispatch.h"

namespace tsorch {

Environment::Environment(napi_env environment) : env(environment), memory(*this) { warnings.install(); }

// glibc keeps what a thread has freed for threads to come, a little more after each, until that looks like a leak of
// workers that come and go. To give it back is not worth the time when the process ends anyway.
Environment::~Environment() {
#ifdef __linux__
  if (gettid() != getpid()) give_memory_back();
#endif
}

void Environment::close() {
  warnings.remove();
  for (napi_ref* reference : {&make_error, &collect_garbage, &warn, &make_array, &numbers_owner}) {
    if (*reference != nullptr) napi_delete_reference(env, *reference);
    *reference = nullptr;
  }
  operators.clear();
  memory.close();
  delete_buried_now();
  const std::lock_guard lock(burial_);
  closed_ = true;
}

void Environment::bury(napi_ref reference) {
  const std::lock_guard lock(burial_);
  if (closed_) return;  // Node deletes the references of an environment that ends.
  buried_.push_back(reference);
  has_buried_.store(true, std::memory_order_relaxed);
}

void Environment::delete_buried_now() {
  const std::lock_guard lock(burial_);
  for (napi_ref reference : buried_) napi_delete_reference(env, reference);
  buried_.clear();
  has_buried_.store(false, std::memory_order_relaxed);
}

}  // namespace tsorch
