// Maps shared libraries by absolute path, so that the main addon finds LibTorch already loaded when it is loaded
// itself.
#include <dlfcn.h>
#include <limits.h>
#include <node_api.h>

// open(path): RTLD_LOCAL, as Python does: libraries that link each other by name still find each other, and nothing of
// theirs replaces a symbol of Node's. The handle is never closed: what LibTorch registers lives as long as the process.
static napi_value open_library(napi_env env, napi_callback_info info) {
  size_t count = 1;
  size_t length = 0;
  char path[PATH_MAX];
  napi_value argument;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok ||
      napi_get_value_string_utf8(env, argument, path, sizeof path, &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "open(): argument 'path' must be a string");
    return NULL;
  }
  if (dlopen(path, RTLD_NOW | RTLD_LOCAL) == NULL) napi_throw_error(env, "ERR_DLOPEN_FAILED", dlerror());
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_value open;
  if (napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_library, NULL, &open) != napi_ok ||
      napi_set_named_property(env, exports, "open", open) != napi_ok) {
    return NULL;
  }
  return exports;
}
