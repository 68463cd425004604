// Checks of arguments that LibTorch's own kernels leave out, and for want of which they end the process.
#pragma once

#include <ATen/core/stack.h>

#include <string>

namespace tsorch {

// Looks at an operator's arguments, in its schema's order; throws an error if the kernel would not survive them.
using Precondition = void (*)(const torch::jit::Stack& arguments);

// The check of an operator ("aten::_stack"), whatever its overload; null for nearly all.
Precondition precondition_of(const std::string& operator_name);

}  // namespace tsorch
