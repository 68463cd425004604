// C++'s side of the module cases.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <torch/nn/functional/linear.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/modules/pooling.h>

#include "../work.h"

namespace nn = torch::nn;

namespace {

constexpr int64_t WIDTH = 128;
constexpr int64_t HEADS = 4;

// A block of a GPT: attention to what came before, then two linear maps.
struct BlockImpl : nn::Module {
  at::Tensor forward(const at::Tensor& x) {
    const auto batch = x.size(0);
    const auto length = x.size(1);
    const auto split = attention(norm1(x)).view({batch, length, 3, HEADS, WIDTH / HEADS});
    const auto parts = split.permute({2, 0, 3, 1, 4}).unbind(0);
    const auto attended = at::scaled_dot_product_attention(parts[0], parts[1], parts[2], {}, 0.0, true);
    const auto hidden = x + projection(attended.transpose(1, 2).reshape({batch, length, WIDTH}));
    return hidden + down(at::gelu(up(norm2(hidden))));
  }

  nn::LayerNorm norm1 = register_module("norm1", nn::LayerNorm(nn::LayerNormOptions({WIDTH})));
  nn::Linear attention = register_module("attention", nn::Linear(WIDTH, 3 * WIDTH));
  nn::Linear projection = register_module("projection", nn::Linear(WIDTH, WIDTH));
  nn::LayerNorm norm2 = register_module("norm2", nn::LayerNorm(nn::LayerNormOptions({WIDTH})));
  nn::Linear up = register_module("up", nn::Linear(WIDTH, 4 * WIDTH));
  nn::Linear down = register_module("down", nn::Linear(4 * WIDTH, WIDTH));
};
TORCH_MODULE(Block);

nn::Conv2d conv(int64_t inputs, int64_t outputs, int64_t size, int64_t stride) {
  return nn::Conv2d(nn::Conv2dOptions(inputs, outputs, size).stride(stride).padding(size / 2).bias(false));
}

// A block of a ResNet.
struct ResidualImpl : nn::Module {
  ResidualImpl(int64_t inputs, int64_t outputs, int64_t stride)
      : conv1(register_module("conv1", conv(inputs, outputs, 3, stride))),
        bn1(register_module("bn1", nn::BatchNorm2d(outputs))),
        conv2(register_module("conv2", conv(outputs, outputs, 3, 1))),
        bn2(register_module("bn2", nn::BatchNorm2d(outputs))),
        downsample(register_module("downsample", nn::Sequential())) {
    if (stride == 1) return;
    downsample->push_back(conv(inputs, outputs, 1, stride));
    downsample->push_back(nn::BatchNorm2d(outputs));
  }

  at::Tensor forward(const at::Tensor& x) {
    const auto y = bn2(conv2(at::relu(bn1(conv1(x)))));
    return at::relu(y + (downsample->is_empty() ? x : downsample->forward(x)));
  }

  nn::Conv2d conv1;
  nn::BatchNorm2d bn1;
  nn::Conv2d conv2;
  nn::BatchNorm2d bn2;
  nn::Sequential downsample;
};
TORCH_MODULE(Residual);

nn::Sequential transformer() {
  nn::Sequential model;
  for (int i = 0; i < 8; ++i) model->push_back(Block());
  return model;
}

nn::Sequential resnet18() {
  nn::Sequential model;
  model->push_back(conv(3, 64, 7, 2));
  model->push_back(nn::BatchNorm2d(64));
  model->push_back(nn::ReLU());
  model->push_back(nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).padding(1)));
  int64_t inputs = 64;
  for (const int64_t outputs : {64, 128, 256, 512}) {
    model->push_back(Residual(inputs, outputs, outputs > 64 ? 2 : 1));
    model->push_back(Residual(outputs, outputs, 1));
    inputs = outputs;
  }
  model->push_back(nn::AdaptiveAvgPool2d(1));
  model->push_back(nn::Flatten());
  model->push_back(nn::Linear(512, 1000));
  return model;
}

Work inference(nn::Sequential model, at::IntArrayRef size) {
  model->eval();
  auto x = torch::randn(size);
  return [=]() mutable {
    const at::NoGradGuard guard;
    return model->forward(x);
  };
}

}  // namespace

Works modules() {
  // In this order on every side, for they draw their weights from one seed.
  const auto x = torch::randn({8, 8});
  nn::Linear layer(8, 8);
  const auto weight = layer->weight;
  const auto bias = layer->bias;
  auto transforming = inference(transformer(), {1, 64, WIDTH});
  auto classifying = inference(resnet18(), {1, 3, 224, 224});
  return {
      {"linear-functional", [=] { return nn::functional::linear(x, weight, bias); }},
      {"linear-module", [=]() mutable { return layer(x); }},
      {"transformer-forward", transforming},
      {"resnet18-forward", classifying},
  };
}
