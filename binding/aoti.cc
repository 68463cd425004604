#include "aoti.h"

#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include "script_values.h"

namespace tsorch {

// The handle's owner is JavaScript; the library that it maps is unmapped with it.
using Package = std::shared_ptr<torch::inductor::AOTIModelPackageLoader>;
template <>
struct KindOf<Package> : std::integral_constant<Kind, Kind{67}> {};

namespace {

torch::inductor::AOTIModelPackageLoader& package_from(napi_env env, napi_value value) {
  return *unbox<Package>(env, value, "an AOTInductor package");
}

// aotiLoad(path, model name, single-threaded, runners, device index)
napi_value aoti_load(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  return box(env, std::make_shared<torch::inductor::AOTIModelPackageLoader>(
                      string_from(env, arguments[0]), string_from(env, arguments[1]), bool_from(env, arguments[2]),
                      static_cast<size_t>(int_from(env, arguments[3])),
                      static_cast<c10::DeviceIndex>(int_from(env, arguments[4]))));
}

std::vector<at::Tensor> tensors_from(napi_env env, napi_value list) {
  std::vector<at::Tensor> tensors;
  for (uint32_t i = 0; i < array_length(env, list); ++i) tensors.push_back(tensor_from(env, element(env, list, i)));
  return tensors;
}

// aotiRun(package, inputs): the outputs. Compiled code takes the handles that it is given, and reads memory unchecked.
napi_value aoti_run(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto outputs = package_from(env, arguments[0]).boxed_run(tensors_from(env, arguments[1]));
  return to_js_array(env, outputs, [&](const at::Tensor& tensor) { return to_js(environment, tensor); });
}

// Names and values in turn.
napi_value to_js_pairs(napi_env env, const std::unordered_map<std::string, std::string>& map) {
  std::vector<std::string> flat;
  for (const auto& [name, value] : map) flat.insert(flat.end(), {name, value});
  return to_js_strings(env, flat);
}

napi_value aoti_metadata(Environment& environment, const Arguments& arguments) {
  return to_js_pairs(environment.env, package_from(environment.env, arguments[0]).get_metadata());
}

// aotiMetadataOf(path, model name): without mapping any code
napi_value aoti_metadata_of(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  return to_js_pairs(env, torch::inductor::AOTIModelPackageLoader::load_metadata_from_package(
                              string_from(env, arguments[0]), string_from(env, arguments[1])));
}

napi_value aoti_call_spec(Environment& environment, const Arguments& arguments) {
  return to_js_strings(environment.env, package_from(environment.env, arguments[0]).get_call_spec());
}

napi_value aoti_constant_names(Environment& environment, const Arguments& arguments) {
  return to_js_strings(environment.env, package_from(environment.env, arguments[0]).get_constant_fqns());
}

std::unordered_map<std::string, at::Tensor> constants_from(napi_env env, napi_value names, napi_value tensors) {
  std::unordered_map<std::string, at::Tensor> constants;
  for (uint32_t i = 0; i < array_length(env, names); ++i) {
    constants.emplace(string_from(env, element(env, names, i)), tensor_from(env, element(env, tensors, i)));
  }
  return constants;
}

// aotiLoadConstants(package, names, tensors, use inactive, check full update, user managed)
napi_value aoti_load_constants(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  auto constants = constants_from(env, arguments[1], arguments[2]);
  package_from(env, arguments[0])
      .load_constants(constants, bool_from(env, arguments[3]), bool_from(env, arguments[4]),
                      bool_from(env, arguments[5]));
  return nullptr;
}

// aotiUpdateConstants(package, names, tensors, use inactive, validate full updates, user managed): names of the code's
napi_value aoti_update_constants(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  auto constants = constants_from(env, arguments[1], arguments[2]);
  package_from(env, arguments[0])
      .update_constant_buffer(constants, bool_from(env, arguments[3]), bool_from(env, arguments[4]),
                              bool_from(env, arguments[5]));
  return nullptr;
}

}  // namespace

void export_aoti(Environment& environment, napi_value exports) {
  export_function<aoti_load>(environment, exports, "aotiLoad");
  export_function<aoti_run>(environment, exports, "aotiRun");
  export_function<aoti_metadata>(environment, exports, "aotiMetadata");
  export_function<aoti_metadata_of>(environment, exports, "aotiMetadataOf");
  export_function<aoti_call_spec>(environment, exports, "aotiCallSpec");
  export_function<aoti_constant_names>(environment, exports, "aotiConstantNames");
  export_function<aoti_load_constants>(environment, exports, "aotiLoadConstants");
  export_function<aoti_update_constants>(environment, exports, "aotiUpdateConstants");
}

}  // namespace tsorch
