// Overload choice among the signatures of one Python name, and PyTorch's sentence when none fits.
#include <algorithm>

#include "dispatch.h"
#include "values.h"

namespace tsorch {

namespace {

// "got (str, int, dim=list)" as PyTorch prints it: the trailing comma after keywords alone is its own.
std::string describe(napi_env env, const CallArguments& arguments) {
  std::string text = "(";
  for (const JsArgument& argument : arguments.positional) text += type_name(env, argument) + ", ";
  for (const KeywordArgument& keyword : arguments.keywords) {
    text += keyword.name + "=" + type_name(env, keyword.argument) + ", ";
  }
  if (!arguments.positional.empty()) text.resize(text.size() - 2);
  return text + ")";
}

// The type as `describe` has it, with the types of a list's elements.
std::string describe_element_types(napi_env env, const JsArgument& argument) {
  if (argument.type != napi_object || !is_array(env, argument.value)) return type_name(env, argument);
  std::string text = "list of [";
  for (uint32_t i = 0, length = array_length(env, argument.value); i < length; ++i) {
    if (i > 0) text += ", ";
    text += type_name(env, JsArgument(env, element(env, argument.value, i)));
  }
  return text + "]";
}

// PyTorch compares the names of types here, so that an int fits a float but nothing fits a Number.
bool names_match(napi_env env, const Parameter& parameter, const JsArgument& argument) {
  const std::string given = type_name(env, argument);
  const std::string expected = parameter.type_name();
  return given == expected || (expected == "float" && given == "int") || (expected == "str" && given == "string") ||
         (parameter.allow_none && given == "NoneType" && expected != "Tensor");
}

std::string unmatched_keywords(const Signature& signature, const CallArguments& arguments) {
  std::string names;
  for (const KeywordArgument& keyword : arguments.keywords) {
    const auto& parameters = signature.parameters();
    const auto start = parameters.size() > arguments.keywords.size() ? parameters.size() - arguments.keywords.size() : 0;
    const bool known = std::any_of(parameters.begin() + start, parameters.end(),
                                   [&](const Parameter& p) { return p.keyword == keyword.name; });
    if (!known) names += (names.empty() ? "" : ", ") + keyword.name;
  }
  return names;
}

std::string mismatch(napi_env env, const Signature& signature, const CallArguments& arguments) {
  if (arguments.size() != signature.max_arguments()) return "";
  const std::string keywords = unmatched_keywords(signature, arguments);
  if (!keywords.empty()) return "      didn't match because some of the keywords were incorrect: " + keywords + "\n";
  std::string text = "      didn't match because some of the arguments have invalid types: (";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Parameter& parameter = signature.parameters()[i];
    const bool positional = i < arguments.positional.size();
    const auto keyword = std::find_if(arguments.keywords.begin(), arguments.keywords.end(),
                                      [&](const KeywordArgument& k) { return k.name == parameter.keyword; });
    if (!positional && keyword == arguments.keywords.end()) continue;
    const JsArgument& argument = positional ? arguments.positional[i] : keyword->argument;
    const std::string mark = names_match(env, parameter, argument) ? "" : "!";
    if (i > 0) text += ", ";
    text += mark + (positional ? "" : parameter.name + "=") + describe_element_types(env, argument) + mark;
  }
  if (arguments.positional.empty()) text += ", ";
  return text + ")\n";
}

}  // namespace

OperatorGroup::OperatorGroup(std::string name, std::vector<std::unique_ptr<Overload>> overloads, bool is_method)
    : name_(std::move(name)), overloads_(std::move(overloads)), is_method_(is_method) {
  std::stable_partition(overloads_.begin(), overloads_.end(),
                        [](const auto& overload) { return !overload->signature.deprecated(); });
}

const Overload& OperatorGroup::choose(napi_env env, const CallArguments& arguments, Binding& binding) const {
  const bool only = overloads_.size() == 1;
  for (const auto& overload : overloads_) {
    if (overload->signature.bind(env, arguments, binding, /*raise=*/only)) return *overload;
  }
  throw_no_match(env, arguments);
}

void OperatorGroup::throw_no_match(napi_env env, const CallArguments& arguments) const {
  const Overload* plausible = nullptr;
  size_t count = 0;
  for (const auto& overload : overloads_) {
    const Signature& signature = overload->signature;
    const bool fits = arguments.size() >= signature.min_arguments() && arguments.size() <= signature.max_arguments();
    if (!fits || signature.deprecated()) continue;
    plausible = overload.get();
    ++count;
  }
  if (count == 1) {
    Binding binding;
    plausible->signature.bind(env, arguments, binding, /*raise=*/true);
  }
  std::string message =
      name_ + "() received an invalid combination of arguments - got " + describe(env, arguments) + ", but expected one of:\n";
  for (const auto& overload : overloads_) {
    if (overload->signature.deprecated()) continue;
    message += " * " + overload->signature.to_string() + "\n" + mismatch(env, overload->signature, arguments);
  }
  throw type_error(std::move(message));
}

}  // namespace tsorch
