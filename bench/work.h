// What a family of cases gives to the C++ side: the work of each, ready to be done.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

using Work = std::function<at::Tensor()>;
using Works = std::map<std::string, Work>;

Works modules();
Works operators();
Works optim();
Works training();
