// JavaScript's plain values from and to C++: numbers, strings, booleans, arrays.
#pragma once

#include <node_api.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "guard.h"

namespace tsorch {

constexpr double kMaxSafeInteger = 9007199254740991.0;

inline napi_valuetype type_of(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type;
}

inline bool is_array(napi_env env, napi_value value) {
  bool array = false;
  napi_is_array(env, value, &array);
  return array;
}

// A whole number is an int only while it is a safe integer.
inline bool is_whole(double number) { return std::abs(number) <= kMaxSafeInteger && std::trunc(number) == number; }

inline napi_value to_js(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  check(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

inline napi_value to_js(napi_env env, bool flag) {
  napi_value value = nullptr;
  napi_get_boolean(env, flag, &value);
  return value;
}

inline napi_value to_js(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

// A number, or a bigint where the number would not be exact.
inline napi_value to_js(napi_env env, int64_t number) {
  napi_value value = nullptr;
  if (std::abs(static_cast<double>(number)) <= kMaxSafeInteger) {
    napi_create_int64(env, number, &value);
  } else {
    napi_create_bigint_int64(env, number, &value);
  }
  return value;
}

inline napi_value null_value(napi_env env) {
  napi_value value = nullptr;
  napi_get_null(env, &value);
  return value;
}

inline napi_value undefined_value(napi_env env) {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

// An array of what `convert(element)` makes of each element.
template <class Range, class Convert>
napi_value to_js_array(napi_env env, const Range& range, const Convert& convert) {
  napi_value array = nullptr;
  check(env, napi_create_array_with_length(env, range.size(), &array));
  uint32_t i = 0;
  for (const auto& element : range) check(env, napi_set_element(env, array, i++, convert(element)));
  return array;
}

inline napi_value to_js_ints(napi_env env, const auto& numbers) {
  return to_js_array(env, numbers, [env](int64_t number) { return to_js(env, number); });
}

std::string string_from(napi_env env, napi_value value);
bool bool_from(napi_env env, napi_value value);
double double_from(napi_env env, napi_value value);
// A whole number, or a bigint that fits; throws a TypeError or a ValueError otherwise.
int64_t int_from(napi_env env, napi_value value);
uint32_t array_length(napi_env env, napi_value array);
napi_value element(napi_env env, napi_value array, uint32_t index);

}  // namespace tsorch
