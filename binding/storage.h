// Storages: as tensors of bytes, over parts of others, over mapped files, and on loan to Node.
#pragma once

#include <ATen/core/Tensor.h>

#include "environment.h"

namespace tsorch {

// Whether the storage's memory is that of a mapped file.
bool is_mapped(const c10::StorageImpl& storage);

// Forbids for good that the tensor's storage is resized, which would move its memory.
void fix_storage(const at::Tensor& tensor);

void export_storage(Environment& environment, napi_value exports);

}  // namespace tsorch
