#include "modes.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>

#include <optional>

#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

napi_value is_grad_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, c10::GradMode::is_enabled());
}

napi_value set_grad_enabled(Environment& environment, const Arguments& arguments) {
  c10::GradMode::set_enabled(bool_from(environment.env, arguments[0]));
  return nullptr;
}

napi_value is_inference_mode_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, c10::InferenceMode::is_enabled());
}

// One InferenceMode guard per open scope of this thread. Guards restore what was before them, so they close in order.
std::vector<std::unique_ptr<c10::InferenceMode>>& inference_scopes() {
  thread_local std::vector<std::unique_ptr<c10::InferenceMode>> scopes;
  return scopes;
}

napi_value enter_inference_mode(Environment& environment, const Arguments& arguments) {
  inference_scopes().push_back(std::make_unique<c10::InferenceMode>(bool_from(environment.env, arguments[0])));
  return to_js(environment.env, static_cast<int64_t>(inference_scopes().size()));
}

// leaveInferenceMode(depth): closes the scope of that depth, which must be the innermost
napi_value leave_inference_mode(Environment& environment, const Arguments& arguments) {
  auto& scopes = inference_scopes();
  if (int_from(environment.env, arguments[0]) != static_cast<int64_t>(scopes.size())) {
    throw runtime_error("inference mode scopes must be left in the reverse order of entering them");
  }
  scopes.pop_back();
  return nullptr;
}

napi_value get_num_threads(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(at::get_num_threads()));
}

napi_value set_num_threads(Environment& environment, const Arguments& arguments) {
  const int64_t threads = int_from(environment.env, arguments[0]);
  if (threads <= 0 || threads > std::numeric_limits<int>::max()) {
    throw runtime_error("set_num_threads expects a positive integer");
  }
  at::set_num_threads(static_cast<int>(threads));
  return nullptr;
}

napi_value get_num_interop_threads(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(at::get_num_interop_threads()));
}

napi_value set_num_interop_threads(Environment& environment, const Arguments& arguments) {
  const int64_t threads = int_from(environment.env, arguments[0]);
  if (threads <= 0 || threads > std::numeric_limits<int>::max()) {
    throw runtime_error("set_num_interop_threads expects a positive integer");
  }
  at::set_num_interop_threads(static_cast<int>(threads));
  return nullptr;
}

napi_value default_dtype_code(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(c10::get_default_dtype_as_scalartype()));
}

napi_value set_default_dtype(Environment& environment, const Arguments& arguments) {
  const auto dtype = unbox<at::ScalarType>(environment.env, arguments[0], "a dtype");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(dtype));
  return nullptr;
}

napi_value are_deterministic_algorithms_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, at::globalContext().deterministicAlgorithms());
}

// useDeterministicAlgorithms(mode, warnOnly)
napi_value use_deterministic_algorithms(Environment& environment, const Arguments& arguments) {
  at::globalContext().setDeterministicAlgorithms(bool_from(environment.env, arguments[0]),
                                                 bool_from(environment.env, arguments[1]));
  return nullptr;
}

napi_value is_warn_always_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, c10::WarningUtils::get_warnAlways());
}

napi_value set_warn_always(Environment& environment, const Arguments& arguments) {
  c10::WarningUtils::set_warnAlways(bool_from(environment.env, arguments[0]));
  return nullptr;
}

napi_value deterministic_algorithms_warn_only(Environment& environment, const Arguments&) {
  return to_js(environment.env, at::globalContext().deterministicAlgorithmsWarnOnly());
}

napi_value float32_matmul_precision(Environment& environment, const Arguments&) {
  switch (at::globalContext().float32MatmulPrecision()) {
    case at::Float32MatmulPrecision::HIGHEST:
      return to_js(environment.env, std::string_view("highest"));
    case at::Float32MatmulPrecision::HIGH:
      return to_js(environment.env, std::string_view("high"));
    case at::Float32MatmulPrecision::MEDIUM:
      return to_js(environment.env, std::string_view("medium"));
  }
  return nullptr;
}

