#include "hook.h"

#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable_info.h>

#include "handle.h"
#include "held_function.h"
#include "node.h"

namespace tsorch {

namespace {

using torch::autograd::FunctionPreHook;
using torch::autograd::variable_list;

// What a hook has made of a gradient, checked as Python checks it; an undefined one stays as it is.
void replace(at::Tensor& gradient, at::Tensor result, const std::string& name) {
  if (!result.defined()) return;
  if (!gradient.defined()) throw runtime_error("can't replace a None gradient with a non-None value");
  torch::autograd::check_variable_result(gradient, result, name);
  gradient = std::move(result);
}

// As `replace`, for all of a node's gradients; undefined ones take their place as well.
void replace_all(variable_list& gradients, variable_list results, const std::string& name) {
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (!results[i].defined()) {
      gradients[i].reset();
    } else {
      replace(gradients[i], std::move(results[i]), name);
    }
  }
}

// The hooks of one tensor, on the node that made it, or on the tensor itself where it is a leaf.
struct TensorHooks : FunctionPreHook {
  explicit TensorHooks(size_t i) : index(i) {}

  variable_list operator()(const variable_list& gradients) override {
    variable_list results = gradients;
    at::Tensor& gradient = results.at(index);
    hooks.for_each([&](const HeldFunction& function, const std::string& name) {
      const auto arguments = [&](napi_env) { return std::vector{to_js(function.environment(), gradient)}; };
      replace(gradient, function.call(arguments, optional_tensor_from), name);
    });
    if (!torch::autograd::get_current_graph_task_keep_graph()) hooks.weaken();
    return results;
  }

  static at::Tensor optional_tensor_from(napi_env env, napi_value value) {
    return type_of(env, value) == napi_null ? at::Tensor() : tensor_from(env, value);
  }

  const size_t index;
  HookList hooks;
};

// The hooks that a node runs before itself.
struct NodePreHooks : FunctionPreHook {
  variable_list operator()(const variable_list& gradients) override {
    variable_list results = gradients;
    hooks.for_each([&](const HeldFunction& function, const std::string& name) {
      const auto arguments = [&](napi_env) { return std::vector{to_js_tensors(function.environment(), results)}; };
      const auto read = [&](napi_env env, napi_value value) {
        if (type_of(env, value) != napi_null) replace_all(results, tensors_from_list(env, value), name);
      };
      function.call(arguments, read);
    });
    return results;
  }

  HookList hooks;
};

// The hooks that a node runs after itself: they see what it made of which gradients.
struct NodePostHooks : torch::autograd::FunctionPostHook {
  variable_list operator()(const variable_list& made, const variable_list& of) override {
    variable_list results = made;
    hooks.for_each([&](const HeldFunction& function, const std::string& name) {
      const auto arguments = [&](napi_env) {
        return std::vector{to_js_tensors(function.environment(), results), to_js_tensors(function.environment(), of)};
      };
      const auto read = [&](napi_env env, napi_value value) {
        if (type_of(env, value) != napi_null) replace_all(results, tensors_from_list(env, value), name);
      };
      function.call(arguments, read);
    });
    return results;
  }

  HookList hooks;
};

// The hooks of a leaf whose gradient has been accumulated.
struct AccumulatedHooks : torch::autograd::PostAccumulateGradHook {
  void operator()(const at::Tensor& tensor) override {
    hooks.for_each([&](const HeldFunction& function, const std::string&) {
      function.call([&](napi_env) { return std::vector{to_js(function.environment(), tensor)}; },
                    [](napi_env, napi_value) {});
    });
    if (!torch::autograd::get_current_graph_task_keep_graph()) hooks.weaken();
  }

