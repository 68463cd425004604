#include "hook.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable_info.h>

#include <thread>

#include "compat.h"
#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

using torch::autograd::variable_list;

// Note [Functions in graphs]
// A node of the graph holds a JavaScript function strongly: it must run even if nobody else knows it any more. Where
// the function in its turn knows a tensor of the same graph, neither V8 nor reference counts could free the two. So
// the node lets go of it as of a saved tensor, when a backward pass has gone through that does not retain the graph.
// A node may die on any thread and inside a garbage collection: the reference is buried, not deleted, there.
class HeldFunction {
 public:
  HeldFunction(Environment& environment, napi_value function) : environment_(environment) {
    check(environment.env, napi_create_reference(environment.env, function, 1, &reference_));
    environment.retain();
  }
  HeldFunction(const HeldFunction&) = delete;
  HeldFunction& operator=(const HeldFunction&) = delete;
  ~HeldFunction() {
    environment_.bury(reference_);
    environment_.release();
  }

  // What the function gives for the gradients; the gradients themselves where it gives undefined.
  variable_list operator()(variable_list gradients) const {
    if (std::this_thread::get_id() != thread_) {
      throw runtime_error("hooks in JavaScript run on the thread of JavaScript only, but this gradient is another's");
    }
    const Scope scope(environment_.env);
    return call(std::move(gradients));
  }

 private:
  struct Scope {
    explicit Scope(napi_env e) : env(e) { check(env, napi_open_handle_scope(env, &scope)); }
    ~Scope() { napi_close_handle_scope(env, scope); }
    napi_env env;
    napi_handle_scope scope = nullptr;
  };

  variable_list call(variable_list gradients) const {
    napi_env env = environment_.env;
    napi_value function = nullptr, result = nullptr;
    check(env, napi_get_reference_value(env, reference_, &function));
    napi_value argument =
        to_js_array(env, gradients, [&](const at::Tensor& gradient) { return to_js(environment_, gradient); });
    check(env, napi_call_function(env, undefined_value(env), function, 1, &argument, &result));
    if (type_of(env, result) == napi_undefined) return gradients;
    variable_list changed;
    for (uint32_t i = 0, length = array_length(env, result); i < length; ++i) {
      const napi_value value = element(env, result, i);
      changed.push_back(type_of(env, value) == napi_null ? at::Tensor() : tensor_from(env, value));
    }
    return changed;
  }

  Environment& environment_;
  napi_ref reference_ = nullptr;
  const std::thread::id thread_ = std::this_thread::get_id();
};

// Gives its inputs, and shows their gradients to a function: Python's BackwardHookFunction with a hook on it.
class HookedIdentity : public torch::autograd::Node {
 public:
  HookedIdentity(const variable_list& inputs, Environment& environment, napi_value function, bool materialize)
      : Node(torch::autograd::collect_next_edges(inputs)),
        function_(std::make_unique<HeldFunction>(environment, function)) {
    if (!materialize) return;
    for (const at::Tensor& input : inputs) shapes_.emplace_back(input);
  }

  std::string name() const override { return "BackwardHookFunctionBackward"; }

  void release_variables() override { function_.reset(); }

  variable_list apply(variable_list&& gradients) override {
    TORCH_CHECK(function_, torch::autograd::ERR_BACKWARD_TWICE);
    at::OptionalDeviceGuard guard;
    for (size_t i = 0; i < shapes_.size(); ++i) {
      if (!gradients[i].defined()) gradients[i] = shapes_[i].zeros(guard);
    }
    return (*function_)(std::move(gradients));
  }

 private:
  std::unique_ptr<HeldFunction> function_;
  std::vector<torch::autograd::VariableInfo> shapes_;  // of the inputs, if missing gradients are to be zeros
};

// hookedIdentity(handles, function, materialize): the tensors, whose gradients the function sees and may change;
// missing ones as null, or as zeros where they are to be materialized
napi_value hooked_identity(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  variable_list inputs;
  std::unordered_set<at::TensorImpl*> constant;
  for (uint32_t i = 0, length = array_length(env, arguments[0]); i < length; ++i) {
    inputs.push_back(tensor_from(env, element(env, arguments[0], i)));
    if (!inputs.back().requires_grad()) constant.insert(inputs.back().unsafeGetTensorImpl());
  }
  const NodePtr node = make_node<HookedIdentity>(inputs, environment, arguments[1], bool_from(env, arguments[2]));
  const std::vector<std::optional<at::Tensor>> results(inputs.begin(), inputs.end());
  const auto no_forward_derivative = [](const variable_list&, const variable_list& tangents) { return tangents; };
  const auto outputs = torch::autograd::_wrap_outputs(
      inputs, constant, {}, results, node, no_forward_derivative, {},
      [](const at::Tensor& tensor) { return tensor.view_as(tensor); }, false);
  return to_js_array(env, outputs, [&](const auto& output) { return to_js(environment, *output); });
}

}  // namespace

void export_hook(Environment& environment, napi_value exports) {
  export_function<hooked_identity>(environment, exports, "hookedIdentity");
}

}  // namespace tsorch
