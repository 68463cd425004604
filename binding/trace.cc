#include "trace.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/canonicalize.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/shape_analysis.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <sstream>

#include "script_values.h"

namespace tsorch {

namespace tracer = torch::jit::tracer;

namespace {

using torch::jit::Graph;

// Note [Tracing]
// While a tracing state is set, the dispatcher's key Tracer is on for this thread: generated kernels record each call,
// boxed or not, and look tensors up by identity. JavaScript holds the very tensors, so it takes no part.

// The graph of what `function`, called with values like `inputs`, does; with a module, its parameters and buffers are
// read from it.
std::shared_ptr<Graph> record(Environment& environment, const Arguments& arguments, torch::jit::Module* self) {
  napi_env env = environment.env;
  std::vector<c10::IValue> inputs;
  for (uint32_t i = 0; i < array_length(env, arguments[2]); ++i) {
    inputs.push_back(inferred_from_js(env, element(env, arguments[2], i)));
  }
  const auto run = [&](const torch::jit::Stack& values) -> torch::jit::Stack {
    const napi_value given = to_js_array(
        env, values, [&](const c10::IValue& value) { return value_to_js(environment, value, value.type()); });
    napi_value result = nullptr;
    check(env, napi_call_function(env, undefined_value(env), arguments[0], 1, &given, &result));
    if (const auto type = type_of(env, result); type == napi_null || type == napi_undefined) {
      throw runtime_error(
          "The traced function didn't return any values! Side-effects are not captured in traces, so it would be a "
          "no-op.");
    }
    return {inferred_from_js(env, result)};
  };
  const auto unnamed = [](const at::Tensor&) { return std::string(); };
  return tracer::trace(std::move(inputs), run, unnamed, bool_from(env, arguments[3]), false, self,
                       strings_from(env, arguments[4]))
      .first->graph;
}

// traceFunction(run, name, inputs, strict, argument names): a unit with the function `name`; `run` takes a list
napi_value trace_function(Environment& environment, const Arguments& arguments) {
  auto graph = record(environment, arguments, nullptr);
  auto unit = std::make_shared<torch::jit::CompilationUnit>();
  unit->create_function(string_from(environment.env, arguments[1]), std::move(graph));
  return box(environment.env, std::move(unit));
}

// traceMethod(run, name, inputs, strict, argument names, module): gives the module the method `name`
napi_value trace_method(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  torch::jit::Module module = module_from(env, arguments[5]);
  auto graph = record(environment, arguments, &module);
  const c10::QualifiedName name(*module.type()->name(), string_from(env, arguments[1]));
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, std::move(graph)));
  return nullptr;
}

// newModule(unit, class name, training, members): an empty module for traced methods; a member is [kind, name, value]
napi_value new_module(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  torch::jit::Module module(c10::QualifiedName("__torch__", string_from(env, arguments[1])),
                            unit_from(env, arguments[0]), /*shouldMangle=*/true);
  module.register_attribute("training", c10::BoolType::get(), bool_from(env, arguments[2]));
  for (uint32_t i = 0; i < array_length(env, arguments[3]); ++i) {
    const napi_value member = element(env, arguments[3], i);
    const std::string kind = string_from(env, element(env, member, 0));
    const std::string name = string_from(env, element(env, member, 1));
    const napi_value value = element(env, member, 2);
    if (kind == "module") {
      module.register_module(name, module_from(env, value));
    } else if (kind == "buffer") {
      module.register_buffer(name, tensor_from(env, value));
    } else {
      module.register_parameter(name, tensor_from(env, value), /*is_buffer=*/false);
    }
  }
  return box(env, std::move(module));
}

