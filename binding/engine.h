// Autograd's engine as JavaScript sees it: anomaly detection, hooks of saved tensors, levels of forward derivatives.
#pragma once

#include "environment.h"

namespace tsorch {

void export_engine(Environment& environment, napi_value exports);

}  // namespace tsorch
