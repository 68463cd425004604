#include "signature.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "values.h"

namespace tsorch {

namespace {

const std::map<std::string_view, ParameterType>& types_by_name() {
  static const std::map<std::string_view, ParameterType> types = {
      {"Tensor", ParameterType::kTensor},
      {"Scalar", ParameterType::kScalar},
      {"int64_t", ParameterType::kInt},
      {"DeviceIndex", ParameterType::kInt},
      {"SymInt", ParameterType::kSymInt},
      {"double", ParameterType::kDouble},
      {"complex", ParameterType::kComplex},
      {"bool", ParameterType::kBool},
      {"c10::string_view", ParameterType::kString},
      {"std::string", ParameterType::kString},
      {"ScalarType", ParameterType::kDtype},
      {"Layout", ParameterType::kLayout},
      {"MemoryFormat", ParameterType::kMemoryFormat},
      {"Device", ParameterType::kDevice},
      {"Generator", ParameterType::kGenerator},
      {"Storage", ParameterType::kStorage},
      {"Stream", ParameterType::kStream},
      {"TensorList", ParameterType::kTensorList},
      {"c10::List<::std::optional<Tensor>>", ParameterType::kOptionalTensorList},
      {"IntArrayRef", ParameterType::kIntList},
      {"SymIntArrayRef", ParameterType::kIntList},
      {"ArrayRef<double>", ParameterType::kDoubleList},
      {"ScalarList", ParameterType::kScalarList},
      {"ArrayRef<Scalar>", ParameterType::kScalarList},
  };
  return types;
}

// NumPy's names for some of PyTorch's parameters, accepted as keywords.
const std::map<std::string_view, std::vector<std::string_view>>& numpy_names() {
  static const std::map<std::string_view, std::vector<std::string_view>> names = {
      {"dim", {"axis"}}, {"keepdim", {"keepdims"}}, {"input", {"x", "a", "x1"}}, {"other", {"x2"}}};
  return names;
}

Parameter parse_parameter(std::string_view text, bool keyword_only) {
  const auto equals = text.find('=');
  const auto declaration = text.substr(0, equals);
  const auto space = declaration.rfind(' ');
  auto type = declaration.substr(0, space);

  Parameter parameter{};
  parameter.name = declaration.substr(space + 1);
  parameter.keyword = camel_case(parameter.name);
  parameter.keyword_only = keyword_only;
  if (const auto found = numpy_names().find(parameter.name); found != numpy_names().end()) {
    parameter.aliases = found->second;
  }
  if (type.ends_with('?')) {
    parameter.allow_none = true;
    parameter.optional = false;
    type.remove_suffix(1);
  }
  if (const auto bracket = type.find('['); bracket != std::string_view::npos) {
    parameter.size = std::atoll(std::string(type.substr(bracket + 1)).c_str());
    type = type.substr(0, bracket);
  }
  const auto found = types_by_name().find(type);
  if (found == types_by_name().end()) throw runtime_error("unknown parameter type in '" + std::string(text) + "'");
  parameter.type = found->second;
  if (equals != std::string_view::npos) {
    parameter.optional = true;
    parameter.default_text = text.substr(equals + 1);
    if (parameter.default_text == "None") parameter.allow_none = true;
  }
  return parameter;
}

// What a parameter is bound to that takes its default.
const JsArgument kNotGiven;

}  // namespace

JsArgument JsArgument::element(napi_env env, napi_value v) {
  JsArgument argument;
  argument.value = v;
  // Most are tensors, which one question settles.
  argument.native = native_of(env, v);
  argument.type = argument.native != nullptr ? napi_external : type_of(env, v);
  if (argument.type == napi_number) argument.number = double_from(env, v);
  return argument;
}

JsArgument::JsArgument(napi_env env, napi_value v) : JsArgument(element(env, v)) {
  if (type != napi_object || !is_array(env, v)) return;
  list = true;
  const uint32_t length = array_length(env, v);
  items.reserve(length);
  for (uint32_t i = 0; i < length; ++i) items.push_back(element(env, tsorch::element(env, v, i)));
}

std::string camel_case(std::string_view name) {
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool between = i > 0 && i + 1 < name.size() && name[i - 1] != '_';
    if (name[i] == '_' && between && std::isalnum(static_cast<unsigned char>(name[i + 1])) != 0) {
      result += static_cast<char>(std::toupper(static_cast<unsigned char>(name[++i])));
    } else {
      result += name[i];
    }
  }
  return result;
}

