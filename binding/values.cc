#include "values.h"

namespace tsorch {

std::string string_from(napi_env env, napi_value value) {
  size_t length = 0;
  char brief[64];
  check(env, napi_get_value_string_utf8(env, value, brief, sizeof brief, &length));
  // A full buffer may mean that there is more.
  if (length < sizeof brief - 4) return std::string(brief, length);
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

bool bool_from(napi_env env, napi_value value) {
  bool flag = false;
  check(env, napi_get_value_bool(env, value, &flag));
  return flag;
}

double double_from(napi_env env, napi_value value) {
  double number = 0;
  check(env, napi_get_value_double(env, value, &number));
  return number;
}

int64_t int_from(napi_env env, napi_value value) {
  if (type_of(env, value) == napi_bigint) {
    int64_t number = 0;
    bool lossless = false;
    check(env, napi_get_value_bigint_int64(env, value, &number, &lossless));
    if (!lossless) throw runtime_error("Overflow when unpacking long long");
    return number;
  }
  const double number = double_from(env, value);
  if (!is_whole(number)) throw type_error("expected an integer, got " + std::to_string(number));
  return static_cast<int64_t>(number);
}

uint32_t array_length(napi_env env, napi_value array) {
  uint32_t length = 0;
  check(env, napi_get_array_length(env, array, &length));
  return length;
}

napi_value element(napi_env env, napi_value array, uint32_t index) {
  napi_value value = nullptr;
  check(env, napi_get_element(env, array, index, &value));
  return value;
}

}  // namespace tsorch
