// The one place that knows how LibTorch's supported versions (2.11 to 2.14) differ.
#pragma once

#include <torch/csrc/autograd/edge.h>
#include <torch/headeronly/version.h>

namespace tsorch {

// 2.13 moved autograd nodes from std::shared_ptr to c10::intrusive_ptr; an edge's pointer has the type of either.
using NodePtr = decltype(torch::autograd::Edge::function);

}  // namespace tsorch
