// Calls operators by their schemas, as programs of torch.export name them.
#pragma once

#include "environment.h"

namespace tsorch {

void export_exported(Environment& environment, napi_value exports);

}  // namespace tsorch
