#include "script_values.h"

#include "values.h"

namespace tsorch {

c10::IValue from_js(napi_env env, napi_value value, const c10::TypePtr& type, const ArgumentName& name) {
  const JsArgument argument(env, value);
  const bool is_missing = argument.type == napi_null || !argument.given();
  // Operators take a number for a tensor, TorchScript does not.
  if (type->kind() == c10::TypeKind::TensorType && !argument.is(Kind::kTensor)) {
    throw type_error(name.function + "() Expected a value of type 'Tensor' for argument '" + name.parameter +
                     "' but instead found type '" + type_name(env, argument) + "'.");
  }
  const bool is_list = argument.type == napi_object && is_array(env, value);
  if (const auto* optional = type->castRaw<c10::OptionalType>()) {
    return is_missing ? c10::IValue() : from_js(env, value, optional->getElementType(), name);
  }
  const auto* tuple = type->castRaw<c10::TupleType>();
  if (tuple != nullptr && is_list && array_length(env, value) == tuple->elements().size()) {
    std::vector<c10::IValue> elements;
    for (uint32_t i = 0; i < tuple->elements().size(); ++i) {
      elements.push_back(from_js(env, element(env, value, i), tuple->elements()[i], name));
    }
    return c10::ivalue::Tuple::create(std::move(elements));
  }
  const auto* dict = type->castRaw<c10::DictType>();
  if (dict != nullptr && is_list && array_length(env, value) % 2 == 0) {
    c10::impl::GenericDict entries(dict->getKeyType(), dict->getValueType());
    for (uint32_t i = 0; i < array_length(env, value); i += 2) {
      entries.insert_or_assign(from_js(env, element(env, value, i), dict->getKeyType(), name),
                               from_js(env, element(env, value, i + 1), dict->getValueType(), name));
    }
    return entries;
  }
  const auto* list = type->castRaw<c10::ListType>();
  if (list != nullptr && is_list) {
    c10::impl::GenericList elements(list->getElementType());
    for (uint32_t i = 0; i < array_length(env, value); ++i) {
      elements.push_back(from_js(env, element(env, value, i), list->getElementType(), name));
    }
    return elements;
  }
  return to_ivalue(env, argument, Conversion(type), name);
}

namespace {

c10::IValue inferred_dict(napi_env env, napi_value value) {
  std::vector<c10::IValue> parts;
  for (uint32_t i = 1; i < array_length(env, value); ++i)
    parts.push_back(inferred_from_js(env, element(env, value, i)));
  if (parts.empty()) throw value_error("a dictionary that is traced must not be empty");
  c10::impl::GenericDict entries(parts[0].type(), parts[1].isTensor() ? c10::TensorType::get() : parts[1].type());
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (parts[i].tagKind() != parts[0].tagKind() || parts[i + 1].tagKind() != parts[1].tagKind()) {
      throw type_error("the keys of a dictionary that is traced must be of one type, and so must its values");
    }
    entries.insert_or_assign(parts[i], parts[i + 1]);
  }
  return entries;
}

}  // namespace

c10::IValue inferred_from_js(napi_env env, napi_value value) {
  const JsArgument argument(env, value);
  if (argument.type != napi_object || !is_array(env, value)) {
    static const std::string function = "trace";
    static const std::string parameter = "example_inputs";
    return to_ivalue(env, argument, Conversion(c10::AnyType::get()), {function, parameter});
  }
  const uint32_t length = array_length(env, value);
  if (length > 0 && type_of(env, element(env, value, 0)) == napi_string) return inferred_dict(env, value);
  std::vector<c10::IValue> elements;
  for (uint32_t i = 1; i < length; ++i) elements.push_back(inferred_from_js(env, element(env, value, i)));
  return c10::ivalue::Tuple::create(std::move(elements));
}

napi_value value_to_js(Environment& environment, const c10::IValue& value, const c10::TypePtr& type) {
  napi_env env = environment.env;
  if (value.isModule()) return box(env, value.toModule());
  std::vector<napi_value> parts;
  if (value.isGenericDict()) {
    parts.push_back(to_js(env, std::string_view("dict")));
    for (const auto& entry : value.toGenericDict()) {
      parts.push_back(value_to_js(environment, entry.key(), c10::AnyType::get()));
      parts.push_back(value_to_js(environment, entry.value(), c10::AnyType::get()));
    }
  } else if (value.isList()) {
    parts.push_back(null_value(env));
    for (const c10::IValue& item : value.toListRef()) {
      parts.push_back(value_to_js(environment, item, c10::AnyType::get()));
    }
  } else if (value.isTuple()) {
    parts.push_back(null_value(env));
    for (const c10::IValue& item : value.toTupleRef().elements()) {
      parts.push_back(value_to_js(environment, item, c10::AnyType::get()));
    }
  } else {
    return to_js(environment, value, type);
  }
  return to_js_array(env, parts, [](napi_value part) { return part; });
}

std::vector<std::string> strings_from(napi_env env, napi_value array) {
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array_length(env, array); ++i) strings.push_back(string_from(env, element(env, array, i)));
  return strings;
}

}  // namespace tsorch
