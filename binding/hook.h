// JavaScript functions that autograd's graph calls during a backward pass.
#pragma once

#include "environment.h"

namespace tsorch {

void export_hook(Environment& environment, napi_value exports);

}  // namespace tsorch
