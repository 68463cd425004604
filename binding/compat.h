// The one place that knows how LibTorch's supported versions (2.11 to 2.14) differ.
#pragma once

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

}  // namespace tsorch
