// TorchScript: programs that LibTorch compiles and runs by itself, as modules and as functions.
#pragma once

#include "environment.h"

namespace tsorch {

void export_jit(Environment& environment, napi_value exports);

}  // namespace tsorch