napi_value set_float32_matmul_precision(Environment& environment, const Arguments& arguments) {
  at::globalContext().setFloat32MatmulPrecision(string_from(environment.env, arguments[0]));
  return nullptr;
}

// setFlushDenormal(mode): whether the processor can do so
napi_value set_flush_denormal(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, at::globalContext().setFlushDenormal(bool_from(environment.env, arguments[0])));
}

// checksSparseTensors(): null as long as nobody has said
napi_value checks_sparse_tensors(Environment& environment, const Arguments&) {
  const std::optional<bool> checks = at::globalContext().checkSparseTensorInvariants();
  return checks.has_value() ? to_js(environment.env, *checks) : null_value(environment.env);
}

napi_value set_checks_sparse_tensors(Environment& environment, const Arguments& arguments) {
  const bool unset = type_of(environment.env, arguments[0]) == napi_null;
  at::globalContext().setCheckSparseTensorInvariants(unset ? std::nullopt
                                                           : std::optional(bool_from(environment.env, arguments[0])));
  return nullptr;
}

napi_value show_config(Environment& environment, const Arguments&) {
  return to_js(environment.env, std::string_view(at::show_config()));
}

napi_value parallel_info(Environment& environment, const Arguments&) {
  return to_js(environment.env, std::string_view(at::get_parallel_info()));
}

napi_value libtorch_version(Environment& environment, const Arguments&) {
  return to_js(environment.env, std::string_view(TORCH_VERSION));
}

// loadLibrary(path): maps a shared library, whose static initializers register its operators
napi_value load_library(Environment& environment, const Arguments& arguments) {
  const std::string path = string_from(environment.env, arguments[0]);
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    throw Error("OSError", "Could not load this library: " + path + ": " + dlerror());
  }
  return nullptr;
}

}  // namespace

void export_modes(Environment& environment, napi_value exports) {
  export_function<is_grad_enabled>(environment, exports, "isGradEnabled");
  export_function<set_grad_enabled>(environment, exports, "setGradEnabled");
  export_function<is_inference_mode_enabled>(environment, exports, "isInferenceModeEnabled");
  export_function<enter_inference_mode>(environment, exports, "enterInferenceMode");
  export_function<leave_inference_mode>(environment, exports, "leaveInferenceMode");
  export_function<get_num_threads>(environment, exports, "getNumThreads");
  export_function<set_num_threads>(environment, exports, "setNumThreads");
  export_function<get_num_interop_threads>(environment, exports, "getNumInteropThreads");
  export_function<set_num_interop_threads>(environment, exports, "setNumInteropThreads");
  export_function<default_dtype_code>(environment, exports, "defaultDtypeCode");
  export_function<set_default_dtype>(environment, exports, "setDefaultDtype");
  export_function<are_deterministic_algorithms_enabled>(environment, exports, "areDeterministicAlgorithmsEnabled");
  export_function<use_deterministic_algorithms>(environment, exports, "useDeterministicAlgorithms");
  export_function<is_warn_always_enabled>(environment, exports, "isWarnAlwaysEnabled");
  export_function<set_warn_always>(environment, exports, "setWarnAlways");
  export_function<deterministic_algorithms_warn_only>(environment, exports, "deterministicAlgorithmsWarnOnly");
  export_function<float32_matmul_precision>(environment, exports, "float32MatmulPrecision");
  export_function<set_float32_matmul_precision>(environment, exports, "setFloat32MatmulPrecision");
  export_function<set_flush_denormal>(environment, exports, "setFlushDenormal");
  export_function<checks_sparse_tensors>(environment, exports, "checksSparseTensors");
  export_function<set_checks_sparse_tensors>(environment, exports, "setChecksSparseTensors");
  export_function<show_config>(environment, exports, "showConfig");
  export_function<parallel_info>(environment, exports, "parallelInfo");
  export_function<libtorch_version>(environment, exports, "libtorchVersion");
  export_function<load_library>(environment, exports, "loadLibrary");
}

}  // namespace tsorch
