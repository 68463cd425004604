// The state that one JavaScript environment (the main thread or one worker) has of its own.
#pragma once

#include <node_api.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "memory.h"
#include "warnings.h"

namespace tsorch {

class OperatorGroup;

// Note [Environment lifetime]
// Created when the addon is loaded into an environment and reached through the data pointer of every native function.
// Node deletes instance data before or after the last tensor's finalizer, depending on its version, so an Environment
// lives until both have happened: `release` is called once for the instance data and once per handle.
class Environment {
 public:
  explicit Environment(napi_env env);
  ~Environment();

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) delete this;
  }

  // Drops everything that needs a live napi_env; called from an environment cleanup hook.
  void close();

  // Note [Borrowed memory]
  // A tensor over a typed array's memory holds a reference to that array. The tensor may die on any thread, but only
  // this environment's may delete the reference: it is handed over here and deleted when the next handle is made.
  void bury(napi_ref reference);
  void delete_buried() {
    if (has_buried_.load(std::memory_order_relaxed)) delete_buried_now();
  }

  const napi_env env;
  MemoryAccount memory;
  Warnings warnings;
  int64_t lent_bytes = 0;  // see Note [Lent memory] in data.cc
  std::vector<std::unique_ptr<OperatorGroup>> operators;

  // Memory of a Float64Array that lib/native.ts registers: sizes and strides are read through it, since an array made
  // here costs six times as much. Kept alive by `numbers_owner`.
  static constexpr size_t kMaxNumbers = 64;
  double* numbers = nullptr;
  napi_ref numbers_owner = nullptr;

  // JavaScript functions that lib/native.ts registers: (className, message) => Error, (full: boolean) => void,
  // (message, category) => void and (...elements) => elements.
  napi_ref make_error = nullptr;
  napi_ref collect_garbage = nullptr;
  napi_ref warn = nullptr;
  napi_ref make_array = nullptr;

 private:
  void delete_buried_now();

  std::atomic<int64_t> references_ = 1;
  std::mutex burial_;
  std::vector<napi_ref> buried_;
  std::atomic<bool> has_buried_ = false;
  bool closed_ = false;
};

}  // namespace tsorch
