// C++'s side of the training cases.
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/loss.h>
#include <torch/nn/modules/pooling.h>
#include <torch/optim/sgd.h>

#include "../work.h"

namespace nn = torch::nn;

namespace {

// Layer by layer: layers draw their weights when they are made, and C++ promises no order among arguments.
nn::Sequential mlp() {
  nn::Sequential model;
  model->push_back(nn::Linear(10, 16));
  model->push_back(nn::ReLU());
  model->push_back(nn::Linear(16, 2));
  return model;
}

nn::Sequential cnn() {
  nn::Sequential model;
  model->push_back(nn::Conv2d(1, 16, 3));
  model->push_back(nn::ReLU());
  model->push_back(nn::MaxPool2d(2));
  model->push_back(nn::Conv2d(16, 32, 3));
  model->push_back(nn::ReLU());
  model->push_back(nn::MaxPool2d(2));
  model->push_back(nn::Flatten());
  model->push_back(nn::Linear(800, 10));
  return model;
}

Work mlp_forward() {
  auto model = mlp();
  auto x = torch::randn({8, 10});
  return [=]() mutable { return model->forward(x); };
}

Work training_step(nn::Sequential model, at::IntArrayRef size, int64_t classes) {
  const auto options = torch::optim::SGDOptions(0.01).momentum(0.9);
  auto optimizer = std::make_shared<torch::optim::SGD>(model->parameters(), options);
  nn::CrossEntropyLoss criterion;
  auto x = torch::randn(size);
  auto y = torch::randint(0, classes, {size[0]}, torch::kLong);
  return [=]() mutable {
    optimizer->zero_grad();
    auto loss = criterion(model->forward(x), y);
    loss.backward();
    optimizer->step();
    return loss;
  };
}

}  // namespace

Works training() {
  // In this order on every side, for they draw their weights from one seed.
  return {
      {"mlp-forward", mlp_forward()},
      {"mlp-step", training_step(mlp(), {8, 10}, 2)},
      {"cnn-step", training_step(cnn(), {64, 1, 28, 28}, 10)},
  };
}
