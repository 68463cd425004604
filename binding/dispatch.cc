#include "dispatch.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/EmptyTensor.h>

#include <algorithm>

#include "values.h"

namespace tsorch {

namespace {

// One call of an operator, from the arguments that JavaScript gave to the values that it gets.
class Call {
 public:
  Call(Environment& environment, const OperatorGroup& group, const CallArguments& arguments, const JsArgument& receiver)
      : environment_(environment),
        env_(environment.env),
        arguments_(arguments),
        receiver_(receiver),
        overload_(group.choose(env_, arguments, binding_)),
        with_out_(overload_.out && is_given(bound(*overload_.out))),
        target_(overload_.target(with_out_)) {}

  napi_value run() {
    // A stack's memory serves one call after the other, but not one made inside another, by a hook.
    static thread_local torch::jit::Stack spare;
    torch::jit::Stack stack = std::move(spare);
    fill(stack);
    try {
      call(stack);
    } catch (...) {
      if (target_.handle.schema().is_mutable()) shrink_to_memory();
      throw;
    }
    set_requires_grad(stack);
    napi_value value = results(stack);
    stack.clear();
    spare = std::move(stack);
    return value;
  }

 private:
  void call(torch::jit::Stack& stack) const {
    try {
      target_.handle.callBoxed(stack);
    } catch (...) {
      if (!is_out_of_memory()) throw;
      // Dead tensors may hold what is missing: free them, and what the device allocator caches, and try once more.
      stack.clear();
      environment_.memory.collect_all();
      if (at::accelerator::getAccelerator()) at::accelerator::emptyCache();
      fill(stack);
      target_.handle.callBoxed(stack);
    }
  }

  // LibTorch sets the new sizes before it reallocates memory. Where it then may not (memory is shared with a typed
  // array) or cannot, a tensor is left that reads beyond its memory: it becomes one dimension of what there is.
  void shrink_to_memory() const {
    shrink_to_memory(receiver_);
    for (const JsArgument* argument : binding_.values) shrink_to_memory(*argument);
    if (!with_out_) return;
    for (const JsArgument& item : bound(*overload_.out).items) shrink_to_memory(item);
  }

  static void shrink_to_memory(const JsArgument& argument) {
    if (!argument.is(Kind::kTensor)) return;
    const at::Tensor& tensor = static_cast<const TensorHandle*>(argument.native)->tensor;
    if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.has_storage()) return;
    const auto item = static_cast<int64_t>(tensor.dtype().itemsize());
    const auto bytes = static_cast<int64_t>(tensor.storage().nbytes());
    const size_t needed =
        at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(), item, tensor.storage_offset());
    if (needed <= static_cast<size_t>(bytes)) return;
    tensor.unsafeGetTensorImpl()->set_sizes_contiguous({std::max<int64_t>(bytes / item - tensor.storage_offset(), 0)});
  }

  const JsArgument& bound(size_t parameter) const { return *binding_.values[parameter]; }

  static bool is_given(const JsArgument& argument) { return argument.given() && argument.type != napi_null; }

  void fill(torch::jit::Stack& stack) const {
    stack.reserve(target_.sources.size());
    if (with_out_) check_out_options();
    for (const Source& source : target_.sources) stack.push_back(value_of(source));
    if (target_.precondition != nullptr) target_.precondition(stack);
  }

  c10::IValue value_of(const Source& source) const {
    switch (source.from) {
      case Source::From::kReceiver:
        return to_ivalue(env_, receiver_, source.conversion, {overload_.signature.name(), "self"});
      case Source::From::kOutElement: {
        const std::vector<JsArgument>& list = bound(*overload_.out).items;
        const auto size = static_cast<size_t>(overload_.signature.parameters()[*overload_.out].size);
        if (list.size() != size) {
          throw type_error("expected tuple of " + std::to_string(size) + " elements but got " +
                           std::to_string(list.size()));
        }
        return to_ivalue(env_, list[source.index], source.conversion, {overload_.signature.name(), "out"});
      }
      case Source::From::kParameter: {
        const Parameter& parameter = overload_.signature.parameters()[source.index];
        const ArgumentName name{overload_.signature.name(), parameter.name};
        if (binding_.variadic && source.index == 0) return to_int_list(env_, arguments_.positional, name);
        const JsArgument& argument = bound(source.index);
        const bool none = argument.type == napi_null && source.conversion.optional;
        return none || is_given(argument) ? to_ivalue(env_, argument, source.conversion, name) : source.constant;
      }
      case Source::From::kConstant:
      case Source::From::kDefault:
        break;
    }
    return source.constant;
  }

