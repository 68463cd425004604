// IValues to JavaScript: what an operator returns.
#include <ATen/core/jit_type.h>

#include "convert.h"
#include "values.h"

namespace tsorch {

napi_value to_js_array(Environment& environment, c10::ArrayRef<napi_value> elements) {
  // Arguments lie on the stack, which has an end.
  constexpr size_t kMostArguments = 256;
  napi_env env = environment.env;
  if (elements.size() > kMostArguments) return to_js_array(env, elements, [](napi_value element) { return element; });
  napi_value function = nullptr;
  napi_value array = nullptr;
  check(env, napi_get_reference_value(env, environment.make_array, &function));
  check(env, napi_call_function(env, undefined_value(env), function, elements.size(), elements.data(), &array));
  return array;
}

napi_value tagged(Environment& environment, std::string_view tag, napi_value value) {
  return to_js_array(environment, {to_js(environment.env, tag), value});
}

namespace {

napi_value list_to_js(Environment& environment, const auto& values, const c10::TypePtr& element_type) {
  c10::SmallVector<napi_value, 8> elements{null_value(environment.env)};
  for (const c10::IValue& value : values) elements.push_back(to_js(environment, value, element_type));
  return to_js_array(environment, elements);
}

napi_value int_to_js(Environment& environment, int64_t number, const c10::TypePtr& type) {
  napi_env env = environment.env;
  switch (type->kind()) {
    case c10::TypeKind::ScalarTypeType:
      return tagged(environment, "dtype", to_js(env, number));
    case c10::TypeKind::LayoutType:
      return tagged(environment, "layout", to_js(env, number));
    case c10::TypeKind::MemoryFormatType:
      return tagged(environment, "memoryFormat", to_js(env, number));
    default:
      return to_js(env, number);
  }
}

}  // namespace

napi_value to_js(Environment& environment, const c10::IValue& value, const c10::TypePtr& type) {
  napi_env env = environment.env;
  if (value.isTensor()) return to_js(environment, value.toTensor());
  if (value.isNone()) return null_value(env);
  if (value.isInt()) return int_to_js(environment, value.toInt(), type);
  if (value.isDouble()) return to_js(env, value.toDouble());
  if (value.isBool()) return to_js(env, value.toBool());
  if (value.isString()) return to_js(env, std::string_view(value.toStringRef()));
  if (value.isComplexDouble()) {
    const auto number = value.toComplexDouble();
    return to_js_array(environment,
                       {to_js(env, std::string_view("complex")), to_js(env, number.real()), to_js(env, number.imag())});
  }
  if (value.isDevice()) return tagged(environment, "device", to_js(env, device_code(value.toDevice())));
  if (value.isSymInt()) return to_js(env, value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isList()) {
    const auto* list = type->castRaw<c10::ListType>();
    return list_to_js(environment, value.toListRef(), list != nullptr ? list->getElementType() : c10::AnyType::get());
  }
  if (value.isTuple()) return list_to_js(environment, value.toTupleRef().elements(), c10::AnyType::get());
  throw runtime_error("a result of type " + value.tagKind() + " has no JavaScript equivalent");
}

}  // namespace tsorch
