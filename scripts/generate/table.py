"""Reads PyTorch's operators from torchgen, as Python binds them: names, overloads, their order."""

import dataclasses
import pathlib
from collections import defaultdict
from dataclasses import dataclass, field

import torchgen
import torchgen.packaged.autograd.gen_python_functions as bindings_generator
from torchgen.api.python import PythonArgument, PythonSignature, signature
from torchgen.gen import parse_native_yaml
from torchgen.model import NativeFunction, Return, Type

import bindings
from names import camel, is_operator_protocol

PACKAGED = pathlib.Path(torchgen.__file__).parent / "packaged"

# Namespace -> (which functions Python binds there, whether they are methods).
NAMESPACES = {
    "torch": bindings_generator.is_py_torch_function,
    "Tensor": bindings_generator.is_py_variable_method,
    "nn": bindings_generator.is_py_nn_function,
    "linalg": bindings_generator.is_py_linalg_function,
    "fft": bindings_generator.is_py_fft_function,
    "special": bindings_generator.is_py_special_function,
    "sparse": bindings_generator.is_py_sparse_function,
    "nested": bindings_generator.is_py_nested_function,
}


@dataclass(frozen=True)
class Parameter:
    """An argument as Python's caller sees it."""

    name: str
    type: Type
    required: bool
    default: str


@dataclass(frozen=True)
class Overload:
    """One signature: its text for the argument parser, the operators it calls, its parts for the types.

    `call` lists the arguments in the schema's order where the signature orders or names them otherwise.
    """

    text: str
    base: str
    out: str
    call: str
    positional: tuple[Parameter, ...]
    keywords: tuple[Parameter, ...]
    factory: bool
    out_name: str
    out_count: int
    returns: tuple[Return, ...]
    inplace: bool
    deprecated: bool

    @property
    def row(self) -> str:
        return "|".join((self.text, self.base, self.out, self.call))


@dataclass
class Binding:
    """A name of a namespace: PyTorch's (`log_softmax`), the one in error sentences, TypeScript's, and its overloads."""

    python_name: str
    error_name: str
    name: str
    overloads: list[Overload] = field(default_factory=list)


def read_native_functions() -> list[NativeFunction]:
    native = PACKAGED / "ATen" / "native"
    return parse_native_yaml(str(native / "native_functions.yaml"), str(native / "tags.yaml")).native_functions


def read_table() -> dict[str, list[Binding]]:
    """Every namespace's bindings, sorted by PyTorch's name."""
    functions = read_native_functions()
    by_name = {str(function.func.name): function for function in functions}
    bound = [function for function in functions if bindings_generator.should_generate_py_binding(function)]
    return {
        namespace: _read_namespace(namespace, belongs, bound, by_name) for namespace, belongs in NAMESPACES.items()
    }


def _read_namespace(namespace, belongs, bound, by_name) -> list[Binding]:
    method = namespace == "Tensor"
    pairs = bindings_generator.load_signatures(bound, str(PACKAGED / "autograd" / "deprecated.yaml"), method=method)
    groups = defaultdict(list)
    for pair in pairs:
        name = str(pair.function.func.name.name)
        if belongs(pair.function) and not is_operator_protocol(name):
            groups[name].append(pair)
    for overload in bindings.UNSKIPPED.get(namespace, ()):
        function = by_name[overload]
        renamed = bindings.RENAMED_ARGUMENTS.get(overload, {})
        groups[str(function.func.name.name)].append(_pair(function, method, renamed))
    result = [_binding(namespace, name, name, pairs) for name, pairs in groups.items()]
    for alias, name in bindings.ALIASES.get(namespace, {}).items():
        result.append(_binding(namespace, alias, name, groups[name]))
    return sorted(result, key=lambda binding: binding.python_name)


def _pair(function: NativeFunction, method: bool, renamed: dict[str, str]):
    made = signature(function, method=method)
    arguments = tuple(
        dataclasses.replace(argument, name=renamed.get(argument.name, argument.name)) for argument in made.input_args
    )
    return bindings_generator.PythonSignatureNativeFunctionPair(
        signature=dataclasses.replace(made, input_args=arguments), function=function
    )


def _binding(namespace: str, python_name: str, error_name: str, pairs) -> Binding:
    grouped = bindings_generator.sort_overloads(bindings_generator.group_overloads(pairs), symint=True)
    return Binding(
        python_name=python_name,
        error_name=error_name,
        name=camel(public_name(namespace, python_name)),
        overloads=[_overload(group) for group in grouped],
    )


def public_name(namespace: str, python_name: str) -> str:
    """The name within the namespace: linalg_det -> det."""
    if namespace == "sparse":
        return bindings.SPARSE_NAMES.get(python_name, python_name)
    return python_name.removeprefix(bindings.PREFIXES.get(namespace, ""))


def _overload(group) -> Overload:
    made: PythonSignature = group.signature
    out = group.outplace
    expressions = made.deprecated_args_exprs if made.deprecated else _renamed_arguments(made, group.base)
    text = made.signature_str(symint=False, skip_outputs=out is None).removesuffix("|deprecated")
    method = made.method
    return Overload(
        text=text,
        base=str(group.base.func.name),
        out=str(out.func.name) if out else "",
        call=", ".join(expression for expression in expressions if expression != "out"),
        positional=tuple(_parameter(argument, method) for argument in made.input_args),
        keywords=tuple(_parameter(argument, method) for argument in made.input_kwargs),
        factory=bool(made.tensor_options_args),
        out_name=made.output_args.name if out else "",
        out_count=len(made.output_args.outputs) if out else 0,
        returns=group.base.func.returns,
        inplace=group.base.func.kind().name == "inplace",
        deprecated=made.deprecated,
    )


def _renamed_arguments(made: PythonSignature, function: NativeFunction) -> tuple[str, ...]:
    """The arguments in the schema's order, if the signature has another name for one of them."""
    renamed = bindings.RENAMED_ARGUMENTS.get(str(function.func.name), {})
    names = [argument.name for argument in function.func.schema_order_arguments()]
    return tuple(renamed.get(name, name) for name in names) if renamed else ()


def _parameter(argument: PythonArgument, method: bool) -> Parameter:
    text = argument.argument_str(method=method, symint=False)
    declared, _, default = text.partition("=")
    return Parameter(
        name=declared.split(" ")[-1], type=argument.type, required=argument.default is None, default=default
    )
