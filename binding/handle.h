// What JavaScript holds of native values: externals whose first word says what they are.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>
#include <c10/util/complex.h>
#include <node_api.h>

#include <vector>

#include "environment.h"
#include "guard.h"

namespace tsorch {

enum class Kind : uint32_t {
  kTensor = 1,
  kDtype,
  kDevice,
  kLayout,
  kMemoryFormat,
  kGenerator,
  kComplex,
  kNode,
  kTensorList
};

// The head of every external. The mark keeps another addon's external, passed by mistake, from being read as ours.
struct NativeValue {
  static constexpr uint32_t kMark = 0x74736f72;
  explicit NativeValue(Kind k) : kind(k) {}
  uint32_t mark = kMark;
  Kind kind;
};

template <class T>
struct KindOf;
template <>
struct KindOf<at::ScalarType> : std::integral_constant<Kind, Kind::kDtype> {};
template <>
struct KindOf<c10::Device> : std::integral_constant<Kind, Kind::kDevice> {};
template <>
struct KindOf<c10::Layout> : std::integral_constant<Kind, Kind::kLayout> {};
template <>
struct KindOf<c10::MemoryFormat> : std::integral_constant<Kind, Kind::kMemoryFormat> {};
template <>
struct KindOf<at::Generator> : std::integral_constant<Kind, Kind::kGenerator> {};
template <>
struct KindOf<c10::complex<double>> : std::integral_constant<Kind, Kind::kComplex> {};
// A list of tensors that operators take and give without an object for each element: see lib/tensor-list.ts.
using TensorVector = std::vector<at::Tensor>;
template <>
struct KindOf<TensorVector> : std::integral_constant<Kind, Kind::kTensorList> {};

template <class T>
struct Boxed : NativeValue {
  explicit Boxed(T v) : NativeValue(KindOf<T>::value), value(std::move(v)) {}
  T value;
};

// Note [Tensor handles]
// A handle owns one reference to its TensorImpl. `dispose` drops it at once and leaves an undefined tensor behind; the
// finalizer drops it otherwise, inside a garbage collection, on the environment's own thread, where it may call no
// JavaScript. Freeing a TensorImpl frees its autograd graph, so nothing in a graph may call into JavaScript on
// destruction.
struct TensorHandle : NativeValue {
  TensorHandle(Environment& e, at::Tensor t) : NativeValue(Kind::kTensor), environment(e), tensor(std::move(t)) {}
  Environment& environment;
  at::Tensor tensor;
  mutable Charge charge;  // follows the tensor, whoever finds that its memory is another
};

// The native value behind an external, or null for any other JavaScript value.
inline NativeValue* native_of(napi_env env, napi_value value) {
  void* data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok || data == nullptr) return nullptr;
  auto* native = static_cast<NativeValue*>(data);
  return native->mark == NativeValue::kMark ? native : nullptr;
}

template <class T>
const T& unbox(const NativeValue& native) {
  return static_cast<const Boxed<T>&>(native).value;
}

// The value of kind T behind `value`; throws a TypeError if it is something else.
template <class T>
const T& unbox(napi_env env, napi_value value, const char* expected) {
  const NativeValue* native = native_of(env, value);
  if (native == nullptr || native->kind != KindOf<T>::value) throw type_error(std::string("expected ") + expected);
  return unbox<T>(*native);
}

template <class T>
napi_value box(napi_env env, T value) {
  auto* boxed = new Boxed<T>(std::move(value));
  napi_value external = nullptr;
  const auto finalize = [](node_api_basic_env, void* data, void*) { delete static_cast<Boxed<T>*>(data); };
  check(env, napi_create_external(env, boxed, finalize, nullptr, &external));
  return external;
}

// The tensor of a handle; throws if it was disposed.
const at::Tensor& tensor_of(const NativeValue& handle);
// The tensor behind `value`; throws a TypeError if it is no tensor.
const at::Tensor& tensor_from(napi_env env, napi_value value);
TensorHandle& handle_from(napi_env env, napi_value value);

// A new handle; null for an undefined tensor. May run the garbage collector: see MemoryAccount::relieve.
napi_value to_js(Environment& environment, at::Tensor tensor);

void export_handle(Environment& environment, napi_value exports);

}  // namespace tsorch
