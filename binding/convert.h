// JavaScript values from and to IValues, by the types of an operator's schema.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include "signature.h"

namespace tsorch {

enum class ValueType {
  kTensor,
  kInt,
  kFloat,
  kComplex,
  kBool,
  kNumber,
  kString,
  kDtype,
  kLayout,
  kMemoryFormat,
  kDevice,
  kGenerator,
  kTensorList,
  kOptionalTensorList,
  kIntList,
  kFloatList,
  kBoolList,
  kNumberList,
  kStringList,
  kAny,
  kUnsupported,
};

// A schema type, decided once per operator.
struct Conversion {
  ValueType type = ValueType::kUnsupported;
  bool optional = false;
  int64_t size = 0;      // of a fixed list: a single value stands for so many
  std::string spelling;  // the schema's own, for error sentences

  explicit Conversion(const c10::TypePtr& type);
  explicit Conversion(const c10::Argument& argument);
};

struct ArgumentName {
  const std::string& function;
  const std::string& parameter;
};

// Throws a TypeError naming the argument if the value is not of the type.
c10::IValue to_ivalue(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name);

// Positional arguments from `first` on as one list of ints: view(2, 3).
c10::IValue to_int_list(napi_env env, c10::ArrayRef<JsArgument> arguments, const ArgumentName& name);

at::Scalar to_scalar(napi_env env, const JsArgument& argument);
int64_t to_int(napi_env env, const JsArgument& argument);
// type * 256 + index + 1: a device as one number, so that JavaScript can keep one object of each.
inline int64_t device_code(c10::Device device) {
  return static_cast<int64_t>(device.type()) * 256 + device.index() + 1;
}

c10::Device to_device(napi_env env, const JsArgument& argument);

// Note [Results]
// A tensor becomes an external, plain values become themselves. What is neither becomes an array whose first element
// says what it is: null for a list, an array of names for a named tuple, or 'tuple', 'complex' (two numbers follow),
// 'list' (a native one follows), 'argument' (an element of a list argument follows), 'dtype', 'layout', 'memoryFormat',
// 'device' (their code follows), 'error' (what is to be thrown follows). lib/ops.ts reads them.
napi_value to_js(Environment& environment, const c10::IValue& value, const c10::TypePtr& type);
napi_value tagged(Environment& environment, std::string_view tag, napi_value value);
// A JavaScript array. Its elements are the arguments of one call: to set them one by one takes many times as long.
napi_value to_js_array(Environment& environment, c10::ArrayRef<napi_value> elements);

}  // namespace tsorch
