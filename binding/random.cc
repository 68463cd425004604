#include "random.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "convert.h"
#include "handle.h"
#include "values.h"

namespace tsorch {

namespace {

at::Generator generator_from(napi_env env, napi_value value) {
  return unbox<at::Generator>(env, value, "a torch.Generator");
}

// A seed as Python takes it: negative ones count from 2^64.
uint64_t seed_from(napi_env env, napi_value value) {
  if (type_of(env, value) == napi_bigint) {
    bool lossless = false;
    uint64_t seed = 0;
    check(env, napi_get_value_bigint_uint64(env, value, &seed, &lossless));
    if (lossless) return seed;
    int64_t negative = 0;
    check(env, napi_get_value_bigint_int64(env, value, &negative, &lossless));
    if (!lossless) throw runtime_error("Overflow when unpacking long long");
    return static_cast<uint64_t>(negative);
  }
  return static_cast<uint64_t>(int_from(env, value));
}

napi_value seed_to_js(napi_env env, uint64_t seed) {
  if (seed <= static_cast<uint64_t>(kMaxSafeInteger)) return to_js(env, static_cast<int64_t>(seed));
  napi_value value = nullptr;
  check(env, napi_create_bigint_uint64(env, seed, &value));
  return value;
}

// A generator's mutex is the caller's to hold, as in PyTorch's bindings.
template <class Body>
auto locked(at::Generator generator, const Body& body) {
  const std::lock_guard lock(generator.mutex());
  return body();
}

// generator(device): a new one
napi_value generator(Environment& environment, const Arguments& arguments) {
  napi_env env = environment.env;
  const c10::Device device = to_device(env, JsArgument(env, arguments[0]));
  if (device.is_cpu()) return box(env, at::make_generator<at::CPUGeneratorImpl>());
  return box(env, at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index()));
}

// defaultGenerator(device)
napi_value default_generator(Environment& environment, const Arguments& arguments) {
  const c10::Device device = to_device(environment.env, JsArgument(environment.env, arguments[0]));
  return box(environment.env, at::Generator(at::globalContext().defaultGenerator(device)));
}

napi_value manual_seed(Environment& environment, const Arguments& arguments) {
  const at::Generator generator = generator_from(environment.env, arguments[0]);
  const uint64_t seed = seed_from(environment.env, arguments[1]);
  locked(generator, [&] {
    generator.unsafeGetGeneratorImpl()->set_current_seed(seed);
    return 0;
  });
  return nullptr;
}

// manualSeedAll(seed): the default generators of the CPU and of every accelerator
napi_value manual_seed_all(Environment& environment, const Arguments& arguments) {
  at::manual_seed(seed_from(environment.env, arguments[0]));
  return nullptr;
}

// seed(generator): seeds it from the system's entropy and gives the seed
napi_value seed(Environment& environment, const Arguments& arguments) {
  at::Generator generator = generator_from(environment.env, arguments[0]);
  return seed_to_js(environment.env, locked(generator, [&] { return generator.seed(); }));
}

napi_value initial_seed(Environment& environment, const Arguments& arguments) {
  return seed_to_js(environment.env, generator_from(environment.env, arguments[0]).current_seed());
}

napi_value get_state(Environment& environment, const Arguments& arguments) {
  const at::Generator generator = generator_from(environment.env, arguments[0]);
  return to_js(environment, locked(generator, [&] { return generator.get_state(); }));
}

napi_value set_state(Environment& environment, const Arguments& arguments) {
  at::Generator generator = generator_from(environment.env, arguments[0]);
  const at::Tensor& state = tensor_from(environment.env, arguments[1]);
  if (state.scalar_type() != at::kByte || !state.device().is_cpu()) {
    throw type_error("expected a torch.ByteTensor, but got " + state.toString());
  }
  locked(generator, [&] {
    generator.set_state(state);
    return 0;
  });
  return nullptr;
}

napi_value generator_device(Environment& environment, const Arguments& arguments) {
  const at::Generator generator = generator_from(environment.env, arguments[0]);
  return to_js(environment.env, std::string_view(generator.device().str()));
}

}  // namespace

void export_random(Environment& environment, napi_value exports) {
  export_function<generator>(environment, exports, "generator");
  export_function<default_generator>(environment, exports, "defaultGenerator");
  export_function<manual_seed>(environment, exports, "manualSeed");
  export_function<manual_seed_all>(environment, exports, "manualSeedAll");
  export_function<seed>(environment, exports, "seed");
  export_function<initial_seed>(environment, exports, "initialSeed");
  export_function<get_state>(environment, exports, "getGeneratorState");
  export_function<set_state>(environment, exports, "setGeneratorState");
  export_function<generator_device>(environment, exports, "generatorDevice");
}

}  // namespace tsorch
