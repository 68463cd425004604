// JavaScript functions that autograd's graph holds and calls.
#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "values.h"

namespace tsorch {

using Tensors = std::vector<at::Tensor>;

// A JavaScript object that is held from outside of JavaScript, strongly until it is weakened. The holder may die on any
// thread and inside a garbage collection: the reference is buried, not deleted, there.
class HeldObject {
 public:
  HeldObject(Environment& environment, napi_value value);
  HeldObject(const HeldObject&) = delete;
  HeldObject& operator=(const HeldObject&) = delete;
  ~HeldObject();

  Environment& environment() const { return environment_; }
  // Null if the object is weakly held and was collected.
  napi_value value() const;
  // On the thread of JavaScript only.
  void weaken();

 private:
  Environment& environment_;
  napi_ref reference_ = nullptr;
  bool strong_ = true;
};

// Note [Functions in graphs]
// A graph holds a JavaScript function strongly: it must run even if nobody else knows it any more. Where the function
// in its turn knows a tensor of the same graph, neither V8 nor reference counts could free the two. So the graph lets
// go of it as of a saved tensor, when a backward pass has gone through that does not retain the graph: a hook of a
// tensor is held weakly from then on, and strongly by the tensor's object (Note [Hooks of tensors] in
// lib/autograd/hooks.ts). A node's hooks live as long as the node, and so does a function with derivatives of its own,
// unless one of its results is found on its context.
class HeldFunction : public HeldObject {
 public:
  using HeldObject::HeldObject;

  // The function's result for the arguments that `make(env)` gives, as `read(env, result)` reads it. Throws on any
  // thread but that of JavaScript; what JavaScript throws is pending when PendingException leaves.
  template <class Make, class Read>
  auto call(const Make& make, const Read& read) const {
    check_thread();
    const Scope scope(environment().env);
    return read(environment().env, invoke(make(environment().env)));
  }

  // Whether the function is there to be called.
  bool lives() const;

 private:
  struct Scope {
    explicit Scope(napi_env e) : env(e) { check(env, napi_open_handle_scope(env, &scope)); }
    ~Scope() { napi_close_handle_scope(env, scope); }
    napi_env env;
    napi_handle_scope scope = nullptr;
  };

  void check_thread() const;
  napi_value invoke(const std::vector<napi_value>& arguments) const;

  const std::thread::id thread_ = std::this_thread::get_id();
};

// A place in the graph where a function is, until it is removed.
struct HookSlot {
  std::shared_ptr<HeldFunction> function;
  std::string name;  // as errors have it
};
using HookSlotPtr = std::shared_ptr<HookSlot>;

// The functions of one place in the graph, in the order in which they were registered.
class HookList {
 public:
  HookSlotPtr add(Environment& environment, napi_value function, napi_value name);

  // Calls body(function, name) for each; hooks may be added and removed meanwhile.
  template <class Body>
  void for_each(const Body& body) const {
    const std::vector<HookSlotPtr> slots = slots_;
    for (const HookSlotPtr& slot : slots) {
      const std::shared_ptr<HeldFunction> function = slot->function;
      if (function && function->lives()) body(*function, slot->name);
    }
  }

  // Holds all of them weakly from now on.
  void weaken() const {
    for (const HookSlotPtr& slot : slots_) {
      if (slot->function) slot->function->weaken();
    }
  }

 private:
  std::vector<HookSlotPtr> slots_;
};

// Handles of the tensors, null for those that are undefined.
napi_value to_js_tensors(Environment& environment, const Tensors& tensors);
// Tensors of handles; undefined ones of null.
Tensors tensors_from_list(napi_env env, napi_value list);

}  // namespace tsorch
