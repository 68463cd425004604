#include "autograd.h"

#include <c10/core/ScalarType.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>

#include <algorithm>

#include "handle.h"
#include "held_function.h"
#include "values.h"

namespace tsorch {

namespace {

napi_value requires_grad(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, tensor_from(environment.env, arguments[0]).requires_grad());
}

napi_value set_requires_grad(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  const bool flag = bool_from(environment.env, arguments[1]);
  if (!tensor.is_leaf() && !flag) {
    throw runtime_error(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
        "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  }
  if (flag && !at::isFloatingType(tensor.scalar_type()) && !at::isComplexType(tensor.scalar_type())) {
    throw runtime_error("only Tensors of floating point dtype can require gradients");
  }
  tensor.set_requires_grad(flag);
  return nullptr;
}

napi_value is_leaf(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, tensor_from(environment.env, arguments[0]).is_leaf());
}

napi_value retains_grad(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, tensor_from(environment.env, arguments[0]).retains_grad());
}

// gradDtypeCode(handle): the dtype of the gradient, or null if it may have any
napi_value grad_dtype_code(Environment& environment, const Arguments& arguments) {
  const auto dtype = tensor_from(environment.env, arguments[0]).grad_dtype();
  return dtype.has_value() ? to_js(environment.env, static_cast<int64_t>(*dtype)) : null_value(environment.env);
}

// setGradDtype(handle, dtype or null)
napi_value set_grad_dtype(Environment& environment, const Arguments& arguments) {
  const bool any = type_of(environment.env, arguments[1]) == napi_null;
  tensor_from(environment.env, arguments[0])
      .set_grad_dtype(any ? std::nullopt
                          : std::optional(unbox<at::ScalarType>(environment.env, arguments[1], "a dtype")));
  return nullptr;
}

// grad(handle, known?): the gradient, or undefined if it is the tensor of the handle `known`
napi_value grad(Environment& environment, const Arguments& arguments) {
  const at::Tensor& gradient = tensor_from(environment.env, arguments[0]).grad();
  if (const NativeValue* known = native_of(environment.env, arguments[1]); known != nullptr && gradient.defined()) {
    if (static_cast<const TensorHandle*>(known)->tensor.is_same(gradient)) return nullptr;
  }
  return to_js(environment, gradient);
}

// setGrad(handle, gradient or null), checked as PyTorch checks it
napi_value set_grad(Environment& environment, const Arguments& arguments) {
  const at::Tensor& tensor = tensor_from(environment.env, arguments[0]);
  if (type_of(environment.env, arguments[1]) == napi_null) {
    tensor.mutable_grad().reset();
    return nullptr;
  }
  const at::Tensor& gradient = tensor_from(environment.env, arguments[1]);
  if (gradient.is_same(tensor)) throw runtime_error("can't assign Variable as its own grad");
  if (gradient.scalar_type() != tensor.scalar_type()) {
    throw runtime_error(
        "attempting to assign a gradient with dtype '" + std::string(gradient.dtype().name()) +
        "' to a tensor with grad_dtype '" + c10::toString(tensor.scalar_type()) +
        "'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's "
        "grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. "
        "Diverging "
        "the dtypes of a tensor and its gradient may break downstream systems that assume they match.");
  }
  if (gradient.device() != tensor.device()) {
    throw runtime_error("attempting to assign a gradient located on device '" + gradient.device().str() +
                        "' to a tensor located on device '" + tensor.device().str() +
                        "'. Please ensure that the "
                        "gradient and the tensor are on the same device");
  }
  if (gradient.sizes() != tensor.sizes()) {
    throw runtime_error("attempting to assign a gradient of size '" + c10::str(gradient.sizes()) +
                        "' to a tensor of size '" + c10::str(tensor.sizes()) +
                        "'. Please ensure that the gradient and "
                        "the tensor are the same size");
  }
  tensor.mutable_grad() = gradient;
  return nullptr;
}

// setData(handle, other): other's contents and geometry under this tensor's identity
napi_value set_data(Environment& environment, const Arguments& arguments) {
  TensorHandle& handle = handle_from(environment.env, arguments[0]);
  tensor_of(handle).set_data(tensor_from(environment.env, arguments[1]));
  environment.memory.recharge(handle.charge, *handle.tensor.unsafeGetTensorImpl());
  return nullptr;
}

// grads(handles): the gradient of each, or null
napi_value grads(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  return to_js_array(env, tensors_from_list(env, arguments[0]),
                     [&](const at::Tensor& tensor) { return to_js(environment, tensor.grad()); });
}

// gradientList(list): the native list of the gradients of a native list, or null if one has none
napi_value gradient_list(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  TensorVector gradients;
  for (const at::Tensor& tensor : unbox<TensorVector>(env, arguments[0], "a native list of tensors")) {
    const at::Tensor& gradient = tensor.grad();
    if (!gradient.defined()) return null_value(env);
    gradients.push_back(gradient);
  }
  return box(env, std::move(gradients));
}

// zeroGrads(handles, setToNone): drops the gradients, or detaches them and fills them with zeros
napi_value zero_grads(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const bool set_to_none = bool_from(env, arguments[1]);
  for (const at::Tensor& tensor : tensors_from_list(env, arguments[0])) {
    at::Tensor& gradient = tensor.mutable_grad();
    if (!gradient.defined()) continue;
    if (set_to_none) {
      gradient.reset();
      continue;
    }
    if (gradient.grad_fn()) {
      gradient.detach_();
    } else {
      gradient.set_requires_grad(false);
    }
    gradient.zero_();
  }
  return nullptr;
}

// makeParameter(handle, requiresGrad): a leaf over the same memory whose geometry may change, as a subclass's has
napi_value make_parameter(Environment& environment, const Arguments& arguments) {
  at::Tensor parameter = tensor_from(environment.env, arguments[0]).detach();
  parameter.unsafeGetTensorImpl()->set_allow_tensor_metadata_change(true);
  parameter.set_requires_grad(bool_from(environment.env, arguments[1]));
  return to_js(environment, parameter);
}

napi_value variable_data(Environment& environment, const Arguments& arguments) {
  return to_js(environment, tensor_from(environment.env, arguments[0]).variable_data());
}

// The tensors to differentiate. The gradient of one that has none given is 1, which only a real scalar may leave out;
// LibTorch makes it, and checks all but the last in Python's words.
std::vector<at::Tensor> roots_from(napi_env env, napi_value list, napi_value gradients) {
  std::vector<at::Tensor> roots = tensors_from_list(env, list);
  for (uint32_t i = 0; i < roots.size(); ++i) {
    const at::Tensor& root = roots[i];
    const bool implicit = type_of(env, element(env, gradients, i)) == napi_null && root.requires_grad();
    if (implicit && root.numel() == 1 && !at::isFloatingType(root.scalar_type())) {
      throw runtime_error("grad can be implicitly created only for real scalar outputs but got torch." +
                          std::string(c10::getDtypeNames(root.scalar_type()).first));
    }
  }
  return roots;
}

// backward(roots, gradients or nulls, retainGraph, createGraph, inputs)
napi_value backward(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  torch::autograd::backward(roots_from(env, arguments[0], arguments[1]), tensors_from_list(env, arguments[1]),
                            bool_from(env, arguments[2]), bool_from(env, arguments[3]),
                            tensors_from_list(env, arguments[4]));
  return nullptr;
}

// gradients(outputs, inputs, gradients or nulls, retainGraph, createGraph, allowUnused): a list
napi_value gradients(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto roots = roots_from(env, arguments[0], arguments[2]);
  const auto inputs = tensors_from_list(env, arguments[1]);
  const auto needs_grad = [](const at::Tensor& tensor) { return tensor.requires_grad(); };
  // Of the roots LibTorch says it in Python's words, of the inputs not.
  if (std::all_of(roots.begin(), roots.end(), needs_grad) && !std::all_of(inputs.begin(), inputs.end(), needs_grad)) {
    throw runtime_error("One of the differentiated Tensors does not require grad");
  }
  const auto result =
      torch::autograd::grad(roots, inputs, tensors_from_list(env, arguments[2]), bool_from(env, arguments[3]),
                            bool_from(env, arguments[4]), bool_from(env, arguments[5]));
  return to_js_array(env, result, [&](const at::Tensor& tensor) { return to_js(environment, tensor); });
}

}  // namespace

void export_autograd(Environment& environment, napi_value exports) {
  export_function<requires_grad>(environment, exports, "requiresGrad");
  export_function<set_requires_grad>(environment, exports, "setRequiresGrad");
  export_function<is_leaf>(environment, exports, "isLeaf");
  export_function<retains_grad>(environment, exports, "retainsGrad");
  export_function<grad_dtype_code>(environment, exports, "gradDtypeCode");
  export_function<set_grad_dtype>(environment, exports, "setGradDtype");
  export_function<grad>(environment, exports, "grad");
  export_function<set_grad>(environment, exports, "setGrad");
  export_function<grads>(environment, exports, "grads");
  export_function<gradient_list>(environment, exports, "gradientList");
  export_function<zero_grads>(environment, exports, "zeroGrads");
  export_function<set_data>(environment, exports, "setData");
  export_function<make_parameter>(environment, exports, "makeParameter");
  export_function<variable_data>(environment, exports, "variableData");
  export_function<backward>(environment, exports, "backward");
  export_function<gradients>(environment, exports, "gradients");
}

}  // namespace tsorch
