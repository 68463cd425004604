#include "node.h"

#include <torch/csrc/autograd/functions/accumulate_grad.h>

namespace tsorch {

namespace {

// gradFn(handle): the node that made the tensor, or null for a leaf
napi_value grad_fn(Environment& environment, const Arguments& arguments) {
  return to_js_node(environment.env, tensor_from(environment.env, arguments[0]).grad_fn());
}

napi_value node_name(Environment& environment, const Arguments& arguments) {
  const auto& node = node_from(environment.env, arguments[0]);
  return to_js(environment.env, std::string_view(node->name()));
}

// nodeAddress(node): a number that no other node has as long as this one lives
napi_value node_address(Environment& environment, const Arguments& arguments) {
  const auto& node = node_from(environment.env, arguments[0]);
  return to_js(environment.env, static_cast<int64_t>(reinterpret_cast<intptr_t>(node.get())));
}

// nodeInputs(node): [node or null, input number] of every next function
napi_value node_inputs(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  return to_js_array(env, node_from(env, arguments[0])->next_edges(), [&](const torch::autograd::Edge& edge) {
    napi_value pair = nullptr;
    check(env, napi_create_array_with_length(env, 2, &pair));
    check(env, napi_set_element(env, pair, 0, to_js_node(env, edge.function)));
    check(env, napi_set_element(env, pair, 1, to_js(env, static_cast<int64_t>(edge.input_nr))));
    return pair;
  });
}

// nodeVariable(node): the leaf whose gradient the node accumulates; undefined for any other node
napi_value node_variable(Environment& environment, const Arguments& arguments) {
  const auto* node = dynamic_cast<torch::autograd::AccumulateGrad*>(node_from(environment.env, arguments[0]).get());
  return node == nullptr ? nullptr : to_js(environment, node->variable);
}

}  // namespace

void export_node(Environment& environment, napi_value exports) {
  export_function<grad_fn>(environment, exports, "gradFn");
  export_function<node_name>(environment, exports, "nodeName");
  export_function<node_address>(environment, exports, "nodeAddress");
  export_function<node_inputs>(environment, exports, "nodeInputs");
  export_function<node_variable>(environment, exports, "nodeVariable");
}

}  // namespace tsorch
