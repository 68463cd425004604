// The operators that crash a Python process too when they are called directly with such arguments: nearly all are
// internal ones, whose public callers check first. test/fuzz/known-crashes.ts has a call in Python that proves each.
#include "preconditions.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <map>

namespace tsorch {

namespace {

using Arguments = torch::jit::Stack;

void remove_batch_dim(const Arguments& arguments) {
  const int64_t dim = arguments[0].toTensor().dim();
  const int64_t out_dim = arguments[3].toInt();
  TORCH_CHECK_INDEX(out_dim >= 0 && out_dim <= dim, "_remove_batch_dim: out_dim must be between 0 and ", dim, ", got ",
                    out_dim);
}

void stack(const Arguments& arguments) {
  TORCH_CHECK(!arguments[0].toListRef().empty(), "stack expects a non-empty TensorList");
}

void quantized_lstm_cell(const Arguments& arguments) {
  TORCH_CHECK_VALUE(arguments[1].toListRef().size() == 2, "quantized_lstm_cell: hx must hold two tensors");
}

void nnpack_spatial_convolution(const Arguments& arguments) {
  TORCH_CHECK_VALUE(arguments[0].toTensor().dim() == 4 && arguments[1].toTensor().dim() == 4,
                    "_nnpack_spatial_convolution: expected a 4-D input and a 4-D weight");
  for (const int64_t stride : arguments[4].toIntVector()) {
    TORCH_CHECK_VALUE(stride > 0, "_nnpack_spatial_convolution: stride must be positive, got ", stride);
  }
}

// Weight normalisation over the first or the last dimension takes one norm for each of its rows.
void check_norms(const at::Tensor& weight, const at::Tensor& norms, int64_t dim) {
  if (dim != 0 && dim != weight.dim() - 1) return;
  TORCH_CHECK_VALUE(weight.dim() > 0 && weight.numel() > 0, "_weight_norm: the weight must not be empty");
  TORCH_CHECK_VALUE(norms.numel() == weight.size(dim), "_weight_norm: expected ", weight.size(dim), " norms, got ",
                    norms.numel());
}

void weight_norm(const Arguments& arguments) {
  check_norms(arguments[0].toTensor(), arguments[1].toTensor(), arguments[2].toInt());
}

void weight_norm_backward(const Arguments& arguments) {
  const at::Tensor& weight = arguments[1].toTensor();
  TORCH_CHECK_VALUE(arguments[0].toTensor().sizes() == weight.sizes(), "_weight_norm: grad_w must be as large as v");
  check_norms(weight, arguments[2].toTensor(), arguments[4].toInt());
  check_norms(weight, arguments[3].toTensor(), arguments[4].toInt());
}

void transform_bias_rescale_qkv(const Arguments& arguments) {
  TORCH_CHECK_VALUE(arguments[2].toInt() > 0, "_transform_bias_rescale_qkv: num_heads must be positive");
}

// Batch normalisation's weight, bias and running statistics have one element for each channel, if they are given.
void check_channels(const Arguments& arguments, size_t first, size_t last) {
  const at::Tensor& input = arguments[0].toTensor();
  TORCH_CHECK_VALUE(input.dim() >= 2, "batch_norm: expected an input of two dimensions or more");
  for (size_t i = first; i <= last; ++i) {
    if (!arguments[i].isTensor() || !arguments[i].toTensor().defined()) continue;
    const int64_t count = arguments[i].toTensor().numel();
    TORCH_CHECK_VALUE(count == input.size(1), "batch_norm: expected ", input.size(1), " elements, got ", count);
  }
}

void batch_norm(const Arguments& arguments) {
  // The overload without statistics has `training` in the place of `running_mean`.
  const bool takes_statistics = !arguments[3].isBool();
  check_channels(arguments, 1, takes_statistics ? 4 : 2);
  const bool training = arguments[takes_statistics ? 5 : 3].toBool();
  const bool statistics = takes_statistics && arguments[3].isTensor() && arguments[4].isTensor();
  TORCH_CHECK_VALUE(training || statistics, "batch_norm needs running statistics unless it trains");
}

void batch_norm_update_stats(const Arguments& arguments) { check_channels(arguments, 1, 2); }

void fft_dims(const Arguments& arguments) {
  const int64_t rank = arguments[0].toTensor().dim();
  for (const int64_t dim : arguments[1].toIntVector()) {
    TORCH_CHECK_INDEX(dim >= 0 && dim < rank, "Dimension out of range (expected to be in range of [0, ", rank - 1,
                      "], but got ", dim, ")");
  }
}

void finite_matrix(const Arguments& arguments) {
  const at::Tensor& matrix = arguments[0].toTensor();
  if (matrix.is_meta() || matrix.numel() == 0) return;
  TORCH_CHECK(std::isfinite(matrix.detach().abs().sum().item().toDouble()),
              "linalg.eig: input tensor should not contain infs or NaNs.");
}

void pack_4bit_weight(const Arguments& arguments) {
  TORCH_CHECK_VALUE(arguments[3].toInt() > 0, "_dyn_quant_pack_4bit_weight: block_size must be positive");
}

void matmul_4bit(const Arguments& arguments) {
  TORCH_CHECK_VALUE(arguments[2].toInt() > 0, "_dyn_quant_matmul_4bit: block_size must be positive");
}

void reshape_alias(const Arguments& arguments) {
  const at::Tensor& tensor = arguments[0].toTensor();
  const auto sizes = arguments[1].toIntVector();
  const auto strides = arguments[2].toIntVector();
  TORCH_CHECK_VALUE(sizes.size() == strides.size(), "_reshape_alias: expected as many strides as sizes");
  if (tensor.layout() != at::kStrided) return;
  // In floating point, where the product of absurd sizes does not overflow.
  double last = static_cast<double>(tensor.storage_offset());
  for (size_t i = 0; i < sizes.size(); ++i) {
    TORCH_CHECK_VALUE(sizes[i] >= 0 && strides[i] >= 0, "_reshape_alias: sizes and strides must not be negative");
    if (sizes[i] == 0) return;
    last += static_cast<double>(sizes[i] - 1) * static_cast<double>(strides[i]);
  }
  const double elements = static_cast<double>(tensor.storage().nbytes()) / static_cast<double>(tensor.itemsize());
  TORCH_CHECK_VALUE(last < elements, "_reshape_alias: sizes and strides reach beyond the storage");
}

// `state` holds a row for each dimension and a column for each bit that a point's number may have.
void check_sobol_state(const at::Tensor& state, int64_t dimension) {
  constexpr int64_t kBits = 30;
  TORCH_CHECK_VALUE(state.dim() == 2 && dimension >= 0 && state.size(0) >= dimension && state.size(1) >= kBits,
                    "expected a state of at least ", dimension, " rows and ", kBits, " columns");
}

void sobol_engine(const Arguments& arguments) {
  constexpr int64_t kMostPoints = int64_t{1} << 30;
  const int64_t dimension = arguments[3].toInt();
  const int64_t first = arguments[1].toInt();
  const int64_t count = arguments[4].toInt();
  check_sobol_state(arguments[2].toTensor(), dimension);
  TORCH_CHECK_VALUE(arguments[0].toTensor().numel() >= dimension, "expected a point of ", dimension, " dimensions");
  TORCH_CHECK_VALUE(first >= 0 && count >= 0 && first < kMostPoints && count < kMostPoints - first,
                    "a Sobol sequence has at most 2**30 points");
}

void sobol_engine_initialize(const Arguments& arguments) {
  constexpr int64_t kMostDimensions = 21201;
  TORCH_CHECK_VALUE(arguments[1].toInt() <= kMostDimensions, "a Sobol sequence has at most 21201 dimensions");
  check_sobol_state(arguments[0].toTensor(), arguments[1].toInt());
}

void sobol_engine_scramble(const Arguments& arguments) {
  const int64_t dimension = arguments[2].toInt();
  check_sobol_state(arguments[0].toTensor(), dimension);
  const at::Tensor& matrices = arguments[1].toTensor();
  TORCH_CHECK_VALUE(matrices.dim() == 3 && matrices.size(0) >= dimension, "expected ", dimension, " matrices");
}

bool is_within(const at::Tensor& indices, int64_t low, int64_t high) {
  if (indices.is_meta() || indices.numel() == 0) return true;
  return indices.min().item().toLong() >= low && indices.max().item().toLong() <= high;
}

void coo_to_csr(const Arguments& arguments) {
  const int64_t size = arguments[1].toInt();
  TORCH_CHECK_INDEX(is_within(arguments[0].toTensor(), 0, size - 1), "index out of range for a dimension of size ",
                    size);
}

void csr_to_coo(const Arguments& arguments) {
  const int64_t count = arguments[1].toTensor().numel();
  TORCH_CHECK_INDEX(is_within(arguments[0].toTensor(), 0, count), "crow_indices must be between 0 and ", count);
}

// The kernel trusts the sizes that LSTM and GRU modules give it.
void mkldnn_rnn_layer(const Arguments& arguments) {
  constexpr int64_t kLstm = 2;
  constexpr int64_t kGru = 3;
  const int64_t mode = arguments[9].toInt();
  const int64_t hidden = arguments[10].toInt();
  const int64_t rows = hidden * (mode == kLstm ? 4 : mode == kGru ? 3 : 1);
  const at::Tensor& input = arguments[0].toTensor();
  TORCH_CHECK_VALUE(input.dim() == 3 && input.is_floating_point() && hidden > 0,
                    "mkldnn_rnn_layer: expected a 3-D input of a floating point dtype and a positive hidden_size");
  for (size_t i = 1; i <= 4; ++i) {
    const at::Tensor& weight = arguments[i].toTensor();
    const int64_t columns = i == 1 ? input.size(2) : i == 2 ? hidden : 1;
    TORCH_CHECK_VALUE(weight.numel() == rows * columns && weight.scalar_type() == input.scalar_type(),
                      "mkldnn_rnn_layer: weight", i, " must have ", rows * columns, " elements of the input's dtype");
  }
  TORCH_CHECK_VALUE(arguments[5].toTensor().numel() >= input.size(1) * hidden, "mkldnn_rnn_layer: hx_ must have ",
                    hidden, " elements for each sequence");
}

void logcumsumexp(const Arguments& arguments) {
  if (arguments.size() < 3) return;
  TORCH_CHECK(arguments[2].toTensor().scalar_type() == arguments[0].toTensor().scalar_type(),
              "_logcumsumexp: out must have the input's dtype");
}

void running_extremum(const Arguments& arguments) {
  const at::Tensor& tensor = arguments[0].toTensor();
  for (const size_t output : {1, 2}) {
    TORCH_CHECK(arguments[output].toTensor().sizes() == tensor.sizes(),
                "values and indices must be as large as the input");
  }
}

const std::map<std::string, Precondition>& preconditions() {
  static const std::map<std::string, Precondition> checks = {
      {"aten::_remove_batch_dim", remove_batch_dim},
      {"aten::_stack", stack},
      {"aten::quantized_lstm_cell", quantized_lstm_cell},
      {"aten::_nnpack_spatial_convolution", nnpack_spatial_convolution},
      {"aten::_weight_norm", weight_norm},
      {"aten::_weight_norm_interface", weight_norm},
      {"aten::_weight_norm_interface_backward", weight_norm_backward},
      {"aten::_transform_bias_rescale_qkv", transform_bias_rescale_qkv},
      {"aten::_native_batch_norm_legit", batch_norm},
      {"aten::native_batch_norm", batch_norm},
      {"aten::batch_norm_update_stats", batch_norm_update_stats},
      {"aten::_reshape_alias", reshape_alias},
      {"aten::_reshape_alias_copy", reshape_alias},
      {"aten::_sobol_engine_ff_", sobol_engine},
      {"aten::_sobol_engine_draw", sobol_engine},
      {"aten::_sobol_engine_scramble_", sobol_engine_scramble},
      {"aten::_sobol_engine_initialize_state_", sobol_engine_initialize},
      {"aten::_fft_r2c", fft_dims},
      {"aten::_fft_c2r", fft_dims},
      {"aten::_fft_c2c", fft_dims},
      {"aten::_linalg_eigvals", finite_matrix},
      {"aten::_convert_indices_from_coo_to_csr", coo_to_csr},
      {"aten::_convert_indices_from_csr_to_coo", csr_to_coo},
      {"aten::_logcumsumexp", logcumsumexp},
      {"aten::_cummax_helper", running_extremum},
      {"aten::_cummin_helper", running_extremum},
      {"aten::mkldnn_rnn_layer", mkldnn_rnn_layer},
      {"aten::_dyn_quant_pack_4bit_weight", pack_4bit_weight},
      {"aten::_dyn_quant_matmul_4bit", matmul_4bit},
  };
  return checks;
}

}  // namespace

Precondition precondition_of(const std::string& operator_name) {
  const auto found = preconditions().find(operator_name);
  return found == preconditions().end() ? nullptr : found->second;
}

}  // namespace tsorch
