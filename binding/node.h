// The nodes of autograd's graph.
#pragma once

#include <torch/csrc/autograd/function.h>

#include "compat.h"
#include "handle.h"
#include "held_function.h"

namespace tsorch {

// Kinds of autograd's own: the list in handle.h ends before them.
template <>
struct KindOf<NodePtr> : std::integral_constant<Kind, Kind::kNode> {};
template <>
struct KindOf<HookSlotPtr> : std::integral_constant<Kind, static_cast<Kind>(64)> {};

inline const NodePtr& node_from(napi_env env, napi_value value) { return unbox<NodePtr>(env, value, "a node"); }

inline napi_value to_js_node(napi_env env, const NodePtr& node) {
  return node ? box<NodePtr>(env, node) : null_value(env);
}

void export_node(Environment& environment, napi_value exports);

}  // namespace tsorch
