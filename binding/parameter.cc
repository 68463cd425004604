// Which JavaScript values a parameter accepts, and how types are named in error sentences.
#include "signature.h"
#include "values.h"

namespace tsorch {

namespace {

// A tensor that may stand for a Python number: 0-d and outside autograd. Disposed ones are refused when they are read.
bool is_number_tensor(const JsArgument& argument, bool integral) {
  if (!argument.is(Kind::kTensor)) return false;
  const at::Tensor& tensor = tensor_of(*argument.native);
  return tensor.dim() == 0 && !tensor.requires_grad() &&
         (!integral || at::isIntegralType(tensor.scalar_type(), /*includeBool=*/false));
}

bool is_int(const JsArgument& argument) {
  return argument.type == napi_bigint || (argument.type == napi_number && is_whole(argument.number));
}

bool is_number(const JsArgument& argument) {
  return argument.type == napi_number || argument.type == napi_bigint || argument.type == napi_boolean;
}

// As PyTorch does, only the first element is looked at: a wrong one later is a failure to unpack.
template <class Accepts>
bool is_list_of(const JsArgument& argument, int64_t* failed_index, const Accepts& accepts) {
  if (!argument.list) return false;
  if (argument.items.empty() || accepts(argument.items[0])) return true;
  if (failed_index != nullptr) *failed_index = 0;
  return false;
}

bool is_tensor_list(napi_env env, const JsArgument& argument, size_t index, bool optional) {
  if (argument.is(Kind::kTensorList)) return !optional;
  if (!argument.list) return false;
  for (size_t i = 0; i < argument.items.size(); ++i) {
    const JsArgument& item = argument.items[i];
    if (item.is(Kind::kTensor) || (optional && (item.type == napi_null || !item.given()))) continue;
    throw type_error("expected Tensor as element " + std::to_string(i) + " in argument " + std::to_string(index) +
                     ", but got " + type_name(env, item));
  }
  return true;
}

}  // namespace

bool is_index(const JsArgument& argument) {
  if (is_int(argument)) return true;
  if (!argument.is(Kind::kTensor)) return false;
  const at::Tensor& tensor = tensor_of(*argument.native);
  return tensor.numel() == 1 && at::isIntegralType(tensor.scalar_type(), /*includeBool=*/true);
}

bool Parameter::accepts(napi_env env, const JsArgument& argument, size_t index, int64_t* failed_index) const {
  switch (type) {
    case ParameterType::kTensor:
      return argument.is(Kind::kTensor) || (numbers_as_tensors && (is_number(argument) || argument.is(Kind::kComplex)));
    case ParameterType::kScalar:
      return is_number(argument) || argument.is(Kind::kComplex) || is_number_tensor(argument, false);
    case ParameterType::kComplex:
      return argument.type == napi_number || argument.type == napi_bigint || argument.is(Kind::kComplex) ||
             is_number_tensor(argument, false);
    case ParameterType::kDouble:
      return argument.type == napi_number || argument.type == napi_bigint || is_number_tensor(argument, false);
    case ParameterType::kInt:
      return is_int(argument) || is_number_tensor(argument, true);
    case ParameterType::kSymInt:
      return is_index(argument);
    case ParameterType::kBool:
      return argument.type == napi_boolean;
    case ParameterType::kString:
      return argument.type == napi_string;
    case ParameterType::kDtype:
      return argument.is(Kind::kDtype);
    case ParameterType::kLayout:
      return argument.is(Kind::kLayout);
    case ParameterType::kMemoryFormat:
      return argument.is(Kind::kMemoryFormat);
    case ParameterType::kDevice:
      return argument.is(Kind::kDevice) || argument.type == napi_string || is_int(argument);
    case ParameterType::kGenerator:
      return argument.is(Kind::kGenerator);
    case ParameterType::kStorage:
    case ParameterType::kStream:
      return false;
    case ParameterType::kTensorList:
      return is_tensor_list(env, argument, index, /*optional=*/false);
    case ParameterType::kOptionalTensorList:
      return is_tensor_list(env, argument, index, /*optional=*/true);
    case ParameterType::kIntList:
      return (size > 0 && is_index(argument)) || is_list_of(argument, failed_index, is_index);
    case ParameterType::kDoubleList:
      return is_list_of(argument, nullptr, [](const JsArgument& item) {
        return item.type == napi_number || item.type == napi_bigint || item.is(Kind::kComplex);
      });
    case ParameterType::kScalarList:
      return is_list_of(argument, nullptr,
                        [](const JsArgument& item) { return is_number(item) || item.is(Kind::kComplex); });
  }
  return false;
}

const char* Parameter::type_name() const {
  switch (type) {
    case ParameterType::kTensor:
      return "Tensor";
    case ParameterType::kScalar:
      return "Number";
    case ParameterType::kInt:
    case ParameterType::kSymInt:
      return "int";
    case ParameterType::kDouble:
      return "float";
    case ParameterType::kComplex:
      return "complex";
    case ParameterType::kBool:
      return "bool";
    case ParameterType::kString:
      return "str";
    case ParameterType::kDtype:
      return "torch.dtype";
    case ParameterType::kLayout:
      return "torch.layout";
    case ParameterType::kMemoryFormat:
      return "torch.memory_format";
    case ParameterType::kDevice:
      return "torch.device";
    case ParameterType::kGenerator:
      return "torch.Generator";
    case ParameterType::kStorage:
      return "torch.Storage";
    case ParameterType::kStream:
      return "torch.Stream";
    case ParameterType::kTensorList:
    case ParameterType::kOptionalTensorList:
      return "tuple of Tensors";
    case ParameterType::kIntList:
      return "tuple of ints";
    case ParameterType::kDoubleList:
      return "tuple of floats";
    case ParameterType::kScalarList:
      return "tuple of Scalars";
  }
  return "object";
}

std::string type_name(napi_env env, const JsArgument& argument) {
  switch (argument.type) {
    case napi_number:
      return is_whole(argument.number) ? "int" : "float";
    case napi_bigint:
      return "int";
    case napi_boolean:
      return "bool";
    case napi_string:
      return "string";
    case napi_symbol:
      return "symbol";
    case napi_function:
      return "function";
    case napi_null:
      return "NoneType";
    case napi_undefined:
      return "undefined";
    case napi_object:
      return is_array(env, argument.value) ? "list" : "object";
    case napi_external:
      break;
  }
  if (argument.native == nullptr) return "object";
  switch (argument.native->kind) {
    case Kind::kTensor:
      return "Tensor";
    case Kind::kDtype:
      return "torch.dtype";
    case Kind::kDevice:
      return "torch.device";
    case Kind::kLayout:
      return "torch.layout";
    case Kind::kMemoryFormat:
      return "torch.memory_format";
    case Kind::kGenerator:
      return "torch.Generator";
    case Kind::kComplex:
      return "complex";
    case Kind::kNode:
      return "Node";
    case Kind::kTensorList:
      return "list";
  }
  return "object";
}

}  // namespace tsorch
