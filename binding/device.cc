#include "device.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/core/Tensor.h>

#include "convert.h"
#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value));
}

napi_value object(napi_env env) {
  napi_value value = nullptr;
  check(env, napi_create_object(env, &value));
  return value;
}

// dtypes(): every dtype, with its code and what is known of it
napi_value dtypes(Environment& environment, const Arguments&) {
  napi_env env = environment.env;
  std::vector<at::ScalarType> types;
  for (int8_t code = 0; code < static_cast<int8_t>(at::ScalarType::NumOptions); ++code) {
    const auto type = static_cast<at::ScalarType>(code);
    if (type != at::ScalarType::Undefined) types.push_back(type);
  }
  return to_js_array(env, types, [&](at::ScalarType type) {
    napi_value value = object(env);
    // Sub-byte and quantized types have no signedness to ask for.
    const bool numeric = at::isFloatingType(type) || at::isComplexType(type) || at::isIntegralType(type, true);
    const auto [name, legacy_name] = c10::getDtypeNames(type);
    set(env, value, "name", to_js(env, std::string_view(name)));
    set(env, value, "legacyName", to_js(env, std::string_view(legacy_name)));
    set(env, value, "code", to_js(env, static_cast<int64_t>(type)));
    set(env, value, "itemsize", to_js(env, static_cast<int64_t>(c10::elementSize(type))));
    set(env, value, "isFloatingPoint", to_js(env, at::isFloatingType(type)));
    set(env, value, "isComplex", to_js(env, at::isComplexType(type)));
    set(env, value, "isSigned", to_js(env, numeric && at::isSignedType(type)));
    set(env, value, "handle", box(env, type));
    return value;
  });
}

// device(text or index, index?): type, index (-1 if none is meant) and handle of a device
napi_value device(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  c10::Device device = to_device(env, JsArgument(env, arguments[0]));
  if (arguments.size() > 1 && type_of(env, arguments[1]) == napi_number) {
    if (device.has_index())
      throw runtime_error("type (string) must not include an index because index was passed explicitly");
    device.set_index(static_cast<c10::DeviceIndex>(int_from(env, arguments[1])));
  }
  napi_value value = object(env);
  set(env, value, "type", to_js(env, std::string_view(c10::DeviceTypeName(device.type(), /*lower_case=*/true))));
  set(env, value, "index", to_js(env, static_cast<int64_t>(device.index())));
  set(env, value, "handle", box(env, device));
  return value;
}

// deviceFromCode(code): the device of tensor's deviceCode, as device() gives it
napi_value device_from_code(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const int64_t code = int_from(env, arguments[0]);
  const c10::Device device(static_cast<c10::DeviceType>(code / 256), static_cast<c10::DeviceIndex>(code % 256 - 1));
  napi_value value = object(env);
  set(env, value, "type", to_js(env, std::string_view(c10::DeviceTypeName(device.type(), /*lower_case=*/true))));
  set(env, value, "index", to_js(env, static_cast<int64_t>(device.index())));
  set(env, value, "handle", box(env, device));
  return value;
}

napi_value layout(Environment& environment, const Arguments& arguments) {
  return box(environment.env, static_cast<c10::Layout>(int_from(environment.env, arguments[0])));
}

napi_value memory_format(Environment& environment, const Arguments& arguments) {
  return box(environment.env, static_cast<c10::MemoryFormat>(int_from(environment.env, arguments[0])));
}

// accelerator(): type and count of this machine's accelerator, or null
napi_value accelerator(Environment& environment, const Arguments&) {
  napi_env env = environment.env;
  const auto type = at::accelerator::getAccelerator();
  const int64_t count = type ? at::accelerator::deviceCount() : 0;
  if (count == 0) return null_value(env);
  napi_value value = object(env);
  set(env, value, "type", to_js(env, std::string_view(c10::DeviceTypeName(*type, /*lower_case=*/true))));
  set(env, value, "count", to_js(env, count));
  return value;
}

// synchronize(index?): waits for the accelerator's work
napi_value synchronize(Environment& environment, const Arguments& arguments) {
  const int64_t index =
      arguments.size() > 0 ? int_from(environment.env, arguments[0]) : at::accelerator::getDeviceIndex();
  at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(index));
  return nullptr;
}

}  // namespace

void export_device(Environment& environment, napi_value exports) {
  export_function<dtypes>(environment, exports, "dtypes");
  export_function<device>(environment, exports, "device");
  export_function<device_from_code>(environment, exports, "deviceFromCode");
  export_function<layout>(environment, exports, "layout");
  export_function<memory_format>(environment, exports, "memoryFormat");
  export_function<accelerator>(environment, exports, "accelerator");
  export_function<synchronize>(environment, exports, "synchronize");
}

}  // namespace tsorch