  HookList hooks;
};

// The first of the hooks that is a list of ours for which `fits` holds; null if none is.
template <class List, class Hooks, class Fits>
List* find(const Hooks& hooks, const Fits& fits) {
  for (const auto& hook : hooks) {
    if (auto* list = dynamic_cast<List*>(hook.get()); list != nullptr && fits(*list)) return list;
  }
  return nullptr;
}

TensorHooks& hooks_of_leaf(const at::Tensor& tensor) {
  const auto any = [](const TensorHooks&) { return true; };
  if (auto* found = find<TensorHooks>(torch::autograd::impl::hooks(tensor), any)) return *found;
  auto made = std::make_unique<TensorHooks>(0);
  TensorHooks& hooks = *made;
  torch::autograd::impl::add_hook(tensor, std::move(made));
  return hooks;
}

TensorHooks& hooks_of_output(torch::autograd::Node& node, size_t index) {
  const auto fits = [&](const TensorHooks& hooks) { return hooks.index == index; };
  if (auto* found = find<TensorHooks>(node.tensor_pre_hooks(), fits)) return *found;
  auto made = std::make_unique<TensorHooks>(index);
  TensorHooks& hooks = *made;
  node.add_tensor_pre_hook(std::move(made));
  return hooks;
}

// registerHook(handle, function, name): what removeHook takes; the function gets the gradient or null, and returns one
// or null
napi_value register_hook(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  if (!tensor.requires_grad()) throw runtime_error("cannot register a hook on a tensor that doesn't require gradient");
  const NodePtr node = tensor.grad_fn();
  TensorHooks& hooks = node ? hooks_of_output(*node, tensor.output_nr()) : hooks_of_leaf(tensor);
  return box<HookSlotPtr>(environment.env, hooks.hooks.add(environment, arguments[1], arguments[2]));
}

// registerPostAccumulateGradHook(handle, function, name): the function gets the tensor
napi_value register_post_accumulate_grad_hook(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  if (!tensor.requires_grad()) throw runtime_error("cannot register a hook on a tensor that doesn't require gradient");
  if (tensor.grad_fn()) throw runtime_error("post accumulate grad hooks cannot be registered on non-leaf tensors");
  auto* hooks = dynamic_cast<AccumulatedHooks*>(torch::autograd::impl::post_acc_grad_hooks(tensor).get());
  if (hooks == nullptr) {
    auto made = std::make_unique<AccumulatedHooks>();
    hooks = made.get();
    torch::autograd::impl::set_post_acc_grad_hooks(tensor, std::move(made));
  }
  return box<HookSlotPtr>(environment.env, hooks->hooks.add(environment, arguments[1], arguments[2]));
}

// registerNodePrehook(node, function, name): the function gets the gradients, and returns as many, or null
napi_value register_node_prehook(Environment& environment, const Arguments& arguments) {
  const NodePtr& node = node_from(environment.env, arguments[0]);
  auto* hooks = find<NodePreHooks>(node->pre_hooks(), [](const NodePreHooks&) { return true; });
  if (hooks == nullptr) {
    auto made = std::make_unique<NodePreHooks>();
    hooks = made.get();
    node->add_pre_hook(std::move(made));
  }
  return box<HookSlotPtr>(environment.env, hooks->hooks.add(environment, arguments[1], arguments[2]));
}

// registerNodeHook(node, function, name): the function gets the gradients made and those given, and returns as many as
// were made, or null
napi_value register_node_hook(Environment& environment, const Arguments& arguments) {
  const NodePtr& node = node_from(environment.env, arguments[0]);
  auto* hooks = find<NodePostHooks>(node->post_hooks(), [](const NodePostHooks&) { return true; });
  if (hooks == nullptr) {
    auto made = std::make_unique<NodePostHooks>();
    hooks = made.get();
    node->add_post_hook(std::move(made));
  }
  return box<HookSlotPtr>(environment.env, hooks->hooks.add(environment, arguments[1], arguments[2]));
}

// removeHook(slot)
napi_value remove_hook(Environment& environment, const Arguments& arguments) {
  unbox<HookSlotPtr>(environment.env, arguments[0], "a hook")->function.reset();
  return nullptr;
}

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
    return function_->call([&](napi_env) { return std::vector{to_js_tensors(function_->environment(), gradients)}; },
                           [&](napi_env env, napi_value result) {
                             return type_of(env, result) == napi_undefined ? std::move(gradients)
                                                                           : tensors_from_list(env, result);
                           });
  }

 private:
  std::unique_ptr<HeldFunction> function_;
  std::vector<torch::autograd::VariableInfo> shapes_;  // of the inputs, if missing gradients are to be zeros
};

// hookedIdentity(handles, function, materialize): the tensors, whose gradients the function sees and may change;
// missing ones as null, or as zeros where they are to be materialized
napi_value hooked_identity(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const variable_list inputs = tensors_from_list(env, arguments[0]);
  TensorSet constant;
  for (const at::Tensor& input : inputs) {
    if (!input.requires_grad()) constant.insert(input.unsafeGetTensorImpl());
  }
  const NodePtr node = make_node<HookedIdentity>(inputs, environment, arguments[1], bool_from(env, arguments[2]));
  const std::vector<std::optional<at::Tensor>> results(inputs.begin(), inputs.end());
  const auto no_forward_derivative = [](const variable_list&, const variable_list& tangents) { return tangents; };
  const auto outputs = wrap_outputs(inputs, constant, {}, results, node, no_forward_derivative, {});
  return to_js_array(env, outputs, [&](const auto& output) { return to_js(environment, *output); });
}

}  // namespace

void export_hook(Environment& environment, napi_value exports) {
  export_function<register_hook>(environment, exports, "registerHook");
  export_function<register_post_accumulate_grad_hook>(environment, exports, "registerPostAccumulateGradHook");
  export_function<register_node_prehook>(environment, exports, "registerNodePrehook");
  export_function<register_node_hook>(environment, exports, "registerNodeHook");
  export_function<remove_hook>(environment, exports, "removeHook");
  export_function<hooked_identity>(environment, exports, "hookedIdentity");
}

}  // namespace tsorch
