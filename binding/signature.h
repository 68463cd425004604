// One Python signature of an operator: parsed from torchgen's text, matched against JavaScript arguments by the rules
// of PyTorch's argument parser.
#pragma once

#include <c10/util/ArrayRef.h>
#include <c10/util/SmallVector.h>
#include <node_api.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handle.h"

namespace tsorch {

// An argument as JavaScript gave it, looked at once however many overloads are tried: a call into V8 costs more than
// what is done with its answer.
struct JsArgument {
  napi_value value = nullptr;
  napi_valuetype type = napi_undefined;
  bool list = false;                    // if `value` is an array, whose elements are `items`
  const NativeValue* native = nullptr;  // if `value` is one of our externals
  double number = 0;                    // if `value` is a number
  std::vector<JsArgument> items;        // lists among them are not looked into: no operator takes such

  JsArgument() = default;
  JsArgument(napi_env env, napi_value v);
  bool given() const { return type != napi_undefined; }
  bool is(Kind kind) const { return native != nullptr && native->kind == kind; }

 private:
  static JsArgument element(napi_env env, napi_value v);
};

struct KeywordArgument {
  std::string name;  // as JavaScript spells it
  JsArgument argument;
};

// What a caller passed: positional arguments, without the receiver, and keyword arguments.
struct CallArguments {
  c10::SmallVector<JsArgument, 8> positional;
  c10::SmallVector<KeywordArgument, 4> keywords;
  size_t size() const { return positional.size() + keywords.size(); }
};

enum class ParameterType {
  kTensor,
  kScalar,
  kInt,
  kSymInt,
  kDouble,
  kComplex,
  kBool,
  kString,
  kDtype,
  kLayout,
  kMemoryFormat,
  kDevice,
  kGenerator,
  kStorage,
  kStream,
  kTensorList,
  kOptionalTensorList,
  kIntList,
  kDoubleList,
  kScalarList,
};

struct Parameter {
  ParameterType type;
  std::string name;                         // Python's
  std::string keyword;                      // JavaScript's
  c10::ArrayRef<std::string_view> aliases;  // NumPy's, accepted as keywords too
  std::string default_text;                 // as Python prints it, empty if there is none
  int64_t size = 0;                         // k of int[k]: one int stands for k of them
  bool optional = false;
  bool allow_none = false;
  bool keyword_only = false;
  bool numbers_as_tensors = false;

  // Whether `argument`, the call's `index`-th, may be bound here; `failed_index` tells which element of a list may not.
  bool accepts(napi_env env, const JsArgument& argument, size_t index, int64_t* failed_index) const;
  // The type's name in error sentences.
  const char* type_name() const;
};

// The arguments bound to a signature's parameters: one that is not given means that the default applies.
struct Binding {
  c10::SmallVector<const JsArgument*, 12> values;
  bool variadic = false;  // the first parameter takes all positional arguments: view(2, 3)
};

class Signature {
 public:
  // `text` is torchgen's: "add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)".
  Signature(std::string_view text, bool deprecated);

  // Binds the arguments; false if they do not fit, or a TypeError in PyTorch's words if `raise`.
  bool bind(napi_env env, const CallArguments& arguments, Binding& binding, bool raise) const;

  // "(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)"
  std::string to_string() const;

  const std::string& name() const { return name_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  std::optional<size_t> find(std::string_view python_name) const;
  bool deprecated() const { return deprecated_; }
  size_t min_arguments() const { return min_arguments_; }
  size_t max_arguments() const { return parameters_.size(); }

 private:
  [[noreturn]] void throw_extra_positional(size_t given) const;
  [[noreturn]] void throw_missing(size_t from) const;
  [[noreturn]] void throw_unexpected_keyword(const CallArguments& arguments) const;
  [[noreturn]] void throw_wrong_type(napi_env env, const Parameter& parameter, const JsArgument& argument,
                                     std::optional<size_t> position, int64_t failed_index) const;
  bool takes_all_positional(const CallArguments& arguments) const;

  std::string name_;
  std::vector<Parameter> parameters_;
  bool deprecated_;
  bool variadic_ = false;
  size_t min_arguments_ = 0;
  size_t max_positional_ = 0;
};

// "log_softmax" -> "logSoftmax", as the whole library names things; a leading underscore and a trailing one stay.
std::string camel_case(std::string_view name);

// The way back: "logSoftmax" -> "log_softmax".
std::string snake_case(std::string_view name);

// The line that follows PyTorch's sentence on an option that is not there: see `unknownOption` in lib/errors.ts, which
// adds the nearest of the valid ones.
std::string unknown_option(const std::string& name, const std::vector<std::string>& valid);

// The type of an argument in error sentences: "Tensor", "int", "string", ...
std::string type_name(napi_env env, const JsArgument& argument);

// Python's operator.index: whole numbers, and integral tensors of one element, bool among them.
bool is_index(const JsArgument& argument);

// Whether an operator takes plain numbers for tensors (PyTorch's fixed list of arithmetic ones).
bool allows_numbers_as_tensors(std::string_view operator_name);

}  // namespace tsorch
