// IValues to JavaScript: what an operator returns.
#include <ATen/core/jit_type.h>

#include "convert.h"
#include "values.h"

namespace tsorch {

napi_value tagged(Environment& environment, std::string_view tag, std::initializer_list<napi_value> values) {
  napi_env env = environment.env;
  napi_value array = nullptr;
  check(env, napi_create_array_with_length(env, values.size() + 1, &array));
  check(env, napi_set_element(env, array, 0, to_js(env, tag)));
  uint32_t i = 1;
  for (napi_value value : values) check(env, napi_set_element(env, array, i++, value));
  return array;
}

namespace {

napi_value list_to_js(Environment& environment, const auto& values, const c10::TypePtr& element_type) {
  napi_env env = environment.env;
  napi_value array = nullptr;
  check(env, napi_create_array_with_length(env, values.size() + 1, &array));
  check(env, napi_set_element(env, array, 0, null_value(env)));
  uint32_t i = 1;
  for (const c10::IValue& value : values) {
    check(env, napi_set_element(env, array, i++, to_js(environment, value, element_type)));
  }
  return array;
}

napi_value int_to_js(Environment& environment, int64_t number, const c10::TypePtr& type) {
  napi_env env = environment.env;
  switch (type->kind()) {
    case c10::TypeKind::ScalarTypeType:
      return tagged(environment, "dtype", {to_js(env, number)});
    case c10::TypeKind::LayoutType:
      return tagged(environment, "layout", {to_js(env, number)});
    case c10::TypeKind::MemoryFormatType:
      return tagged(environment, "memoryFormat", {to_js(env, number)});
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
    return tagged(environment, "complex", {to_js(env, number.real()), to_js(env, number.imag())});
  }
  if (value.isDevice()) return tagged(environment, "device", {to_js(env, device_code(value.toDevice()))});
  if (value.isSymInt()) return to_js(env, value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isList()) {
    const auto* list = type->castRaw<c10::ListType>();
    return list_to_js(environment, value.toListRef(), list != nullptr ? list->getElementType() : c10::AnyType::get());
  }
  if (value.isTuple()) return list_to_js(environment, value.toTupleRef().elements(), c10::AnyType::get());
  throw runtime_error("a result of type " + value.tagKind() + " has no JavaScript equivalent");
}

}  // namespace tsorch
