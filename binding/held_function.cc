#include "held_function.h"

#include "handle.h"

namespace tsorch {

HeldObject::HeldObject(Environment& environment, napi_value value) : environment_(environment) {
  check(environment.env, napi_create_reference(environment.env, value, 1, &reference_));
  environment.retain();
}

HeldObject::~HeldObject() {
  environment_.bury(reference_);
  environment_.release();
}

napi_value HeldObject::value() const {
  napi_value value = nullptr;
  check(environment_.env, napi_get_reference_value(environment_.env, reference_, &value));
  return value;
}

void HeldObject::weaken() {
  if (strong_) check(environment_.env, napi_reference_unref(environment_.env, reference_, nullptr));
  strong_ = false;
}

void HeldFunction::check_thread() const {
  if (std::this_thread::get_id() == thread_) return;
  throw runtime_error("functions of JavaScript run on their own thread only, but this gradient is another thread's");
}

bool HeldFunction::lives() const {
  check_thread();
  const Scope scope(environment().env);
  return value() != nullptr;
}

napi_value HeldFunction::invoke(const std::vector<napi_value>& arguments) const {
  napi_env env = environment().env;
  napi_value result = nullptr;
  check(env, napi_call_function(env, undefined_value(env), value(), arguments.size(), arguments.data(), &result));
  return result;
}

HookSlotPtr HookList::add(Environment& environment, napi_value function, napi_value name) {
  std::erase_if(slots_, [](const HookSlotPtr& slot) { return !slot->function || !slot->function->lives(); });
  auto held = std::make_shared<HeldFunction>(environment, function);
  return slots_.emplace_back(std::make_shared<HookSlot>(std::move(held), string_from(environment.env, name)));
}

napi_value to_js_tensors(Environment& environment, const Tensors& tensors) {
  return to_js_array(environment.env, tensors, [&](const at::Tensor& tensor) { return to_js(environment, tensor); });
}

Tensors tensors_from_list(napi_env env, napi_value list) {
  Tensors tensors;
  for (uint32_t i = 0, length = array_length(env, list); i < length; ++i) {
    const napi_value value = element(env, list, i);
    tensors.push_back(type_of(env, value) == napi_null ? at::Tensor() : tensor_from(env, value));
  }
  return tensors;
}

}  // namespace tsorch
