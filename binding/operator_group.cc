// Overload choice among the signatures of one Python name, and PyTorch's sentence when none fits.
#include <algorithm>
#include <unordered_map>

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

// The keywords in the order in which PyTorch names them: that of its hash table, by Python's names.
CallArguments as_printed(const CallArguments& arguments) {
  std::unordered_map<std::string, const KeywordArgument*> keywords;
  for (const KeywordArgument& keyword : arguments.keywords) keywords.emplace(snake_case(keyword.name), &keyword);
  CallArguments printed{arguments.positional, {}};
  for (const auto& [name, keyword] : keywords) printed.keywords.push_back(*keyword);
  return printed;
}

// The type as `describe` has it, with the types of a list's elements.
std::string describe_element_types(napi_env env, const JsArgument& argument) {
  if (!argument.list) return type_name(env, argument);
  std::string text = "list of [";
  for (size_t i = 0; i < argument.items.size(); ++i) {
    if (i > 0) text += ", ";
    text += type_name(env, argument.items[i]);
  }
  return text + "]";
}

// PyTorch compares the names of types here, so that an int fits a float but nothing fits a Number. What stands before a
// parameter's last space is its type for PyTorch, which nothing fits if it has a default: "bool keepdim =".
bool names_match(napi_env env, const Parameter& parameter, const JsArgument& argument) {
  if (parameter.optional) return false;
  const std::string given = type_name(env, argument);
  const std::string expected = parameter.type_name();
  return given == expected || (expected == "float" && given == "int") || (expected == "str" && given == "string") ||
         (parameter.allow_none && given == "NoneType" && expected != "Tensor");
}

// PyTorch splits a signature's text at its commas here, so that the `*` before keyword-only parameters counts as one.
std::vector<const Parameter*> with_star(const Signature& signature) {
  std::vector<const Parameter*> parameters;
  for (const Parameter& parameter : signature.parameters()) {
    const bool first_keyword = parameter.keyword_only && (parameters.empty() || !parameters.back()->keyword_only);
    if (first_keyword) parameters.push_back(nullptr);
    parameters.push_back(&parameter);
  }
  // Splitting "()" gives one empty part.
  if (parameters.empty()) parameters.push_back(nullptr);
  return parameters;
}

std::string unmatched_keywords(const std::vector<const Parameter*>& parameters, const CallArguments& arguments) {
  std::string names;
  for (const KeywordArgument& keyword : arguments.keywords) {
    const auto start =
        parameters.size() > arguments.keywords.size() ? parameters.size() - arguments.keywords.size() : 0;
    // What follows a parameter's last space is its name for PyTorch: the default, if it has one.
    const bool known = std::any_of(parameters.begin() + start, parameters.end(), [&](const Parameter* p) {
      return p != nullptr && !p->optional && p->keyword == keyword.name;
    });
    if (!known) names += (names.empty() ? "" : ", ") + keyword.name;
  }
  return names;
}

// The arguments' types, those that do not fit between exclamation marks.
std::string marked(napi_env env, const std::vector<const Parameter*>& parameters, const CallArguments& arguments) {
  std::string text = "(";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Parameter* parameter = parameters[i];
    const bool positional = i < arguments.positional.size();
    const auto keyword =
        std::find_if(arguments.keywords.begin(), arguments.keywords.end(),
                     [&](const KeywordArgument& k) { return parameter != nullptr && k.name == parameter->keyword; });
    if (!positional && keyword == arguments.keywords.end()) continue;
    const JsArgument& argument = positional ? arguments.positional[i] : keyword->argument;
    const std::string mark = parameter != nullptr && names_match(env, *parameter, argument) ? "" : "!";
    text += mark + (positional ? "" : parameter->name + "=") + describe_element_types(env, argument) + mark + ", ";
  }
  if (!arguments.positional.empty()) text.resize(text.size() - 2);
  return text + ")";
}

// Why one of several signatures with as many parameters as there are arguments does not fit.
std::string mismatch(napi_env env, const Signature& signature, const CallArguments& arguments) {
  const auto parameters = with_star(signature);
  if (arguments.size() != parameters.size()) return "";
  const std::string keywords = unmatched_keywords(parameters, arguments);
  if (!keywords.empty()) return "      didn't match because some of the keywords were incorrect: " + keywords + "\n";
  return "      didn't match because some of the arguments have invalid types: " + marked(env, parameters, arguments) +
         "\n";
}

// The line on the first option that no overload has; empty where each has one.
std::string unknown_in_all(const std::vector<const Signature*>& signatures, const CallArguments& arguments) {
  std::vector<std::string> valid;
  for (const Signature* signature : signatures) {
    for (const Parameter& parameter : signature->parameters()) {
      if (std::find(valid.begin(), valid.end(), parameter.keyword) == valid.end()) valid.push_back(parameter.keyword);
    }
  }
  for (const KeywordArgument& keyword : arguments.keywords) {
    if (std::find(valid.begin(), valid.end(), keyword.name) == valid.end()) return unknown_option(keyword.name, valid);
  }
  return "";
}

std::string only_mismatch(napi_env env, const Signature& signature, const CallArguments& arguments) {
  const auto parameters = with_star(signature);
  const std::string keywords = unmatched_keywords(parameters, arguments);
  if (!keywords.empty()) return "got unrecognized keyword arguments: " + keywords;
  const bool as_many = arguments.size() == parameters.size();
  return "got " + (as_many ? marked(env, parameters, arguments) : describe(env, arguments)) + ", but expected " +
         signature.to_string();
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

void OperatorGroup::throw_no_match(napi_env env, const CallArguments& given) const {
  const CallArguments arguments = as_printed(given);
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
  std::vector<const Signature*> shown;
  for (const auto& overload : overloads_) {
    if (!overload->signature.deprecated()) shown.push_back(&overload->signature);
  }
  std::string message = name_ + "() received an invalid combination of arguments - ";
  const std::string unknown = unknown_in_all(shown, arguments);
  if (shown.size() == 1) throw type_error(message + only_mismatch(env, *shown[0], arguments) + unknown);
  message += "got " + describe(env, arguments) + ", but expected one of:\n";
  for (const Signature* signature : shown) {
    message += " * " + signature->to_string() + "\n" + mismatch(env, *signature, arguments);
  }
  // The last line has ended already.
  if (!unknown.empty()) message.pop_back();
  throw type_error(message + unknown);
}

}  // namespace tsorch
