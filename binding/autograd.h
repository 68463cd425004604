// Backward passes, gradients and the graph's nodes.
#pragma once

#include "environment.h"

namespace tsorch {

void export_autograd(Environment& environment, napi_value exports);

}  // namespace tsorch
