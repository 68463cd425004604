// C++'s side of the steps of optimizers.
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <memory>
#include <vector>

#include "../work.h"

namespace {

// Makes its tensors at the first call: those of other cases need not lie in memory.
template <class Optimizer, class Options>
Work step(Options options, int64_t count, std::vector<int64_t> size) {
  auto params = std::make_shared<std::vector<at::Tensor>>();
  auto optimizer = std::make_shared<std::unique_ptr<Optimizer>>();
  return [=] {
    if (!*optimizer) {
      for (int64_t i = 0; i < count; ++i) {
        params->push_back(at::ones(size).set_requires_grad(true));
        params->back().mutable_grad() = at::full(size, 0.5);
      }
      *optimizer = std::make_unique<Optimizer>(*params, options);
    }
    (*optimizer)->step();
    return params->back().detach();
  };
}

template <class Optimizer, class Options>
void add(Works& works, const std::string& name, const Options& options) {
  for (const int64_t count : {4, 100, 1000}) {
    works[name + "-" + std::to_string(count)] = step<Optimizer>(options, count, {4, 4});
  }
  works[name + "-large"] = step<Optimizer>(options, 1, {10'000'000});
}

}  // namespace

Works optim() {
  Works works;
  add<torch::optim::SGD>(works, "sgd", torch::optim::SGDOptions(1e-4).momentum(0.9));
  add<torch::optim::AdamW>(works, "adamw", torch::optim::AdamWOptions(1e-4));
  return works;
}
