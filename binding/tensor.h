// What a tensor is, without running an operator: sizes, strides, dtype, device, flags.
#pragma once

#include "environment.h"

namespace tsorch {

void export_tensor(Environment& environment, napi_value exports);

}  // namespace tsorch
