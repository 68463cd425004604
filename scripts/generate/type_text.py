"""Writes a schema's types as TypeScript's."""

from torchgen.api.python import structseq_fieldnames
from torchgen.model import BaseTy, BaseType, ListType, OptionalType, Type

import bindings
from names import camel

BASE_TYPES = {
    BaseTy.Tensor: "Tensor",
    BaseTy.int: "Int",
    BaseTy.SymInt: "Int",
    BaseTy.DeviceIndex: "Int",
    BaseTy.float: "number",
    BaseTy.bool: "boolean",
    BaseTy.str: "string",
    BaseTy.ScalarType: "DType",
    BaseTy.Layout: "Layout",
    BaseTy.Device: "DeviceLike",
    BaseTy.MemoryFormat: "MemoryFormat",
    BaseTy.Generator: "Generator",
    BaseTy.Stream: "Stream",
}

RETURN_TYPES = {
    BaseTy.Tensor: "Tensor",
    BaseTy.Scalar: "Scalar",
    BaseTy.int: "number",
    BaseTy.SymInt: "number",
    BaseTy.float: "number",
    BaseTy.bool: "boolean",
    BaseTy.ScalarType: "DType",
    BaseTy.QScheme: "QScheme",
}

# String arguments whose values PyTorch's documentation fixes: argument -> values, or (operator, argument) -> values.
STRINGS = {
    "UPLO": "L U",
    "approximate": "none tanh",
    "driver": "gesvd gesvdj gesvda",
    "indexing": "ij xy",
    "interpolation": "linear lower higher midpoint nearest",
    "norm": "forward backward ortho",
    "ord": "fro nuc",
    "pad_mode": "constant reflect replicate circular",
    "padding": "valid same",
    "padding_side": "left right",
    "rounding_mode": "trunc floor",
    "side": "left right",
    ("_sparse_mm", "reduce"): "sum mean amax amin",
    ("_sparse_mm_reduce_impl", "reduce"): "sum mean amax amin",
    ("index_reduce", "reduce"): "prod mean amax amin",
    ("linalg_cond", "p"): "fro nuc",
    ("linalg_lstsq", "driver"): "gels gelsy gelsd gelss",
    ("linalg_qr", "mode"): "reduced complete r",
    ("pad", "mode"): "constant reflect replicate circular",
    ("scatter", "reduce"): "add multiply",
    ("scatter_reduce", "reduce"): "sum prod mean amax amin",
    ("segment_reduce", "reduce"): "sum mean max min prod",
}


def _string(operator: str, argument: str) -> str:
    values = STRINGS.get((operator.removesuffix("_"), argument)) or STRINGS.get(argument)
    return " | ".join(f"'{value}'" for value in values.split()) if values else "string"


def _list(type_: ListType) -> str:
    element = type_.elem
    if isinstance(element, OptionalType):
        return "OptionalTensorList"
    match element.name:
        case BaseTy.Tensor:
            return "TensorList"
        case BaseTy.int | BaseTy.SymInt:
            return "IntOrList" if type_.size else "IntList"
        case BaseTy.Scalar:
            return "readonly Scalar[]"
        case BaseTy.float:
            return "readonly number[]"
        case BaseTy.bool:
            return "readonly boolean[]"
    raise ValueError(f"no TypeScript type for {type_}")


def argument_type(operator: str, argument: str, type_: Type) -> str:
    """The type of an argument of `operator` (Python's names)."""
    if isinstance(type_, OptionalType):
        return f"{argument_type(operator, argument, type_.elem)} | null"
    if isinstance(type_, ListType):
        return _list(type_)
    if type_.name is BaseTy.str:
        return _string(operator, argument)
    # A 0-d tensor stands for a number.
    if type_.name is BaseTy.Scalar or (type_.name is BaseTy.Tensor and operator in bindings.NUMBERS_AS_TENSORS):
        return "TensorOrScalar"
    return BASE_TYPES[type_.name]


def is_int_list(type_: Type) -> bool:
    if isinstance(type_, OptionalType):
        type_ = type_.elem
    return isinstance(type_, ListType) and type_.elem in (BaseType(BaseTy.int), BaseType(BaseTy.SymInt))


def _return(type_: Type) -> str:
    if isinstance(type_, ListType):
        return f"{_return(type_.elem)}[]"
    return RETURN_TYPES[type_.name]


def return_type(returns, inplace_method: bool) -> str:
    """Nothing, a value, a namedtuple or a tuple."""
    types = [_return(value.type) for value in returns]
    if not types:
        return "void"
    if len(types) == 1:
        return "this" if inplace_method else types[0]
    names = structseq_fieldnames(tuple(returns))
    if not names:
        return f"[{', '.join(types)}]"
    fields = ", ".join(f"'{camel(name)}'" for name in names)
    if all(type_ == "Tensor" for type_ in types):
        return f"NamedTuple<[{fields}]>"
    return f"NamedTuple<[{fields}], [{', '.join(types)}]>"


def union(left: str, right: str) -> str:
    """`left | right`, without repetition, null last."""
    parts = dict.fromkeys(left.split(" | ") + right.split(" | "))
    nullable = parts.pop("null", 0) is None
    if {"Tensor", "Scalar"} <= parts.keys() or "TensorOrScalar" in parts:
        parts = {"TensorOrScalar": None} | {part: None for part in parts if part not in ("Tensor", "Scalar")}
    return " | ".join([*parts, *(["null"] if nullable else [])])
