"""Prints what live PyTorch binds and torchgen yields, as JSON: namespace -> name -> number of overloads."""

import json
import os
from collections import defaultdict

import torch
import torchgen.packaged.autograd.gen_python_functions as bindings
import torchgen
from torchgen.gen import parse_native_yaml

PACKAGED = os.path.join(os.path.dirname(torchgen.__file__), "packaged")
NATIVE = os.path.join(PACKAGED, "ATen", "native")

LIVE = {
    "torch": (torch._C._VariableFunctions, bindings.is_py_torch_function),
    "tensor": (torch._C.TensorBase, bindings.is_py_variable_method),
    "nn": (torch._C._nn, bindings.is_py_nn_function),
    "linalg": (torch._C._linalg, bindings.is_py_linalg_function),
    "fft": (torch._C._fft, bindings.is_py_fft_function),
    "special": (torch._C._special, bindings.is_py_special_function),
    "sparse": (torch._C._sparse, bindings.is_py_sparse_function),
    "nested": (torch._C._nested, bindings.is_py_nested_function),
}


def live_names(holder) -> list[str]:
    """The C functions that `holder` has, without Python's operator protocol."""
    kinds = ("builtin_function_or_method", "method_descriptor")
    own = {name: getattr(holder, name) for name in dir(holder) if not hasattr(object, name)}
    return [name for name, value in own.items() if type(value).__name__ in kinds and not name.startswith("__")]


def overload_counts(functions, method: bool, belongs) -> dict[str, int]:
    grouped = defaultdict(list)
    pairs = bindings.load_signatures(functions, os.path.join(PACKAGED, "autograd", "deprecated.yaml"), method=method)
    for pair in pairs:
        if belongs(pair.function):
            grouped[str(pair.function.func.name.name)].append(pair)
    return {name: len(bindings.group_overloads(overloads)) for name, overloads in grouped.items()}


def main() -> None:
    functions = parse_native_yaml(f"{NATIVE}/native_functions.yaml", f"{NATIVE}/tags.yaml").native_functions
    bound = list(filter(bindings.should_generate_py_binding, functions))
    result = {}
    for namespace, (holder, belongs) in LIVE.items():
        counts = overload_counts(bound, namespace == "tensor", belongs)
        result[namespace] = {name: counts.get(name, 0) for name in live_names(holder)}
    print(json.dumps(result))


main()
