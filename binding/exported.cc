#include "exported.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "preconditions.h"
#include "script_values.h"

namespace tsorch {

template <>
struct KindOf<c10::OperatorHandle> : std::integral_constant<Kind, Kind{66}> {};

namespace {

// A float that is whole says so, as ["float", number]: JavaScript's numbers alone do not tell.
std::optional<double> float_from(napi_env env, napi_value value) {
  if (!is_array(env, value) || array_length(env, value) != 2) return std::nullopt;
  const napi_value tag = element(env, value, 0);
  if (type_of(env, tag) != napi_string || string_from(env, tag) != "float") return std::nullopt;
  return double_from(env, element(env, value, 1));
}

c10::IValue argument_from(napi_env env, napi_value value, const c10::Argument& argument, const std::string& function) {
  c10::TypePtr type = argument.real_type();
  if (const auto number = float_from(env, value)) {
    if (const auto* optional = type->castRaw<c10::OptionalType>()) type = optional->getElementType();
    if (type->kind() != c10::TypeKind::TensorType) return *number;
    at::Tensor tensor = c10::scalar_to_tensor(*number);
    tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
    return tensor;
  }
  return to_ivalue(env, JsArgument(env, value), Conversion(argument), {function, argument.name()});
}

// findOperator(name, overload): [operator, names of its arguments, count of results], or null
napi_value find_operator(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const std::string name = string_from(env, arguments[0]);
  const auto found = c10::Dispatcher::singleton().findSchema({name, string_from(env, arguments[1])});
  if (!found) return null_value(env);
  const auto& schema = found->schema();
  const std::vector<napi_value> parts = {
      box(env, *found),
      to_js_array(env, schema.arguments(),
                  [env](const c10::Argument& argument) { return to_js(env, std::string_view(argument.name())); }),
      to_js(env, static_cast<int64_t>(schema.returns().size()))};
  return to_js_array(environment, parts);
}

// callOperator(operator, values): values in the order of the schema, undefined for defaults; the results as a list
napi_value call_operator(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto& handle = unbox<c10::OperatorHandle>(env, arguments[0], "an operator");
  const auto& schema = handle.schema();
  const uint32_t given = array_length(env, arguments[1]);
  torch::jit::Stack stack;
  for (uint32_t i = 0; i < schema.arguments().size(); ++i) {
    const c10::Argument& argument = schema.arguments()[i];
    const napi_value value = i < given ? element(env, arguments[1], i) : undefined_value(env);
    if (type_of(env, value) != napi_undefined) {
      stack.push_back(argument_from(env, value, argument, schema.name()));
    } else if (argument.default_value()) {
      stack.push_back(*argument.default_value());
    } else {
      throw type_error(schema.name() + "() is missing value for argument '" + argument.name() + "'.");
    }
  }
  if (const Precondition precondition = precondition_of(schema.name())) precondition(stack);
  handle.callBoxed(stack);
  std::vector<napi_value> results = {null_value(env)};
  for (size_t i = 0; i < stack.size(); ++i) {
    results.push_back(value_to_js(environment, stack[i], schema.returns()[i].real_type()));
  }
  return to_js_array(environment, results);
}

}  // namespace

void export_exported(Environment& environment, napi_value exports) {
  export_function<find_operator>(environment, exports, "findOperator");
  export_function<call_operator>(environment, exports, "callOperator");
}

}  // namespace tsorch
