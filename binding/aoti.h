// Packages that AOTInductor compiled: native code for one model.
#pragma once

#include "environment.h"

namespace tsorch {

void export_aoti(Environment& environment, napi_value exports);

}  // namespace tsorch
