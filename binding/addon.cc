// The addon's table of contents.
#include <ATen/core/Tensor.h>
#include <ATen/ops/randn.h>
#include <napi.h>

static Napi::Value Randn(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), at::randn({4}).sum().item<double>());
}

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("randn", Napi::Function::New(env, Randn));
  return exports;
}

NODE_API_MODULE(tsorch, Init)
