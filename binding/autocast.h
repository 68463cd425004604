// Autocast: which dtype operators run in, by device type, for the thread.
#pragma once

#include "environment.h"

namespace tsorch {

void export_autocast(Environment& environment, napi_value exports);

}  // namespace tsorch