  // Factories take dtype, layout and device beside `out`, whose own must then agree.
  void check_out_options() const {
    const auto given = [&](const char* name) -> const JsArgument* {
      const auto index = overload_.signature.find(name);
      return index && is_given(bound(*index)) ? &bound(*index) : nullptr;
    };
    const JsArgument& out = bound(*overload_.out);
    if (!out.is(Kind::kTensor)) return;
    const at::Tensor& tensor = tensor_of(*out.native);
    if (const JsArgument* dtype = given("dtype"); dtype != nullptr && !takes("dtype")) {
      const auto asked = unbox<at::ScalarType>(*dtype->native);
      if (asked != tensor.scalar_type()) {
        throw runtime_error(std::string("dtype ") + c10::toString(asked) + " does not match dtype of out parameter (" +
                            c10::toString(tensor.scalar_type()) + ")");
      }
    }
    if (const JsArgument* device = given("device"); device != nullptr && !takes("device")) {
      const c10::Device asked = to_device(env_, *device);
      if (asked.type() != tensor.device().type()) {
        throw runtime_error("device type " + c10::DeviceTypeName(asked.type(), true) +
                            " does not match device type of out parameter (" +
                            c10::DeviceTypeName(tensor.device().type(), true) + ")");
      }
    }
  }

  bool takes(const std::string& name) const { return target_.handle.schema().argumentIndexWithName(name).has_value(); }

  void set_requires_grad(torch::jit::Stack& stack) const {
    if (!overload_.requires_grad) return;
    const JsArgument& flag = bound(*overload_.requires_grad);
    if (is_given(flag) && bool_from(env_, flag.value)) stack[0].toTensor().set_requires_grad(true);
  }

  napi_value results(torch::jit::Stack& stack) const {
    const auto& returns = target_.handle.schema().returns();
    if (stack.empty()) return null_value(env_);
    if (stack.size() == 1) {
      if (stack[0].isTensorList() && given_native_list()) {
        return tagged(environment_, "list", box(env_, stack[0].toTensorVector()));
      }
      return result(stack[0], returns[0].real_type());
    }
    c10::SmallVector<napi_value, 8> elements{names(returns)};
    for (size_t i = 0; i < stack.size(); ++i) elements.push_back(result(stack[i], returns[i].real_type()));
    return to_js_array(environment_, elements);
  }

  // Who gives native lists gets native lists.
  bool given_native_list() const {
    return std::any_of(binding_.values.begin(), binding_.values.end(),
                       [](const JsArgument* argument) { return argument->is(Kind::kTensorList); });
  }

  // The names of a named tuple: one array for all calls.
  napi_value names(const std::vector<c10::Argument>& returns) const {
    napi_value array = nullptr;
    if (target_.names == nullptr) {
      array = make_names(returns);
      check(env_, napi_create_reference(env_, array, 1, &target_.names));
    } else {
      check(env_, napi_get_reference_value(env_, target_.names, &array));
    }
    return array;
  }

  // With out= the schema's returns are unnamed: the outputs' own names are meant.
  napi_value make_names(const std::vector<c10::Argument>& returns) const {
    const auto& source = with_out_ ? overload_.target(false).handle.schema().returns() : returns;
    for (const c10::Argument& value : source) {
      if (value.name().empty()) return to_js(env_, std::string_view("tuple"));
    }
    return to_js_array(env_, source, [&](const c10::Argument& value) { return to_js(env_, camel_case(value.name())); });
  }

  napi_value result(const c10::IValue& value, const c10::TypePtr& type) const {
    // Who holds a tensor beside the stack is a handle that JavaScript has, as a rule.
    if (value.isTensor() && value.toTensor().use_count() > 1) {
      if (napi_value own = same_argument(value.toTensor())) return own;
    }
    if (value.isTensorList()) {
      c10::SmallVector<napi_value, 8> elements{null_value(env_)};
      for (const c10::IValue& tensor : value.toListRef()) elements.push_back(result(tensor, c10::TensorType::get()));
      return to_js_array(environment_, elements);
    }
    return to_js(environment_, value, type);
  }

  // The handle that JavaScript already has of a tensor that the operator returned as it was given, or null. The
  // operator may have given it other memory.
  napi_value same_argument(const at::Tensor& tensor) const {
    const auto is_same = [&](const JsArgument& argument) {
      if (!argument.is(Kind::kTensor)) return false;
      const auto* handle = static_cast<const TensorHandle*>(argument.native);
      if (!handle->tensor.is_same(tensor)) return false;
      environment_.memory.recharge(handle->charge, *tensor.unsafeGetTensorImpl());
      return true;
    };
    if (is_same(receiver_)) return receiver_.value;
    for (const JsArgument* argument : binding_.values) {
      if (is_same(*argument)) return argument->value;
    }
    for (const JsArgument* argument : binding_.values) {
      const bool is_out = with_out_ && argument == &bound(*overload_.out);
      for (const JsArgument& item : argument->items) {
        // JavaScript looks into `out` anyway, into other lists only where it is told to.
        if (is_same(item)) return is_out ? item.value : tagged(environment_, "argument", item.value);
      }
    }
    return nullptr;
  }

