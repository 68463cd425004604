// Thread-local modes and process-wide settings: gradients, inference, threads, defaults, libraries.
#pragma once

#include "environment.h"

namespace tsorch {

void export_modes(Environment& environment, napi_value exports);

}  // namespace tsorch