// functionModule(unit, name): a module whose forward is the function, as a file holds one
napi_value function_module(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto* function = unit_from(env, arguments[0])->find_function(string_from(env, arguments[1]));
  torch::jit::Module module("__torch__.PlaceholderModule");
  module.register_attribute("training", c10::BoolType::get(), true);
  auto graph = torch::jit::toGraphFunction(*function).graph()->copy();
  graph->insertInput(0, "self")->setType(module._ivalue()->type());
  const c10::QualifiedName name(*module.type()->name(), "forward");
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, std::move(graph)));
  return box(env, std::move(module));
}

std::shared_ptr<Graph> graph_from(napi_env env, const Arguments& arguments) {
  const std::string name = string_from(env, arguments[1]);
  const NativeValue* owner = native_of(env, arguments[0]);
  if (owner != nullptr && owner->kind == KindOf<Unit>::value) {
    return torch::jit::toGraphFunction(unit_from(env, arguments[0])->get_function(name)).graph();
  }
  return torch::jit::toGraphFunction(module_from(env, arguments[0]).get_method(name).function()).graph();
}

// graphText(module or unit, name): the graph as PyTorch prints it
napi_value graph_text(Environment& environment, const Arguments& arguments) {
  return to_js(environment.env, std::string_view(graph_from(environment.env, arguments)->toString()));
}

// graphFacts(module or unit, name): the canonical text of a graph, its constant tensors, its nondeterministic nodes
napi_value graph_facts(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto graph = graph_from(env, arguments);
  std::vector<std::string> random;
  for (const torch::jit::Node* node : graph->nodes()) {
    if (!node->isNondeterministic()) continue;
    std::ostringstream text;
    text << *node;
    random.push_back(text.str());
  }
  auto canonical = torch::jit::Canonicalize(graph, /*keep_unique_names=*/true);
  torch::jit::Inline(*canonical);
  torch::jit::EraseShapeInformation(canonical);
  std::vector<napi_value> constants;
  for (const torch::jit::Node* node : canonical->nodes()) {
    if (node->kind() != torch::jit::prim::Constant || !node->hasAttribute(torch::jit::attr::value)) continue;
    if (node->kindOf(torch::jit::attr::value) != torch::jit::AttributeKind::t) continue;
    constants.push_back(to_js(environment, node->t(torch::jit::attr::value)));
  }
  const std::vector<napi_value> facts = {to_js(env, std::string_view(canonical->toString(false))),
                                         to_js_array(environment, constants), to_js_strings(env, random)};
  return to_js_array(environment, facts);
}

// enterTracedModule(name), leaveTracedModule(): what is recorded in between is that submodule's forward
napi_value enter_traced_module(Environment& environment, const Arguments& arguments) {
  if (const auto& state = tracer::getTracingState()) {
    state->graph->push_scope(string_from(environment.env, arguments[0]));
  }
  return nullptr;
}

napi_value leave_traced_module(Environment&, const Arguments&) {
  if (const auto& state = tracer::getTracingState()) state->graph->pop_scope();
  return nullptr;
}

napi_value is_tracing(Environment& environment, const Arguments&) {
  return to_js(environment.env, tracer::isTracing());
}

// The tracer's warnings of all threads: each has the handler of its own environment.
void keep_warning(const std::string& message) {
  auto* warnings = dynamic_cast<Warnings*>(c10::WarningUtils::get_warning_handler());
  if (warnings != nullptr) warnings->keep("TracerWarning", message);
}

}  // namespace

void export_trace(Environment& environment, napi_value exports) {
  tracer::setWarn(keep_warning);
  export_function<trace_function>(environment, exports, "traceFunction");
  export_function<trace_method>(environment, exports, "traceMethod");
  export_function<new_module>(environment, exports, "newModule");
  export_function<function_module>(environment, exports, "functionModule");
  export_function<graph_text>(environment, exports, "graphText");
  export_function<graph_facts>(environment, exports, "graphFacts");
  export_function<enter_traced_module>(environment, exports, "enterTracedModule");
  export_function<leave_traced_module>(environment, exports, "leaveTracedModule");
  export_function<is_tracing>(environment, exports, "isTracing");
}

}  // namespace tsorch
