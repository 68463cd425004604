// The C++ side of the benchmark: reads "case threads iterations" lines, answers each with the time of an iteration.
#include <ATen/Parallel.h>
#include <ATen/ops/add.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sum.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/loss.h>
#include <torch/nn/modules/pooling.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>

namespace nn = torch::nn;

using Work = std::function<at::Tensor()>;

namespace {

Work add() {
  auto a = torch::randn({4});
  auto b = torch::randn({4});
  return [=] { return a.add(b); };
}

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

const std::map<std::string, std::function<Work()>> kCases = {
    {"add", add},
    {"mlp-forward", mlp_forward},
    {"mlp-step",
     [] {
       return training_step(mlp(), {8, 10}, 2);
     }},
    {"cnn-step",
     [] {
       return training_step(cnn(), {64, 1, 28, 28}, 10);
     }},
};

}  // namespace

int main() {
  std::cout << "{\"version\": \"" TORCH_VERSION "\"}" << std::endl;
  std::map<std::string, Work> works;
  std::string name;
  int threads = 0;
  int iterations = 0;
  while (std::cin >> name >> threads >> iterations) {
    at::set_num_threads(threads);
    if (works.count(name) == 0) {
      torch::manual_seed(0);
      works[name] = kCases.at(name)();
    }
    const Work& work = works[name];
    at::Tensor result;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < iterations; ++i) result = work();
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    std::printf("{\"nanoseconds\": %.3f, \"value\": %.9g}\n", time.count() / iterations, result.sum().item<double>());
    std::fflush(stdout);
  }
}
