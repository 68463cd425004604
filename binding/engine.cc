#include "engine.h"

#include <c10/core/AutogradState.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/forward_grad.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <climits>

#include "node.h"

namespace tsorch {

namespace {

using torch::autograd::AnomalyMode;

// Note [The engine and threads]
// LibTorch has one engine for the process, and asks it for what belongs to the calling thread: the environment that
// runs there, if one does, and the hooks that it has set. A thread of LibTorch's own has neither.
thread_local Environment* current_environment = nullptr;
thread_local std::vector<std::shared_ptr<HeldFunction>> saved_tensors_functions;

// Holds what JavaScript has made of a saved tensor, as a function that makes the tensor of it.
struct SavedTensorHooks : torch::autograd::SavedVariableHooks {
  explicit SavedTensorHooks(std::shared_ptr<HeldFunction> p) : pack(std::move(p)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    Environment& environment = pack->environment();
    pack->call([&](napi_env) { return std::vector{to_js(environment, tensor)}; },
               [&](napi_env, napi_value function) { unpack = std::make_unique<HeldFunction>(environment, function); });
  }

  at::Tensor call_unpack_hook() override {
    return unpack->call([](napi_env) { return std::vector<napi_value>(); }, tensor_from);
  }

  const std::shared_ptr<HeldFunction> pack;
  std::unique_ptr<HeldFunction> unpack;
};

// The stack of the operation that made a node, and the node in whose backward pass that happened.
class Origin : public torch::autograd::AnomalyMetadata {
 public:
  // The object that JavaScript has for a node's metadata.
  napi_value object(Environment& environment) {
    if (object_) return object_->value();
    napi_value object = nullptr;
    check(environment.env, napi_create_object(environment.env, &object));
    if (!stack_.empty()) {
      check(environment.env, napi_set_named_property(environment.env, object, "traceback_",
                                                     to_js(environment.env, std::string_view(stack_))));
    }
    object_ = std::make_unique<HeldObject>(environment, object);
    return object;
  }

  void store_stack() override {
    if (current_environment == nullptr) return;
    napi_env env = current_environment->env;
    napi_handle_scope scope = nullptr;
    check(env, napi_open_handle_scope(env, &scope));
    napi_value error = nullptr, stack = nullptr;
    const bool got = napi_create_error(env, nullptr, to_js(env, std::string_view("")), &error) == napi_ok &&
                     napi_get_named_property(env, error, "stack", &stack) == napi_ok;
    if (got) stack_ = string_from(env, stack);
    stack_.erase(0, std::min(stack_.size(), stack_.find('\n') + 1));
    napi_close_handle_scope(env, scope);
  }

  void assign_parent(const NodePtr& parent) override { parent_ = parent; }

  void print_stack(const std::string& name) override {
    if (stack_.empty()) {
      TORCH_WARN("Error detected in ", name,
                 ". No forward pass information available. Enable detect anomaly during forward pass for more "
                 "information.");
    } else {
      TORCH_WARN("Error detected in ", name, ". Traceback of forward call that caused the error:\n", stack_);
    }
    for (NodePtr node = parent_; node;) {
      const auto* origin = dynamic_cast<Origin*>(node->metadata());
      if (origin == nullptr) return;
      TORCH_WARN("\n\nPrevious calculation was induced by ", node->name(),
                 ". Traceback of forward call that induced the previous calculation:\n", origin->stack_);
      node = origin->parent_;
    }
  }

 private:
  std::string stack_;
  NodePtr parent_;
  std::unique_ptr<HeldObject> object_;
};

class Engine : public torch::autograd::Engine {
 public:
  // Never deleted: threads of its own may outlive what a destructor at exit would find.
  static torch::autograd::Engine& get() {
    static auto* engine = new Engine();
    return *engine;
  }

  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override {
    return std::make_unique<Origin>();
  }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (saved_tensors_functions.empty()) return nullptr;
    return std::make_unique<SavedTensorHooks>(saved_tensors_functions.back());
  }

