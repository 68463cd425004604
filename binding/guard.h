// Turns every C++ exception at a native entry point into a JavaScript one: none may escape, an escaped one aborts.
#pragma once

#include <node_api.h>

#include <exception>
#include <string>

#include "environment.h"

namespace tsorch {

// An error with the name of its JavaScript class, for what tsorch itself finds wrong (no C++ backtrace is taken).
class Error : public std::exception {
 public:
  Error(std::string class_name, std::string message)
      : class_name_(std::move(class_name)), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& class_name() const { return class_name_; }

 private:
  std::string class_name_;
  std::string message_;
};

inline Error type_error(std::string message) { return {"TypeError", std::move(message)}; }
inline Error runtime_error(std::string message) { return {"RuntimeError", std::move(message)}; }
inline Error value_error(std::string message) { return {"ValueError", std::move(message)}; }

// Thrown when a JavaScript exception is already pending in the environment. Autograd's engine hands on what is derived
// from std::exception only.
struct PendingException : std::exception {};

inline void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw PendingException{};
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw type_error(info != nullptr && info->error_message != nullptr ? info->error_message : "invalid argument");
}

// Hands LibTorch's warnings to JavaScript, unless an exception is pending: see Note [Warnings] in warnings.h.
void emit_warnings(Environment& environment);

// Throws the exception being handled into JavaScript. Call inside a catch block only.
void throw_into_javascript(Environment& environment);

// The exception being handled as a result for JavaScript to throw: see Note [Collections and exceptions] in guard.cc.
// Call inside a catch block only.
napi_value error_result(Environment& environment);

// True if the exception being handled says that memory ran out. Call inside a catch block only.
bool is_out_of_memory();

// The arguments of a call: those given, undefined beyond.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info, void** data) {
    size_ = kInline;
    napi_get_cb_info(env, info, &size_, inline_, nullptr, data);
    if (size_ > kInline) {
      more_.reset(new napi_value[size_]);
      napi_get_cb_info(env, info, &size_, more_.get(), nullptr, nullptr);
    }
  }
  size_t size() const { return size_; }
  const napi_value* begin() const { return more_ ? more_.get() : inline_; }
  napi_value operator[](size_t i) const { return begin()[i]; }

 private:
  static constexpr size_t kInline = 16;
  size_t size_;
  napi_value inline_[kInline];
  std::unique_ptr<napi_value[]> more_;
};

using NativeFunction = napi_value (*)(Environment&, const Arguments&);

template <NativeFunction Body>
napi_value run(Environment& environment, const Arguments& arguments) {
  napi_value result = Body(environment, arguments);
  if (environment.warnings.pending()) emit_warnings(environment);
  return result;
}

template <NativeFunction Body>
napi_value guarded(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  Arguments arguments(env, info, &data);
  auto& environment = *static_cast<Environment*>(data);
  try {
    return run<Body>(environment, arguments);
  } catch (...) {
    throw_into_javascript(environment);
    return nullptr;
  }
}

// As `guarded`, but returns ["error", exception] instead of throwing: for functions whose results lib/ops.ts reads.
template <NativeFunction Body>
napi_value returning_errors(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  Arguments arguments(env, info, &data);
  auto& environment = *static_cast<Environment*>(data);
  try {
    return run<Body>(environment, arguments);
  } catch (...) {
    return error_result(environment);
  }
}

// Defines `name` on the addon's exports.
template <NativeFunction Body, napi_callback Guard = guarded<Body>>
void export_function(Environment& environment, napi_value exports, const char* name) {
  napi_value function;
  check(environment.env, napi_create_function(environment.env, name, NAPI_AUTO_LENGTH, Guard, &environment, &function));
  check(environment.env, napi_set_named_property(environment.env, exports, name, function));
}

}  // namespace tsorch
