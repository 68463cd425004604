// Calls an operator: chooses the overload, converts, calls boxed through LibTorch's dispatcher, converts back.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "convert.h"
#include "preconditions.h"
#include "signature.h"

namespace tsorch {

// Where one argument of an aten schema comes from.
struct Source {
  enum class From { kReceiver, kParameter, kOutElement, kConstant, kDefault };
  From from;
  size_t index = 0;      // of the parameter, or of the element in the list of outputs
  c10::IValue constant;  // a constant, or the schema's default
  Conversion conversion;
};

// An aten overload together with the way to fill its arguments.
struct Target {
  c10::OperatorHandle handle;
  std::vector<Source> sources;
  mutable napi_ref names = nullptr;     // of a named tuple's fields, as JavaScript has them, once they are needed
  Precondition precondition = nullptr;  // for the few kernels that do not survive every argument
};

// One Python overload: its signature and the aten overloads without and with `out`.
class Overload {
 public:
  // `text` is a row of the generated table: "signature|base|out|call".
  Overload(std::string_view text, bool is_method);
  // An overload of a schema registered with the dispatcher: torch.ops.
  explicit Overload(const c10::OperatorHandle& handle);

  Signature signature;
  // The aten overload for a call; throws a NotImplementedError if this LibTorch does not have it.
  const Target& target(bool with_out) const;

  std::optional<size_t> out;            // the parameter that is `out`
  std::optional<size_t> requires_grad;  // the parameter that is `requires_grad`: set after the call, in no schema

 private:
  std::optional<Target> resolve(const std::string& aten_name, bool is_method, bool with_out) const;

  std::string base_name_;
  std::string out_name_;
  std::vector<std::string> call_;  // of deprecated signatures: the arguments in aten's order
  std::optional<Target> base_;
  std::optional<Target> with_out_;
};

// All overloads of one Python name.
class OperatorGroup {
 public:
  OperatorGroup(std::string name, std::vector<std::unique_ptr<Overload>> overloads, bool is_method);

  const std::string& name() const { return name_; }
  bool is_method() const { return is_method_; }
  // The overload that the arguments fit, tried in PyTorch's order; throws PyTorch's TypeError if there is none.
  const Overload& choose(napi_env env, const CallArguments& arguments, Binding& binding) const;

 private:
  [[noreturn]] void throw_no_match(napi_env env, const CallArguments& arguments) const;

  std::string name_;
  std::vector<std::unique_ptr<Overload>> overloads_;
  bool is_method_;
};

void export_dispatch(Environment& environment, napi_value exports);

}  // namespace tsorch
