#include "jit.h"

#include <torch/csrc/api/include/torch/jit.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "script_values.h"
#include "values.h"

namespace tsorch {

namespace {

// Calls a function with what is on the stack already, positional arguments, and name and value of each keyword argument
// in turn.
napi_value call(Environment& environment, torch::jit::Function& function, std::vector<c10::IValue> stack,
                napi_value positional, napi_value keywords) {
  napi_env env = environment.env;
  const c10::FunctionSchema& schema = function.getSchema();
  const size_t skipped = stack.size();
  const uint32_t count = array_length(env, positional);
  if (skipped + count > schema.arguments().size()) {
    throw type_error(schema.name() + "() expected at most " + std::to_string(schema.arguments().size() - skipped) +
                     " argument(s) but received " + std::to_string(count));
  }
  for (uint32_t i = 0; i < count; ++i) {
    const c10::Argument& parameter = schema.arguments()[skipped + i];
    stack.push_back(from_js(env, element(env, positional, i), parameter.type(), {schema.name(), parameter.name()}));
  }
  torch::jit::Kwargs named;
  for (uint32_t i = 0; i < array_length(env, keywords); i += 2) {
    const std::string name = string_from(env, element(env, keywords, i));
    const auto index = schema.argumentIndexWithName(name);
    if (!index) throw type_error("Unknown keyword argument '" + name + "' for operator '" + schema.name() + "'");
    const c10::TypePtr& type = schema.arguments()[*index].type();
    named.emplace(name, from_js(env, element(env, keywords, i + 1), type, {schema.name(), name}));
  }
  const c10::IValue result = function(std::move(stack), named);
  return value_to_js(environment, result, schema.returns().empty() ? c10::AnyType::get() : schema.returns()[0].type());
}

std::optional<c10::Device> optional_device(napi_env env, napi_value value) {
  const napi_valuetype type = type_of(env, value);
  if (type == napi_null || type == napi_undefined) return std::nullopt;
  return to_device(env, JsArgument(env, value));
}

std::string bytes_from(napi_env env, napi_value buffer) {
  void* data = nullptr;
  size_t size = 0;
  check(env, napi_get_buffer_info(env, buffer, &data, &size));
  return std::string(static_cast<const char*>(data), size);
}

napi_value to_js_buffer(napi_env env, const std::string& bytes) {
  napi_value buffer = nullptr;
  check(env, napi_create_buffer_copy(env, bytes.size(), bytes.data(), nullptr, &buffer));
  return buffer;
}

// [module, ...the extra files asked for]
napi_value loaded(napi_env env, torch::jit::Module module, const torch::jit::ExtraFilesMap& extra,
                  const std::vector<std::string>& names) {
  std::vector<napi_value> parts = {box(env, std::move(module))};
  for (const std::string& name : names) parts.push_back(to_js_buffer(env, extra.at(name)));
  return to_js_array(env, parts, [](napi_value part) { return part; });
}

torch::jit::ExtraFilesMap wanted(const std::vector<std::string>& names) {
  torch::jit::ExtraFilesMap extra;
  for (const std::string& name : names) extra.emplace(name, "");
  return extra;
}

// jitLoad(bytes, device, extra): the module in a file's bytes, and the extra files of these names
napi_value jit_load(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto names = strings_from(env, arguments[2]);
  auto extra = wanted(names);
  std::istringstream stream(bytes_from(env, arguments[0]));
  return loaded(env, torch::jit::load(stream, optional_device(env, arguments[1]), extra), extra, names);
}

// jitLoadFile(path, device, extra)
napi_value jit_load_file(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto names = strings_from(env, arguments[2]);
  auto extra = wanted(names);
  const std::string path = string_from(env, arguments[0]);
  return loaded(env, torch::jit::load(path, optional_device(env, arguments[1]), extra), extra, names);
}

// jitSave(module, extra): the bytes of its file; extra files are names and bytes in turn
napi_value jit_save(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  torch::jit::ExtraFilesMap extra;
  for (uint32_t i = 0; i < array_length(env, arguments[1]); i += 2) {
    extra.emplace(string_from(env, element(env, arguments[1], i)), bytes_from(env, element(env, arguments[1], i + 1)));
  }
  std::ostringstream stream;
  module_from(env, arguments[0]).save(stream, extra);
  return to_js_buffer(env, stream.str());
}

// jitClone(module): a copy whose tensors are others
napi_value jit_clone(Environment& environment, const Arguments& arguments) {
  return box(environment.env, module_from(environment.env, arguments[0]).deepcopy());
}

// jitCallMethod(module, name, positional, keywords)
napi_value jit_call_method(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const torch::jit::Module& module = module_from(env, arguments[0]);
  const std::string name = string_from(env, arguments[1]);
  const auto method = module.find_method(name);
  if (!method) throw Error("AttributeError", "the script module has no method '" + name + "'");
  return call(environment, method->function(), {module._ivalue()}, arguments[2], arguments[3]);
}

// jitDescribe(module): [class name, methods, members]; a member is [kind, name, value]
napi_value jit_describe(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const torch::jit::Module& module = module_from(env, arguments[0]);
  const auto methods = module.get_methods();
  const auto names =
      to_js_array(env, methods, [env](const auto& method) { return to_js(env, std::string_view(method.name())); });
  std::vector<napi_value> members;
  const auto type = module.type();
  for (size_t i = 0; i < type->numAttributes(); ++i) {
    const c10::IValue value = module._ivalue()->getSlot(i);
    const char* kind = type->is_parameter(i) ? "parameter"
                       : type->is_buffer(i)  ? "buffer"
                       : value.isModule()    ? "module"
                                             : "attribute";
    napi_value converted = nullptr;
    try {
      converted = value_to_js(environment, value, type->getAttribute(i));
    } catch (const Error&) {
      continue;  // what JavaScript has no value for
    }
    const std::vector<napi_value> member = {to_js(env, std::string_view(kind)),
                                            to_js(env, std::string_view(type->getAttributeName(i))), converted};
    members.push_back(to_js_array(env, member, [](napi_value part) { return part; }));
  }
  const std::vector<napi_value> description = {to_js(env, std::string_view(type->name()->name())), names,
                                               to_js_array(env, members, [](napi_value part) { return part; })};
  return to_js_array(env, description, [](napi_value part) { return part; });
}

// jitSetAttribute(module, name, value)
napi_value jit_set_attribute(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const torch::jit::Module& module = module_from(env, arguments[0]);
  const std::string name = string_from(env, arguments[1]);
  const c10::TypePtr type = module.type()->findAttribute(name);
  if (!type) throw Error("AttributeError", "the script module has no attribute '" + name + "'");
  module._ivalue()->setAttr(name, from_js(env, arguments[2], type, {"__setattr__", name}));
  return nullptr;
}

// jitTrain(module, on)
napi_value jit_train(Environment& environment, const Arguments& arguments) {
  torch::jit::Module module = module_from(environment.env, arguments[0]);
  module.train(bool_from(environment.env, arguments[1]));
  return nullptr;
}

// jitFreeze(module, preserved, optimize)
napi_value jit_freeze(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto preserved = strings_from(env, arguments[1]);
  return box(env, torch::jit::freeze(module_from(env, arguments[0]), preserved, bool_from(env, arguments[2])));
}

// jitOptimize(module, other methods)
napi_value jit_optimize(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  torch::jit::Module module = module_from(env, arguments[0]);
  return box(env, torch::jit::optimize_for_inference(module, strings_from(env, arguments[1])));
}

// jitCompile(source): the functions of a TorchScript program
napi_value jit_compile(Environment& environment, const Arguments& arguments) {
  return box(environment.env, torch::jit::compile(string_from(environment.env, arguments[0])));
}

// jitDefine(unit, source): more of them
napi_value jit_define(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  unit_from(env, arguments[0])
      ->define(std::nullopt, string_from(env, arguments[1]), torch::jit::nativeResolver(), nullptr);
  return nullptr;
}

// jitFunctions(unit): their names
napi_value jit_functions(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const auto functions = unit_from(env, arguments[0])->get_functions();
  return to_js_array(env, functions,
                     [env](const auto* function) { return to_js(env, std::string_view(function->name())); });
}

// jitCallFunction(unit, name, positional, keywords)
napi_value jit_call_function(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const std::string name = string_from(env, arguments[1]);
  torch::jit::Function* function = unit_from(env, arguments[0])->find_function(name);
  if (function == nullptr) throw Error("AttributeError", "'CompilationUnit' has no attribute '" + name + "'");
  return call(environment, *function, {}, arguments[2], arguments[3]);
}

}  // namespace

void export_jit(Environment& environment, napi_value exports) {
  export_function<jit_load>(environment, exports, "jitLoad");
  export_function<jit_load_file>(environment, exports, "jitLoadFile");
  export_function<jit_save>(environment, exports, "jitSave");
  export_function<jit_clone>(environment, exports, "jitClone");
  export_function<jit_call_method>(environment, exports, "jitCallMethod");
  export_function<jit_describe>(environment, exports, "jitDescribe");
  export_function<jit_set_attribute>(environment, exports, "jitSetAttribute");
  export_function<jit_train>(environment, exports, "jitTrain");
  export_function<jit_freeze>(environment, exports, "jitFreeze");
  export_function<jit_optimize>(environment, exports, "jitOptimize");
  export_function<jit_compile>(environment, exports, "jitCompile");
  export_function<jit_define>(environment, exports, "jitDefine");
  export_function<jit_functions>(environment, exports, "jitFunctions");
  export_function<jit_call_function>(environment, exports, "jitCallFunction");
}

}  // namespace tsorch
