// Tensors' contents from and to JavaScript: typed arrays, numbers, nested arrays.
#pragma once

#include "environment.h"

namespace tsorch {

void export_data(Environment& environment, napi_value exports);

}  // namespace tsorch