std::string snake_case(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    if (std::isupper(code) != 0) result += '_';
    result += static_cast<char>(std::tolower(code));
  }
  return result;
}

bool allows_numbers_as_tensors(std::string_view name) {
  static const std::set<std::string_view> allowed = {
      "add",    "add_",    "sub",         "sub_",         "mul",          "mul_",          "div",   "div_",
      "divide", "divide_", "multiply",    "multiply_",    "subtract",     "subtract_",     "to",    "_to_copy",
      "copy_",  "copy",    "true_divide", "true_divide_", "floor_divide", "floor_divide_", "_conj",
  };
  return allowed.contains(name);
}

Signature::Signature(std::string_view text, bool deprecated) : deprecated_(deprecated) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos) {
    throw runtime_error("malformed signature '" + std::string(text) + "'");
  }
  name_ = text.substr(0, open);
  const bool numbers_as_tensors = allows_numbers_as_tensors(name_);
  bool keyword_only = false;
  std::string_view rest = text.substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    const auto comma = rest.find(", ");
    const auto part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
    if (part == "*") {
      keyword_only = true;
      continue;
    }
    parameters_.push_back(parse_parameter(part, keyword_only));
    parameters_.back().numbers_as_tensors = numbers_as_tensors;
  }
  for (const Parameter& parameter : parameters_) {
    if (!parameter.optional) ++min_arguments_;
    if (!parameter.keyword_only) ++max_positional_;
  }
  variadic_ = max_positional_ == 1 && parameters_[0].type == ParameterType::kIntList;
}

std::string unknown_option(const std::string& name, const std::vector<std::string>& valid) {
  std::string text = "\nThere is no option '" + name + "'. Valid names:";
  for (size_t i = 0; i < valid.size(); ++i) text += (i > 0 ? ", " : " ") + valid[i];
  return text + ".";
}

std::optional<size_t> Signature::find(std::string_view python_name) const {
  const auto found =
      std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.name == python_name; });
  if (found == parameters_.end()) return std::nullopt;
  return found - parameters_.begin();
}

std::string Signature::to_string() const {
  std::string text = "(";
  bool keyword_already = false;
  for (const Parameter& parameter : parameters_) {
    if (text.size() > 1) text += ", ";
    if (parameter.keyword_only && !keyword_already) {
      text += "*, ";
      keyword_already = true;
    }
    text += std::string(parameter.type_name()) + " " + parameter.name;
    if (parameter.optional) text += " = " + parameter.default_text;
  }
  return text + ")";
}

bool Signature::takes_all_positional(const CallArguments& arguments) const {
  // PyTorch looks at the first element only: a wrong one later is a failure to unpack.
  return variadic_ && parameters_[0].type == ParameterType::kIntList && !arguments.positional.empty() &&
         is_index(arguments.positional[0]);
}

