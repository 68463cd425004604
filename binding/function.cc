#include "function.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable_info.h>

#include "node.h"

namespace tsorch {

namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;
using torch::autograd::VariableInfo;

// What a function saves for its backward pass. The node owns it together with the context, which JavaScript holds and
// which the node holds: the context must not own the node.
struct SavedTensors {
  std::vector<SavedVariable> tensors;
  torch::autograd::Node* node = nullptr;  // as long as it lives
  bool freed = false;
};
using SavedTensorsPtr = std::shared_ptr<SavedTensors>;

}  // namespace

template <>
struct KindOf<SavedTensorsPtr> : std::integral_constant<Kind, static_cast<Kind>(65)> {};

namespace {

// Runs a JavaScript function for the gradients: Python's PyNode.
class FunctionNode : public torch::autograd::Node {
 public:
  FunctionNode(torch::autograd::edge_list&& edges, std::string name, std::unique_ptr<HeldFunction> backward)
      : Node(std::move(edges)), name_(std::move(name)), backward_(std::move(backward)) {
    saved_->node = this;
  }
  ~FunctionNode() override { saved_->node = nullptr; }

  std::string name() const override { return name_; }

  void release_variables() override {
    saved_->tensors.clear();
    saved_->freed = true;
    if (forgets_) backward_.reset();
  }

  variable_list apply(variable_list&& gradients) override {
    TORCH_CHECK(backward_, torch::autograd::ERR_BACKWARD_TWICE);
    at::OptionalDeviceGuard guard;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (!gradients[i].defined() && outputs_[i]) gradients[i] = outputs_[i]->zeros(guard);
    }
    return backward_->call([&](napi_env) { return std::vector{to_js_tensors(backward_->environment(), gradients)}; },
                           tensors_from_list);
  }

  const SavedTensorsPtr& saved() const { return saved_; }

  // Makes zeros of gradients that are missing, of outputs that are tensors.
  void materialize(const std::vector<std::optional<at::Tensor>>& outputs) {
    for (const auto& output : outputs) {
      outputs_.push_back(output ? std::optional<VariableInfo>(VariableInfo(*output)) : std::nullopt);
    }
  }

  void save(const Tensors& tensors) {
    for (const at::Tensor& tensor : tensors) {
      const bool is_output = tensor.defined() && tensor.grad_fn().get() == this;
      saved_->tensors.push_back(tensor.defined() ? SavedVariable(tensor, is_output) : SavedVariable());
    }
  }

  // Lets go of the JavaScript function together with the saved tensors.
  void forget_when_released() { forgets_ = true; }

 private:
  const std::string name_;
  std::unique_ptr<HeldFunction> backward_;
  const SavedTensorsPtr saved_ = std::make_shared<SavedTensors>();
  std::vector<std::optional<VariableInfo>> outputs_;
  bool forgets_ = false;
};

// functionNode(name, inputs, backward): [the node, what savedTensors takes], or null where nothing is to be recorded.
// The function gets gradients or nulls, and returns one or null for each input.
napi_value function_node(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const Tensors inputs = tensors_from_list(env, arguments[1]);
  const auto needs_grad = [](const at::Tensor& input) { return input.requires_grad(); };
  if (!at::GradMode::is_enabled() || std::none_of(inputs.begin(), inputs.end(), needs_grad)) return null_value(env);
  const NodePtr node =
      make_node<FunctionNode>(torch::autograd::collect_next_edges(inputs), string_from(env, arguments[0]),
                              std::make_unique<HeldFunction>(environment, arguments[2]));
  napi_value pair = nullptr;
  check(env, napi_create_array_with_length(env, 2, &pair));
  check(env, napi_set_element(env, pair, 0, box<NodePtr>(env, node)));
  check(env, napi_set_element(env, pair, 1, box<SavedTensorsPtr>(env, static_cast<FunctionNode&>(*node).saved())));
  return pair;
}

TensorSet set_of(const Tensors& tensors) {
  TensorSet set;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.defined()) set.insert(tensor.unsafeGetTensorImpl());
  }
  return set;
}

// finishFunction(node or null, inputs, outputs, dirty, nonDifferentiable, toSave, hasSetupContext, materialize, forget,
// jvp): the outputs, null for those that are no tensors, undefined for those that stay what they are. `jvp` gets
// tangents or nulls of the inputs and returns those of the outputs.
napi_value finish_function(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const NodePtr node = type_of(env, arguments[0]) == napi_null ? NodePtr() : node_from(env, arguments[0]);
  const Tensors inputs = tensors_from_list(env, arguments[1]);
  std::vector<std::optional<at::Tensor>> raw;
  for (const at::Tensor& output : tensors_from_list(env, arguments[2])) {
    raw.push_back(output.defined() ? std::optional(output) : std::nullopt);
  }
  const Tensors dirty = tensors_from_list(env, arguments[3]);
  for (const at::Tensor& tensor : dirty) tensor.unsafeGetTensorImpl()->bump_version();
  const Tensors to_save = tensors_from_list(env, arguments[5]);
  const bool has_setup_context = bool_from(env, arguments[6]);
  const auto jvp = [&](const variable_list&, const variable_list& tangents) {
    const napi_value argument = to_js_tensors(environment, tangents);
    napi_value result = nullptr;
    check(env, napi_call_function(env, undefined_value(env), arguments[9], 1, &argument, &result));
    return variable_list(tensors_from_list(env, result));
  };
  const auto outputs = wrap_outputs(inputs, set_of(tensors_from_list(env, arguments[4])), set_of(dirty), raw, node, jvp,
                                    has_setup_context ? set_of(to_save) : TensorSet());
  if (node) {
    auto& function = static_cast<FunctionNode&>(*node);
    if (bool_from(env, arguments[7])) function.materialize(outputs);
    function.save(to_save);
    if (bool_from(env, arguments[8])) function.forget_when_released();
  }
  napi_value list = nullptr;
  check(env, napi_create_array_with_length(env, outputs.size(), &list));
  for (uint32_t i = 0; i < outputs.size(); ++i) {
    napi_value value = null_value(env);
    if (outputs[i]) value = outputs[i]->is_same(*raw[i]) ? undefined_value(env) : to_js(environment, *outputs[i]);
    check(env, napi_set_element(env, list, i, value));
  }
  return list;
}

// savedTensors(saved): a list; null for those that were saved as such
napi_value saved_tensors(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const SavedTensorsPtr& saved = unbox<SavedTensorsPtr>(env, arguments[0], "saved tensors");
  TORCH_CHECK(!saved->freed, torch::autograd::ERR_BACKWARD_TWICE);
  return to_js_array(env, saved->tensors, [&](const SavedVariable& tensor) {
    return to_js(environment, tensor.unpack(saved->node == nullptr ? NodePtr() : saved->node->getptr()));
  });
}

}  // namespace

void export_function_node(Environment& environment, napi_value exports) {
  export_function<function_node>(environment, exports, "functionNode");
  export_function<finish_function>(environment, exports, "finishFunction");
  export_function<saved_tensors>(environment, exports, "savedTensors");
}

}  // namespace tsorch
