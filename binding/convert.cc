#include "convert.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/jit_type.h>

#include "values.h"

namespace tsorch {

namespace {

ValueType list_type(const c10::TypePtr& element) {
  switch (element->kind()) {
    case c10::TypeKind::TensorType:
      return ValueType::kTensorList;
    case c10::TypeKind::OptionalType:
      return element->castRaw<c10::OptionalType>()->getElementType()->kind() == c10::TypeKind::TensorType
                 ? ValueType::kOptionalTensorList
                 : ValueType::kUnsupported;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return ValueType::kIntList;
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType:
      return ValueType::kFloatList;
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType:
      return ValueType::kBoolList;
    case c10::TypeKind::NumberType:
      return ValueType::kNumberList;
    case c10::TypeKind::StringType:
      return ValueType::kStringList;
    default:
      return ValueType::kUnsupported;
  }
}

ValueType value_type(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return ValueType::kTensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return ValueType::kInt;
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType:
      return ValueType::kFloat;
    case c10::TypeKind::ComplexType:
      return ValueType::kComplex;
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType:
      return ValueType::kBool;
    case c10::TypeKind::NumberType:
      return ValueType::kNumber;
    case c10::TypeKind::StringType:
      return ValueType::kString;
    case c10::TypeKind::ScalarTypeType:
      return ValueType::kDtype;
    case c10::TypeKind::LayoutType:
      return ValueType::kLayout;
    case c10::TypeKind::MemoryFormatType:
      return ValueType::kMemoryFormat;
    case c10::TypeKind::DeviceObjType:
      return ValueType::kDevice;
    case c10::TypeKind::GeneratorType:
      return ValueType::kGenerator;
    case c10::TypeKind::ListType:
      return list_type(type->castRaw<c10::ListType>()->getElementType());
    case c10::TypeKind::AnyType:
      return ValueType::kAny;
    default:
      return ValueType::kUnsupported;
  }
}

[[noreturn]] void throw_wrong_type(napi_env env, const JsArgument& argument, const Conversion& to,
                                   const ArgumentName& name) {
  throw type_error(name.function + "(): argument '" + name.parameter + "' must be " + to.spelling + ", not " +
                   type_name(env, argument));
}

at::Tensor to_tensor(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name);

// What is wrong with one of a list's elements: PyTorch's sentence counts from 1.
[[noreturn]] void throw_not_unpacked(napi_env env, const JsArgument& item, size_t index, const char* expected,
                                     const ArgumentName& name) {
  throw type_error(name.function + "(): argument '" + name.parameter + "' failed to unpack the object at pos " +
                   std::to_string(index + 1) + " with error \"type must be " + expected + ",but got " +
                   type_name(env, item) + "\"");
}

// The elements of a list as C++ values.
template <class T, class Convert>
std::vector<T> to_vector(napi_env env, const JsArgument& list, const ArgumentName& name, const char* expected,
                         const Convert& convert) {
  std::vector<T> values;
  values.reserve(list.items.size());
  for (const JsArgument& item : list.items) {
    std::optional<T> value = convert(item);
    if (!value) throw_not_unpacked(env, item, values.size(), expected, name);
    values.push_back(*std::move(value));
  }
  return values;
}

std::optional<int64_t> try_int(napi_env env, const JsArgument& argument) {
  if (!is_index(argument)) return std::nullopt;
  return to_int(env, argument);
}

std::optional<double> try_double(napi_env env, const JsArgument& argument) {
  if (argument.type == napi_number) return argument.number;
  if (argument.type == napi_bigint) return static_cast<double>(to_int(env, argument));
  if (argument.is(Kind::kTensor) && tensor_of(*argument.native).numel() == 1) {
    return tensor_of(*argument.native).item().toDouble();
  }
  return std::nullopt;
}

bool is_scalar(const JsArgument& argument) {
  return argument.type == napi_number || argument.type == napi_bigint || argument.type == napi_boolean ||
         argument.is(Kind::kComplex);
}

std::optional<at::Scalar> try_scalar(napi_env env, const JsArgument& argument) {
  if (is_scalar(argument) || (argument.is(Kind::kTensor) && tensor_of(*argument.native).numel() == 1)) {
    return to_scalar(env, argument);
  }
  return std::nullopt;
}

c10::IValue to_list(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name) {
  switch (to.type) {
    case ValueType::kTensorList:
      return to_vector<at::Tensor>(env, argument, name, "Tensor", [&](const JsArgument& item) {
        return item.is(Kind::kTensor) ? std::optional(tensor_of(*item.native)) : std::nullopt;
      });
    case ValueType::kOptionalTensorList: {
      c10::List<std::optional<at::Tensor>> list;
      for (const JsArgument& item : argument.items) {
        if (item.is(Kind::kTensor)) {
          list.push_back(tensor_of(*item.native));
        } else if (item.type == napi_null || !item.given()) {
          list.push_back(std::nullopt);
        } else {
          throw_wrong_type(env, item, to, name);
        }
      }
      return list;
    }
    case ValueType::kIntList:
      return to_int_list(env, argument.items, name);
    case ValueType::kFloatList:
      return to_vector<double>(env, argument, name, "tuple of floats",
                               [&](const JsArgument& item) { return try_double(env, item); });
    case ValueType::kBoolList: {
      c10::List<bool> list;
      for (const bool flag : to_vector<bool>(env, argument, name, "tuple of bools", [&](const JsArgument& item) {
             return item.type == napi_boolean ? std::optional(bool_from(env, item.value)) : std::nullopt;
           })) {
        list.push_back(flag);
      }
      return list;
    }
    case ValueType::kStringList:
      return to_vector<std::string>(env, argument, name, "tuple of strs", [&](const JsArgument& item) {
        return item.type == napi_string ? std::optional(string_from(env, item.value)) : std::nullopt;
      });
    default: {
      c10::impl::GenericList list(c10::NumberType::get());
      for (const at::Scalar& number :
           to_vector<at::Scalar>(env, argument, name, "tuple of Scalars",
                                 [&](const JsArgument& item) { return try_scalar(env, item); })) {
        list.push_back(number);
      }
      return list;
    }
  }
}

// One value where the schema asks for a list of fixed length stands for so many of them.
c10::IValue to_fixed_list(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name) {
  if (to.type == ValueType::kIntList) {
    if (const auto number = try_int(env, argument)) return std::vector<int64_t>(to.size, *number);
  } else if (to.type == ValueType::kFloatList) {
    if (const auto number = try_double(env, argument)) return std::vector<double>(to.size, *number);
  }
  throw_wrong_type(env, argument, to, name);
}

at::Tensor to_tensor(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name) {
  if (argument.is(Kind::kTensor)) return tensor_of(*argument.native);
  // A Python number takes part in type promotion as a 0-d tensor that yields to tensors with dimensions.
  if (!is_scalar(argument)) throw_wrong_type(env, argument, to, name);
  at::Tensor number = c10::scalar_to_tensor(to_scalar(env, argument));
  number.unsafeGetTensorImpl()->set_wrapped_number(true);
  return number;
}

c10::IValue to_inferred(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name) {
  if (argument.type == napi_null || !argument.given()) return {};
  if (argument.is(Kind::kTensor)) return tensor_of(*argument.native);
  if (argument.type == napi_boolean) return bool_from(env, argument.value);
  if (argument.type == napi_string) return string_from(env, argument.value);
  if (is_scalar(argument)) return to_scalar(env, argument);
  throw_wrong_type(env, argument, to, name);
}

// Python's words for a number that 64 bits cannot hold.
Error overflow_error(napi_env env, napi_value bigint) {
  int negative = 0;
  uint64_t word = 0;
  size_t words = 1;
  check(env, napi_get_value_bigint_words(env, bigint, &negative, &words, &word));
  return {"OverflowError", negative != 0 ? "can't convert negative int to unsigned" : "int too big to convert"};
}

}  // namespace

