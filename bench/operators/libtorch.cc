// C++'s side of the operator cases: the same calls as in pytorch.py and tsorch.ts, on the same inputs.
#include <ATen/TensorIndexing.h>
#include <ATen/core/Tensor.h>
#include <torch/types.h>

#include "../work.h"

using at::indexing::Slice;

Works operators() {
  // One after the other: C++ promises no order among arguments.
  auto a = torch::randn({4});
  auto b = torch::randn({4});
  auto x = torch::randn({8, 8});
  auto y = torch::randn({8, 8});
  auto one = torch::randn({1});
  auto row = torch::randn({1, 8});
  auto indices = torch::tensor({0, 3, 5}, torch::kLong);
  auto mask = x.gt(0);
  return {
      {"add", [=] { return a.add(b); }},
      {"mul-scalar", [=] { return x.mul(0.5); }},
      {"matmul", [=] { return x.matmul(y); }},
      {"sum", [=] { return x.sum(); }},
      {"mean-dim", [=] { return x.mean(1); }},
      {"max-dim", [=] { return std::get<0>(x.max(1)); }},
      {"softmax", [=] { return x.softmax(1); }},
      {"where", [=] { return torch::where(mask, x, y); }},
      {"cat",
       [=] {
         return torch::cat({x, y}, 1);
       }},
      {"stack",
       [=] {
         return torch::stack({x, y});
       }},
      {"view",
       [=] {
         return x.view({4, 16});
       }},
      {"reshape", [=] { return x.reshape(-1); }},
      {"transpose", [=] { return x.transpose(0, 1); }},
      {"unsqueeze", [=] { return x.unsqueeze(0); }},
      {"expand",
       [=] {
         return row.expand({4, 8});
       }},
      {"select", [=] { return x.index({3}); }},
      {"slice", [=] { return x.index({Slice(1, 5)}); }},
      {"slice-2d",
       [=] {
         return x.index({Slice(), Slice(1, 5)});
       }},
      {"index", [=] { return x.index({indices}); }},
      {"index-mask", [=] { return x.index({mask}); }},
      {"clone", [=] { return x.clone(); }},
      {"to-dtype", [=] { return x.to(torch::kDouble); }},
      {"randn",
       [] {
         return torch::randn({2, 3});
       }},
      {"zeros",
       [] {
         return torch::zeros({2, 3});
       }},
      {"item",
       [=] {
         static_cast<void>(one.item<float>());
         return one;
       }},
  };
}
