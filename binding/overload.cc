// Rows of the generated table: which aten overload a Python signature stands for and how its arguments map.
#include <torch/headeronly/version.h>

#include "dispatch.h"

namespace tsorch {

namespace {

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

std::string field(std::string_view row, size_t index) {
  const auto fields = split(row, "|");
  return index < fields.size() ? fields[index] : std::string();
}

c10::IValue parse_constant(const std::string& text) {
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False") return false;
  if (text == "None" || text == "{}" || text == "c10::nullopt" || text == "::std::nullopt") return {};
  if (text.find('.') != std::string::npos) return std::stod(text);
  return static_cast<int64_t>(std::stoll(text));
}

// The signature's name for one of the schema's arguments: Python calls `self` of a function `input`.
std::optional<size_t> find_parameter(const Signature& signature, const std::string& name) {
  if (const auto found = signature.find(name)) return found;
  return name == "self" ? signature.find("input") : std::nullopt;
}

// The text of a schema as a Python signature: what torch.ops shows and matches.
std::string signature_text(const c10::FunctionSchema& schema) {
  const auto type_text = [](const c10::Argument& argument) -> std::string {
    const Conversion conversion(argument);
    const std::string mark = conversion.optional ? "?" : "";
    const std::string size = conversion.size > 0 ? "[" + std::to_string(conversion.size) + "]" : "";
    switch (conversion.type) {
      case ValueType::kTensor:
        return "Tensor" + mark;
      case ValueType::kInt:
        return "int64_t" + mark;
      case ValueType::kFloat:
        return "double" + mark;
      case ValueType::kComplex:
        return "complex" + mark;
      case ValueType::kBool:
        return "bool" + mark;
      case ValueType::kNumber:
        return "Scalar" + mark;
      case ValueType::kString:
        return "std::string" + mark;
      case ValueType::kDtype:
        return "ScalarType" + mark;
      case ValueType::kLayout:
        return "Layout" + mark;
      case ValueType::kMemoryFormat:
        return "MemoryFormat" + mark;
      case ValueType::kDevice:
        return "Device" + mark;
      case ValueType::kGenerator:
        return "Generator" + mark;
      case ValueType::kTensorList:
        return "TensorList" + mark;
      case ValueType::kOptionalTensorList:
        return "c10::List<::std::optional<Tensor>>" + mark;
      case ValueType::kIntList:
        return "IntArrayRef" + size + mark;
      case ValueType::kFloatList:
        return "ArrayRef<double>" + mark;
      case ValueType::kNumberList:
        return "ScalarList" + mark;
      default:
        return "object" + mark;
    }
  };
  std::string text = schema.operator_name().name.substr(schema.operator_name().name.find("::") + 2) + "(";
  bool keyword_already = false;
  bool first = true;
  for (const c10::Argument& argument : schema.arguments()) {
    if (!first) text += ", ";
    first = false;
    if (argument.kwarg_only() && !keyword_already) {
      text += "*, ";
      keyword_already = true;
    }
    text += type_text(argument) + " " + argument.name();
    if (argument.default_value().has_value()) {
      const c10::IValue& value = *argument.default_value();
      text += value.isNone() ? "=None" : value.isString() ? "=\"" + value.toStringRef() + "\"" : "=default";
    }
  }
  return text + ")";
}

}  // namespace

Overload::Overload(std::string_view row, bool is_method)
    : signature(field(row, 0), !field(row, 3).empty()), base_name_(field(row, 1)), out_name_(field(row, 2)) {
  if (const std::string call = field(row, 3); !call.empty()) call_ = split(call, ", ");
  if (!out_name_.empty()) {
    out = signature.find("out");
    // _softmax_backward_data calls it `grad_input`; torchgen puts it last.
    if (!out) out = signature.parameters().size() - 1;
  }
  requires_grad = signature.find("requires_grad");
  base_ = resolve(base_name_, is_method, /*with_out=*/false);
  if (!out_name_.empty()) with_out_ = resolve(out_name_, is_method, /*with_out=*/true);
}

Overload::Overload(const c10::OperatorHandle& handle)
    : signature(signature_text(handle.schema()), false), base_name_(c10::toString(handle.schema().operator_name())) {
  base_ = resolve(base_name_, /*is_method=*/false, /*with_out=*/false);
}

const Target& Overload::target(bool with_out) const {
  const std::optional<Target>& target = with_out ? with_out_ : base_;
  if (!target) {
    throw Error("NotImplementedError", signature.name() +
                                           "() needs the operator aten::" + (with_out ? out_name_ : base_name_) +
                                           ", which LibTorch " TORCH_VERSION " does not have");
  }
  return *target;
}

std::optional<Target> Overload::resolve(const std::string& aten_name, bool is_method, bool with_out) const {
  const auto dot = aten_name.find('.');
  const std::string name = aten_name.substr(0, dot);
  const std::string overload = dot == std::string::npos ? "" : aten_name.substr(dot + 1);
  const bool qualified = name.find("::") != std::string::npos;
  const auto handle = c10::Dispatcher::singleton().findSchema({qualified ? name : "aten::" + name, overload});
  if (!handle) return std::nullopt;

  Target target{*handle, {}, nullptr, precondition_of(handle->schema().name())};
  const auto& arguments = handle->schema().arguments();
  size_t outputs = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const c10::Argument& argument = arguments[i];
    Source source{Source::From::kDefault, 0, {}, Conversion(argument)};
    const std::string& expression = i < call_.size() ? call_[i] : argument.name();
    if (with_out && argument.is_out()) {
      // `out` is one tensor, or a list of them for operators with several outputs.
      const bool list = signature.parameters()[*out].type == ParameterType::kTensorList &&
                        source.conversion.type != ValueType::kTensorList;
      source.from = list ? Source::From::kOutElement : Source::From::kParameter;
      source.index = list ? outputs++ : *out;
    } else if (is_method && expression == "self") {
      source.from = Source::From::kReceiver;
    } else if (const auto parameter = find_parameter(signature, expression)) {
      source.from = Source::From::kParameter;
      source.index = *parameter;
      if (argument.default_value()) source.constant = *argument.default_value();
    } else if (i < call_.size()) {
      source.from = Source::From::kConstant;
      source.constant = parse_constant(expression);
    } else if (argument.default_value()) {
      source.constant = *argument.default_value();
    }
    target.sources.push_back(std::move(source));
  }
  return target;
}

}  // namespace tsorch