bool Signature::bind(napi_env env, const CallArguments& arguments, Binding& binding, bool raise) const {
  const size_t given = arguments.positional.size();
  if (!raise && arguments.size() < min_arguments_) return false;
  if (given > max_positional_ && !variadic_) {
    if (raise) throw_extra_positional(given);
    return false;
  }
  binding.values.assign(parameters_.size(), &kNotGiven);
  binding.variadic = false;
  size_t position = 0;
  size_t used_keywords = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const JsArgument* argument = nullptr;
    const bool positional = position < given;
    if (positional) {
      if (parameter.keyword_only) {
        if (raise) throw_extra_positional(given);
        return false;
      }
      argument = &arguments.positional[position];
    } else if (!arguments.keywords.empty()) {
      const auto by_name = [&](std::string_view name) {
        for (const KeywordArgument& keyword : arguments.keywords) {
          if (keyword.name == name) argument = &keyword.argument;
        }
      };
      by_name(parameter.keyword);
      for (const std::string_view alias : parameter.aliases) {
        if (argument == nullptr) by_name(alias);
      }
      if (argument != nullptr) ++used_keywords;
    }
    // A positional `undefined` is an argument left out.
    if (argument != nullptr && !argument->given()) argument = nullptr;

    int64_t failed_index = -1;
    if (argument == nullptr ? parameter.optional : argument->type == napi_null && parameter.allow_none) {
      if (argument != nullptr) binding.values[i] = argument;
    } else if (argument == nullptr) {
      if (raise) throw_missing(i);
      return false;
    } else if (parameter.accepts(env, *argument, i, &failed_index)) {
      binding.values[i] = argument;
    } else if (i == 0 && positional && takes_all_positional(arguments)) {
      binding.values[0] = argument;
      binding.variadic = true;
      position = given;
      continue;
    } else if (raise) {
      throw_wrong_type(env, parameter, *argument, positional ? std::optional(position + 1) : std::nullopt,
                       failed_index);
    } else {
      return false;
    }
    if (positional) ++position;
  }
  if (used_keywords < arguments.keywords.size()) {
    if (raise) throw_unexpected_keyword(arguments);
    return false;
  }
  return true;
}

void Signature::throw_extra_positional(size_t given) const {
  if (parameters_.empty()) {
    throw type_error("TensorBase." + name_ + "() takes no arguments (" + std::to_string(given) + " given)");
  }
  if (min_arguments_ != max_positional_) {
    throw type_error(name_ + "() takes from " + std::to_string(min_arguments_) + " to " +
                     std::to_string(max_positional_) + " positional arguments but " + std::to_string(given) +
                     " were given");
  }
  throw type_error(name_ + "() takes " + std::to_string(max_positional_) + " positional argument" +
                   (max_positional_ == 1 ? "" : "s") + " but " + std::to_string(given) +
                   (given == 1 ? " was given" : " were given"));
}

void Signature::throw_missing(size_t from) const {
  std::string names;
  size_t missing = 0;
  for (size_t i = from; i < parameters_.size(); ++i) {
    if (parameters_[i].optional) continue;
    names += (missing++ > 0 ? ", \"" : "\"") + parameters_[i].name + "\"";
  }
  // The plural is PyTorch's own slip: "missing 1 required positional arguments".
  throw type_error(name_ + "() missing " + std::to_string(missing) + " required positional argument" +
                   (missing == 1 ? "s" : "") + ": " + names);
}

void Signature::throw_unexpected_keyword(const CallArguments& arguments) const {
  if (parameters_.empty()) throw type_error("TensorBase." + name_ + "() takes no keyword arguments");
  for (const KeywordArgument& keyword : arguments.keywords) {
    const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                    [&](const Parameter& p) { return p.keyword == keyword.name; });
    if (found == parameters_.end()) {
      std::vector<std::string> valid;
      for (const Parameter& parameter : parameters_) valid.push_back(parameter.keyword);
      throw type_error(name_ + "() got an unexpected keyword argument '" + keyword.name + "'" +
                       unknown_option(keyword.name, valid));
    }
    if (static_cast<size_t>(found - parameters_.begin()) < arguments.positional.size()) {
      throw type_error(name_ + "() got multiple values for argument '" + keyword.name + "'");
    }
  }
  throw type_error("invalid keyword arguments");
}

void Signature::throw_wrong_type(napi_env env, const Parameter& parameter, const JsArgument& argument,
                                 std::optional<size_t> position, int64_t failed_index) const {
  std::string message = name_ + "(): argument '" + parameter.name + "'";
  if (position) message += " (position " + std::to_string(*position) + ")";
  message += std::string(" must be ") + parameter.type_name();
  if (position && failed_index >= 0) {
    throw type_error(message + ", but found element of type " + type_name(env, argument.items[failed_index]) +
                     " at pos " + std::to_string(failed_index));
  }
  throw type_error(message + ", not " + type_name(env, argument));
}

}  // namespace tsorch
