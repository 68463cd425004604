// The C++ side of the benchmark: reads "case threads iterations" lines, answers each with the time of an iteration.
#include <ATen/Parallel.h>
#include <ATen/ops/sum.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "work.h"

int main() {
  std::cout << "{\"version\": \"" TORCH_VERSION "\"}" << std::endl;
  Works works;
  for (auto family : {operators, modules, training, optim}) {
    torch::manual_seed(0);
    works.merge(family());
  }
  std::string name;
  int threads = 0;
  int iterations = 0;
  while (std::cin >> name >> threads >> iterations) {
    at::set_num_threads(threads);
    const Work& work = works.at(name);
    at::Tensor result;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < iterations; ++i) result = work();
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    std::printf("{\"nanoseconds\": %.3f, \"value\": %.9g}\n", time.count() / iterations, result.sum().item<double>());
    std::fflush(stdout);
  }
}
