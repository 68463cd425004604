// The one place that knows how LibTorch's supported versions (2.11 to 2.14) differ.
#pragma once

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>
#include <torch/headeronly/version.h>

namespace tsorch {

// 2.13 moved autograd nodes from std::shared_ptr to c10::intrusive_ptr; an edge's pointer has the type of either.
using NodePtr = decltype(torch::autograd::Edge::function);

// A new node of a class of ours.
template <class T, class... Args>
NodePtr make_node(Args&&... args) {
#if TORCH_VERSION_MINOR >= 13
  return c10::make_intrusive<T>(std::forward<Args>(args)...);
#else
  return NodePtr(new T(std::forward<Args>(args)...), torch::autograd::deleteNode);
#endif
}

using TensorSet = std::unordered_set<at::TensorImpl*>;

// Makes `outputs` results of the node: what 2.14 gave a last argument, the node that became their history.
inline std::vector<std::optional<at::Tensor>> wrap_outputs(const std::vector<at::Tensor>& inputs,
                                                           const TensorSet& non_differentiable, const TensorSet& dirty,
                                                           const std::vector<std::optional<at::Tensor>>& outputs,
                                                           const NodePtr& node,
                                                           const torch::autograd::_jvp_fn_t& forward_derivative,
                                                           const TensorSet& to_save) {
  const auto view_as_self = [](const at::Tensor& tensor) { return tensor.view_as(tensor); };
#if TORCH_VERSION_MINOR >= 14
  NodePtr attached;
  return torch::autograd::_wrap_outputs(inputs, non_differentiable, dirty, outputs, node, forward_derivative, to_save,
                                        view_as_self, /*pure_view=*/false, attached);
#else
  return torch::autograd::_wrap_outputs(inputs, non_differentiable, dirty, outputs, node, forward_derivative, to_save,
                                        view_as_self, /*pure_view=*/false);
#endif
}

}  // namespace tsorch
