// The nodes of the user's own functions: Python's torch.autograd.Function.
#pragma once

#include "environment.h"

namespace tsorch {

void export_function_node(Environment& environment, napi_value exports);

}  // namespace tsorch
