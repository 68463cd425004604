#include "guard.h"

#include <c10/util/Exception.h>

#include <new>

#include "values.h"

namespace tsorch {

namespace {

void raise(Environment& environment, const char* class_name, const std::string& message) {
  napi_env env = environment.env;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) return;
  napi_value factory = nullptr;
  if (environment.make_error != nullptr) napi_get_reference_value(env, environment.make_error, &factory);
  if (factory == nullptr) {
    napi_throw_error(env, class_name, message.c_str());
    return;
  }
  napi_value undefined, error = nullptr;
  napi_value arguments[2] = {to_js(env, std::string_view(class_name)), to_js(env, std::string_view(message))};
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, factory, 2, arguments, &error) == napi_ok) napi_throw(env, error);
}

// The CPU's allocator has no error class of its own.
bool says_out_of_memory(const c10::Error& error) {
  return std::string_view(error.what_without_backtrace()).find("can't allocate memory") != std::string_view::npos;
}

// The class of Python's name that PyTorch's bindings map this error to.
const char* class_of(const c10::Error& error) {
  if (dynamic_cast<const c10::IndexError*>(&error) != nullptr) return "IndexError";
  if (dynamic_cast<const c10::TypeError*>(&error) != nullptr) return "TypeError";
  if (dynamic_cast<const c10::ValueError*>(&error) != nullptr) return "ValueError";
  if (dynamic_cast<const c10::NotImplementedError*>(&error) != nullptr) return "NotImplementedError";
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return "OutOfMemoryError";
  if (dynamic_cast<const c10::LinAlgError*>(&error) != nullptr) return "LinAlgError";
  if (says_out_of_memory(error)) return "OutOfMemoryError";
  return "RuntimeError";
}

// Note [Collections and exceptions]
// Node throws what is pending once a native function has returned, and forgets it only afterwards. If V8 collects
// garbage in between, for the message that goes with the exception, the first finalizer to run (inside the collection,
// see Note [Collection] in memory.h) is taken for the one that threw, and Node ends the process: one exception in some
// hundred thousands. A young generation that was emptied just before leaves V8 no reason to collect, but takes a third
// of a millisecond: operators return the exception instead, and lib/ops.ts throws it.
void empty_young_generation(Environment& environment) {
  napi_env env = environment.env;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return;
  environment.memory.collect_young();
  napi_throw(env, exception);
}

void raise_current(Environment& environment) {
  try {
    throw;
  } catch (const PendingException&) {
    // JavaScript already holds the exception.
  } catch (const Error& error) {
    raise(environment, error.class_name().c_str(), error.what());
  } catch (const c10::Error& error) {
    raise(environment, class_of(error), error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    raise(environment, "OutOfMemoryError", "out of memory");
  } catch (const std::exception& error) {
    raise(environment, "RuntimeError", error.what());
  } catch (...) {
    raise(environment, "RuntimeError", "an exception of unknown type was thrown in native code");
  }
}

}  // namespace

void emit_warnings(Environment& environment) {
  napi_env env = environment.env;
  bool pending = false;
  napi_value undefined, warn = nullptr;
  if (environment.warn == nullptr || napi_is_exception_pending(env, &pending) != napi_ok || pending) return;
  if (napi_get_reference_value(env, environment.warn, &warn) != napi_ok || warn == nullptr) return;
  napi_get_undefined(env, &undefined);
  for (const PendingWarning& warning : environment.warnings.take()) {
    napi_value arguments[2] = {nullptr, nullptr};
    // Any of these fails in a worker that is being ended; a warning is not worth an exception.
    const bool said =
        napi_create_string_utf8(env, warning.message.data(), warning.message.size(), &arguments[0]) == napi_ok &&
        napi_create_string_utf8(env, warning.category, NAPI_AUTO_LENGTH, &arguments[1]) == napi_ok &&
        napi_call_function(env, undefined, warn, 2, arguments, nullptr) == napi_ok;
    if (!said) napi_get_and_clear_last_exception(env, &undefined);
    if (!said) return;
  }
}

void throw_into_javascript(Environment& environment) {
  if (environment.warnings.pending()) emit_warnings(environment);
  raise_current(environment);
  empty_young_generation(environment);
}

napi_value error_result(Environment& environment) {
  napi_env env = environment.env;
  if (environment.warnings.pending()) emit_warnings(environment);
  raise_current(environment);
  napi_value exception = nullptr;
  napi_value result = nullptr;
  // Any of these fails in a worker that is being ended, which then ends.
  if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return nullptr;
  napi_value tag = nullptr;
  if (napi_create_string_utf8(env, "error", NAPI_AUTO_LENGTH, &tag) != napi_ok ||
      napi_create_array_with_length(env, 2, &result) != napi_ok || napi_set_element(env, result, 0, tag) != napi_ok ||
      napi_set_element(env, result, 1, exception) != napi_ok) {
    return nullptr;
  }
  return result;
}

bool is_out_of_memory() {
  try {
    throw;
  } catch (const c10::OutOfMemoryError&) {
    return true;
  } catch (const c10::Error& error) {
    return says_out_of_memory(error);
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace tsorch
