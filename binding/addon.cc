// The addon's table of contents: what each concept exports to lib/native.ts.
#include <node_api.h>

#include "allocations.h"
#include "aoti.h"
#include "autocast.h"
#include "autograd.h"
#include "data.h"
#include "device.h"
#include "dispatch.h"
#include "engine.h"
#include "environment.h"
#include "exported.h"
#include "function.h"
#include "handle.h"
#include "hook.h"
#include "jit.h"
#include "modes.h"
#include "node.h"
#include "random.h"
#include "storage.h"
#include "tensor.h"
#include "trace.h"
#include "values.h"

namespace tsorch {

namespace {

// initialize(makeError, collectGarbage, numbers, memoryLimit, warn, makeArray): the JavaScript functions that the addon
// calls back, the Float64Array through which it hands over sizes, and the bytes that the machine has
napi_value initialize(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  check(env, napi_create_reference(env, arguments[0], 1, &environment.make_error));
  check(env, napi_create_reference(env, arguments[1], 1, &environment.collect_garbage));
  size_t length = 0;
  void* data = nullptr;
  check(env, napi_get_typedarray_info(env, arguments[2], nullptr, &length, &data, nullptr, nullptr));
  if (length != Environment::kMaxNumbers) throw type_error("expected a Float64Array of 64 numbers");
  environment.numbers = static_cast<double*>(data);
  check(env, napi_create_reference(env, arguments[2], 1, &environment.numbers_owner));
  environment.memory.set_limit(int_from(env, arguments[3]));
  check(env, napi_create_reference(env, arguments[4], 1, &environment.warn));
  check(env, napi_create_reference(env, arguments[5], 1, &environment.make_array));
  return nullptr;
}

}  // namespace

}  // namespace tsorch

NAPI_MODULE_INIT() {
  tsorch::count_allocations();
  auto* environment = new tsorch::Environment(env);
  napi_set_instance_data(
      env, environment,
      [](node_api_basic_env, void* data, void*) { static_cast<tsorch::Environment*>(data)->release(); }, nullptr);
  napi_add_env_cleanup_hook(
      env, [](void* data) { static_cast<tsorch::Environment*>(data)->close(); }, environment);
  try {
    tsorch::export_function<tsorch::initialize>(*environment, exports, "initialize");
    tsorch::export_handle(*environment, exports);
    tsorch::export_dispatch(*environment, exports);
    tsorch::export_tensor(*environment, exports);
    tsorch::export_data(*environment, exports);
    tsorch::export_storage(*environment, exports);
    tsorch::export_jit(*environment, exports);
    tsorch::export_trace(*environment, exports);
    tsorch::export_exported(*environment, exports);
    tsorch::export_aoti(*environment, exports);
    tsorch::export_autograd(*environment, exports);
    tsorch::export_engine(*environment, exports);
    tsorch::export_node(*environment, exports);
    tsorch::export_hook(*environment, exports);
    tsorch::export_function_node(*environment, exports);
    tsorch::export_modes(*environment, exports);
    tsorch::export_autocast(*environment, exports);
    tsorch::export_device(*environment, exports);
    tsorch::export_random(*environment, exports);
  } catch (...) {
    tsorch::throw_into_javascript(*environment);
  }
  return exports;
}
