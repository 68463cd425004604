#include "autocast.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "handle.h"
#include "values.h"

// Declared here, as their own header includes all of ATen.
namespace at::autocast {
bool is_autocast_enabled(c10::DeviceType device_type);
void set_autocast_enabled(c10::DeviceType device_type, bool enabled);
c10::ScalarType get_autocast_dtype(c10::DeviceType device_type);
void set_autocast_dtype(c10::DeviceType device_type, c10::ScalarType dtype);
void clear_cache();
int increment_nesting();
int decrement_nesting();
bool is_autocast_cache_enabled();
void set_autocast_cache_enabled(bool enabled);
}  // namespace at::autocast

namespace tsorch {

namespace {

// The first argument of the functions by device: a type such as 'cpu'.
c10::DeviceType device_type(Environment& environment, const Arguments& arguments) {
  return c10::Device(string_from(environment.env, arguments[0])).type();
}

napi_value is_enabled(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, at::autocast::is_autocast_enabled(device_type(environment, arguments)));
}

napi_value set_enabled(Environment& environment, const Arguments& arguments) {
  at::autocast::set_autocast_enabled(device_type(environment, arguments), bool_from(environment.env, arguments[1]));
  return nullptr;
}

napi_value dtype_code(Environment& environment, const Arguments& arguments) {
  const auto dtype = at::autocast::get_autocast_dtype(device_type(environment, arguments));
  return to_js(environment.env, static_cast<int64_t>(dtype));
}

napi_value set_dtype(Environment& environment, const Arguments& arguments) {
  const auto dtype = unbox<at::ScalarType>(environment.env, arguments[1], "a dtype");
  at::autocast::set_autocast_dtype(device_type(environment, arguments), dtype);
  return nullptr;
}

napi_value is_cache_enabled(Environment& environment, const Arguments&) {
  return to_js(environment.env, at::autocast::is_autocast_cache_enabled());
}

napi_value set_cache_enabled(Environment& environment, const Arguments& arguments) {
  at::autocast::set_autocast_cache_enabled(bool_from(environment.env, arguments[0]));
  return nullptr;
}

napi_value clear_cache(Environment&, const Arguments&) {
  at::autocast::clear_cache();
  return nullptr;
}

napi_value increment_nesting(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(at::autocast::increment_nesting()));
}

napi_value decrement_nesting(Environment& environment, const Arguments&) {
  return to_js(environment.env, static_cast<int64_t>(at::autocast::decrement_nesting()));
}

}  // namespace

void export_autocast(Environment& environment, napi_value exports) {
  export_function<is_enabled>(environment, exports, "isAutocastEnabled");
  export_function<set_enabled>(environment, exports, "setAutocastEnabled");
  export_function<dtype_code>(environment, exports, "autocastDtypeCode");
  export_function<set_dtype>(environment, exports, "setAutocastDtype");
  export_function<is_cache_enabled>(environment, exports, "isAutocastCacheEnabled");
  export_function<set_cache_enabled>(environment, exports, "setAutocastCacheEnabled");
  export_function<clear_cache>(environment, exports, "clearAutocastCache");
  export_function<increment_nesting>(environment, exports, "autocastIncrementNesting");
  export_function<decrement_nesting>(environment, exports, "autocastDecrementNesting");
}

}  // namespace tsorch
