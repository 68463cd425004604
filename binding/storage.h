// Storages: as tensors of bytes, over parts of others, and over mapped files.
#pragma once

#include "environment.h"

namespace tsorch {

void export_storage(Environment& environment, napi_value exports);

}  // namespace tsorch
