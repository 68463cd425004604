// Random number generators.
#pragma once

#include "environment.h"

namespace tsorch {

void export_random(Environment& environment, napi_value exports);

}  // namespace tsorch