  Environment& environment_;
  napi_env env_;
  const CallArguments& arguments_;
  const JsArgument& receiver_;
  Binding binding_;
  const Overload& overload_;
  bool with_out_;
  const Target& target_;
};

// Calls group `arguments[0]` with arguments [first, last), a method's receiver first, and the keywords in `given`.
napi_value call_group(Environment& environment, const Arguments& arguments, size_t first, size_t last,
                      CallArguments& given) {
  const int64_t id = int_from(environment.env, arguments[0]);
  if (id < 0 || static_cast<size_t>(id) >= environment.operators.size()) throw runtime_error("no such operator");
  const OperatorGroup& group = *environment.operators[id];
  JsArgument receiver;
  if (group.is_method() && first < last) receiver = JsArgument(environment.env, arguments[first++]);
  for (size_t i = first; i < last; ++i) given.positional.emplace_back(environment.env, arguments[i]);
  while (!given.positional.empty() && !given.positional.back().given()) given.positional.pop_back();
  return Call(environment, group, given, receiver).run();
}

// call(id, ...arguments): positional arguments only; a method's receiver comes first
napi_value call(Environment& environment, const Arguments& arguments) {
  CallArguments given;
  return call_group(environment, arguments, 1, arguments.size(), given);
}

// callWithKeywords(id, count, ...arguments, name, value, ...): `count` positional ones, then the keywords
napi_value call_with_keywords(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  CallArguments given;
  const size_t last = 2 + static_cast<size_t>(int_from(env, arguments[1]));
  for (size_t i = last; i + 1 < arguments.size(); i += 2) {
    const JsArgument value(env, arguments[i + 1]);
    if (value.given()) given.keywords.push_back({string_from(env, arguments[i]), value});
  }
  return call_group(environment, arguments, 2, std::min(last, arguments.size()), given);
}

napi_value add_group(Environment& environment, std::string name, std::vector<std::unique_ptr<Overload>> overloads,
                     bool is_method) {
  environment.operators.push_back(std::make_unique<OperatorGroup>(std::move(name), std::move(overloads), is_method));
  return to_js(environment.env, static_cast<int64_t>(environment.operators.size() - 1));
}

// define(name, isMethod, rows): the id of a new group made of rows of the generated table
napi_value define(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const bool is_method = bool_from(env, arguments[1]);
  std::vector<std::unique_ptr<Overload>> overloads;
  for (uint32_t i = 0, length = array_length(env, arguments[2]); i < length; ++i) {
    overloads.push_back(std::make_unique<Overload>(string_from(env, element(env, arguments[2], i)), is_method));
  }
  return add_group(environment, string_from(env, arguments[0]), std::move(overloads), is_method);
}

// missingOperators(isMethod, rows): the aten overloads that rows name and this LibTorch does not have
napi_value missing_operators(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  std::vector<std::string> missing;
  for (uint32_t i = 0, length = array_length(env, arguments[1]); i < length; ++i) {
    const std::string row = string_from(env, element(env, arguments[1], i));
    const Overload overload(row, bool_from(env, arguments[0]));
    for (const bool with_out : {false, overload.out.has_value()}) {
      try {
        overload.target(with_out);
      } catch (const Error& error) {
        missing.emplace_back(error.what());
      }
    }
  }
  return to_js_array(env, missing, [env](const std::string& text) { return to_js(env, std::string_view(text)); });
}

// defineByName(namespace, name, overload?): the id of a group of the operators registered under that name, or null
napi_value define_by_name(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const std::string qualified = string_from(env, arguments[0]) + "::" + string_from(env, arguments[1]);
  const bool one = type_of(env, arguments[2]) == napi_string;
  const std::string wanted = one ? string_from(env, arguments[2]) : "";
  std::vector<std::unique_ptr<Overload>> overloads;
  for (const c10::OperatorName& name : c10::Dispatcher::singleton().getAllOpNames()) {
    if (name.name != qualified || (one && name.overload_name != (wanted == "default" ? "" : wanted))) continue;
    if (const auto handle = c10::Dispatcher::singleton().findSchema(name)) {
      overloads.push_back(std::make_unique<Overload>(*handle));
    }
  }
  if (overloads.empty()) return null_value(env);
  return add_group(environment, qualified, std::move(overloads), false);
}

}  // namespace

void export_dispatch(Environment& environment, napi_value exports) {
  export_function<call, returning_errors<call>>(environment, exports, "call");
  export_function<call_with_keywords, returning_errors<call_with_keywords>>(environment, exports, "callWithKeywords");
  export_function<define>(environment, exports, "define");
  export_function<define_by_name>(environment, exports, "defineByName");
  export_function<missing_operators>(environment, exports, "missingOperators");
}

}  // namespace tsorch
