// Traces JavaScript functions: records the operators that they call as a TorchScript graph.
#pragma once

#include "environment.h"

namespace tsorch {

void export_trace(Environment& environment, napi_value exports);

}  // namespace tsorch