Conversion::Conversion(const c10::TypePtr& schema_type) {
  c10::TypePtr inner = schema_type;
  if (const auto* maybe = inner->castRaw<c10::OptionalType>(); maybe != nullptr) {
    optional = true;
    inner = maybe->getElementType();
  }
  type = value_type(inner);
  spelling = inner->annotation_str();
}

Conversion::Conversion(const c10::Argument& argument) : Conversion(argument.real_type()) {
  size = argument.N().value_or(0);
}

int64_t to_int(napi_env env, const JsArgument& argument) {
  if (argument.is(Kind::kTensor)) return tensor_of(*argument.native).item().toLong();
  if (argument.type == napi_number && is_whole(argument.number)) return static_cast<int64_t>(argument.number);
  return int_from(env, argument.value);
}

at::Scalar to_scalar(napi_env env, const JsArgument& argument) {
  if (argument.type == napi_number) {
    if (is_whole(argument.number)) return static_cast<int64_t>(argument.number);
    return argument.number;
  }
  if (argument.type == napi_bigint) {
    int64_t number = 0;
    bool lossless = false;
    check(env, napi_get_value_bigint_int64(env, argument.value, &number, &lossless));
    if (lossless) return number;
    uint64_t unsigned_number = 0;
    check(env, napi_get_value_bigint_uint64(env, argument.value, &unsigned_number, &lossless));
    if (!lossless) throw overflow_error(env, argument.value);
    return unsigned_number;
  }
  if (argument.type == napi_boolean) return bool_from(env, argument.value);
  if (argument.is(Kind::kComplex)) return unbox<c10::complex<double>>(*argument.native);
  if (argument.is(Kind::kTensor)) return tensor_of(*argument.native).item();
  throw type_error("expected a number, not " + type_name(env, argument));
}

