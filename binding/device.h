// Devices, dtypes, layouts and memory formats as JavaScript values.
#pragma once

#include "environment.h"

namespace tsorch {

void export_device(Environment& environment, napi_value exports);

}  // namespace tsorch
