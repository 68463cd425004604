// TorchScript's values from and to JavaScript's: by type where a schema has one, by kind where there is none.
#pragma once

#include <torch/csrc/jit/api/module.h>

#include "convert.h"
#include "handle.h"
#include "values.h"

namespace tsorch {

// Kinds beyond those that operators take.
using Unit = std::shared_ptr<torch::jit::CompilationUnit>;
template <>
struct KindOf<torch::jit::Module> : std::integral_constant<Kind, Kind{64}> {};
template <>
struct KindOf<Unit> : std::integral_constant<Kind, Kind{65}> {};

inline const torch::jit::Module& module_from(napi_env env, napi_value value) {
  return unbox<torch::jit::Module>(env, value, "a script module");
}

inline const Unit& unit_from(napi_env env, napi_value value) { return unbox<Unit>(env, value, "a compilation unit"); }

// A value by its TorchScript type. A dictionary comes as a list of keys and values in turn: see lib/jit/values.ts.
c10::IValue from_js(napi_env env, napi_value value, const c10::TypePtr& type, const ArgumentName& name);

// A value by what it is: [null, ...] is a tuple and ["dict", key, value, ...] a dictionary.
c10::IValue inferred_from_js(napi_env env, napi_value value);

// As to_js of convert.h, and also dictionaries, as ["dict", key, value, ...], and modules, as externals.
napi_value value_to_js(Environment& environment, const c10::IValue& value, const c10::TypePtr& type);

std::vector<std::string> strings_from(napi_env env, napi_value array);

inline napi_value to_js_strings(napi_env env, const std::vector<std::string>& strings) {
  return to_js_array(env, strings, [env](const std::string& text) { return to_js(env, std::string_view(text)); });
}

}  // namespace tsorch