 private:
  // A backward pass within passes beyond the limit would go on on another thread, where no JavaScript runs; V8's stack
  // ends long before.
  Engine() { max_recursion_depth_ = INT_MAX; }
};

// pushSavedTensorsHooks(pack): the function gets a tensor, and returns a function that gives it again
napi_value push_saved_tensors_hooks(Environment& environment, const Arguments& arguments) {
  saved_tensors_functions.push_back(std::make_shared<HeldFunction>(environment, arguments[0]));
  return nullptr;
}

napi_value pop_saved_tensors_hooks(Environment&, const Arguments&) {
  if (!saved_tensors_functions.empty()) saved_tensors_functions.pop_back();
  return nullptr;
}

// nodeMetadata(node): an object, the same each time
napi_value node_metadata(Environment& environment, const Arguments& arguments) {
  auto* origin = dynamic_cast<Origin*>(node_from(environment.env, arguments[0])->metadata());
  return origin == nullptr ? nullptr : origin->object(environment);
}

// willExecuteNode(node): whether the backward pass that is running comes to the node
napi_value will_execute_node(Environment& environment, const Arguments& arguments) {
  auto* node = node_from(environment.env, arguments[0]).get();
  const auto* nodes = torch::autograd::get_current_graph_task_nodes_in_graph();
  const auto* info = torch::autograd::get_current_graph_task_exec_info();
  if (nodes == nullptr || info == nullptr) {
    throw runtime_error("_get_should_execute_nodes should only be called during the backward pass");
  }
  bool will = nodes->count(node) > 0;
  if (will && !info->empty()) {
    const auto found = info->find(node);
    will = found != info->end() && found->second.should_execute();
    if (will && node->topological_nr() == 0 && found->second.captures_) {
      throw runtime_error(
          "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is "
          "currently not supported.");
    }
  }
  return to_js(environment.env, will);
}

// graphTask(): the number of the backward pass that is running, or -1
napi_value graph_task(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(torch::autograd::get_current_graph_task_id()));
}

napi_value set_anomaly_enabled(Environment& environment, const Arguments& arguments) {
  AnomalyMode::set_enabled(bool_from(environment.env, arguments[0]), bool_from(environment.env, arguments[1]));
  return nullptr;
}

napi_value is_anomaly_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, AnomalyMode::is_enabled());
}

napi_value is_anomaly_check_nan_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, AnomalyMode::should_check_nan());
}

napi_value increment_version(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  if (!tensor.is_inference()) tensor.unsafeGetTensorImpl()->bump_version();
  return nullptr;
}

napi_value enter_dual_level(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(torch::autograd::ForwardADLevel::get_next_idx()));
}

napi_value exit_dual_level(Environment& environment, const Arguments& arguments) {
  torch::autograd::ForwardADLevel::release_idx(static_cast<uint64_t>(int_from(environment.env, arguments[0])));
  return nullptr;
}

// setForwardGradEnabled(enabled): what it was before
napi_value set_forward_grad_enabled(Environment& environment, const Arguments& arguments) {
  auto& state = c10::AutogradState::get_tls_state();
  const bool before = state.get_fw_grad_mode();
  state.set_fw_grad_mode(bool_from(environment.env, arguments[0]));
  return to_js(environment.env, before);
}

}  // namespace

void export_engine(Environment& environment, napi_value exports) {
  torch::autograd::set_default_engine_stub(&Engine::get);
  current_environment = &environment;
  napi_add_env_cleanup_hook(
      environment.env,
      [](void*) {
        current_environment = nullptr;
        saved_tensors_functions.clear();
      },
      nullptr);
  export_function<push_saved_tensors_hooks>(environment, exports, "pushSavedTensorsHooks");
  export_function<pop_saved_tensors_hooks>(environment, exports, "popSavedTensorsHooks");
  export_function<node_metadata>(environment, exports, "nodeMetadata");
  export_function<will_execute_node>(environment, exports, "willExecuteNode");
  export_function<graph_task>(environment, exports, "graphTask");
  export_function<set_anomaly_enabled>(environment, exports, "setAnomalyEnabled");
  export_function<is_anomaly_enabled>(environment, exports, "isAnomalyEnabled");
  export_function<is_anomaly_check_nan_enabled>(environment, exports, "isAnomalyCheckNanEnabled");
  export_function<increment_version>(environment, exports, "incrementVersion");
  export_function<enter_dual_level>(environment, exports, "enterDualLevel");
  export_function<exit_dual_level>(environment, exports, "exitDualLevel");
  export_function<set_forward_grad_enabled>(environment, exports, "setForwardGradEnabled");
}

}  // namespace tsorch