c10::Device to_device(napi_env env, const JsArgument& argument) {
  if (argument.is(Kind::kDevice)) return unbox<c10::Device>(*argument.native);
  if (argument.type == napi_string) return c10::Device(string_from(env, argument.value));
  const int64_t index = int_from(env, argument.value);
  if (index < 0) throw runtime_error("Device index must not be negative");
  if (index > std::numeric_limits<c10::DeviceIndex>::max()) throw runtime_error("Device index is out of range");
  return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
}

c10::IValue to_int_list(napi_env env, c10::ArrayRef<JsArgument> arguments, const ArgumentName& name) {
  c10::List<int64_t> numbers;
  numbers.reserve(arguments.size());
  for (const JsArgument& argument : arguments) {
    const auto number = try_int(env, argument);
    if (!number) throw_not_unpacked(env, argument, numbers.size(), "tuple of ints", name);
    numbers.push_back(*number);
  }
  return numbers;
}

c10::IValue to_ivalue(napi_env env, const JsArgument& argument, const Conversion& to, const ArgumentName& name) {
  if (argument.type == napi_null || !argument.given()) {
    if (to.optional || to.type == ValueType::kAny) return {};
    throw_wrong_type(env, argument, to, name);
  }
  switch (to.type) {
    case ValueType::kTensor:
      return to_tensor(env, argument, to, name);
    case ValueType::kInt:
      if (const auto number = try_int(env, argument)) return *number;
      break;
    case ValueType::kFloat:
      if (const auto number = try_double(env, argument)) return *number;
      break;
    case ValueType::kComplex:
      if (const auto number = try_scalar(env, argument)) return number->toComplexDouble();
      break;
    case ValueType::kBool:
      if (argument.type == napi_boolean) return bool_from(env, argument.value);
      break;
    case ValueType::kNumber:
      if (const auto number = try_scalar(env, argument)) return *number;
      break;
    case ValueType::kString:
      if (argument.type == napi_string) return string_from(env, argument.value);
      break;
    case ValueType::kDtype:
      if (argument.is(Kind::kDtype)) return static_cast<int64_t>(unbox<at::ScalarType>(*argument.native));
      break;
    case ValueType::kLayout:
      if (argument.is(Kind::kLayout)) return static_cast<int64_t>(unbox<c10::Layout>(*argument.native));
      break;
    case ValueType::kMemoryFormat:
      if (argument.is(Kind::kMemoryFormat)) return static_cast<int64_t>(unbox<c10::MemoryFormat>(*argument.native));
      break;
    case ValueType::kDevice:
      if (argument.is(Kind::kDevice) || argument.type == napi_string || argument.type == napi_number) {
        return to_device(env, argument);
      }
      break;
    case ValueType::kGenerator:
      if (argument.is(Kind::kGenerator)) return unbox<at::Generator>(*argument.native);
      break;
    case ValueType::kAny:
      return to_inferred(env, argument, to, name);
    case ValueType::kUnsupported:
      break;
    default:
      if (to.type == ValueType::kTensorList && argument.is(Kind::kTensorList)) {
        return unbox<TensorVector>(*argument.native);
      }
      if (argument.list) return to_list(env, argument, to, name);
      if (to.size > 0) return to_fixed_list(env, argument, to, name);
  }
  throw_wrong_type(env, argument, to, name);
}

}  // namespace tsorch
