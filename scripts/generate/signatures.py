"""Writes an operator's overloads as TypeScript call signatures.

Python accepts any positional argument by name as well. So an overload of n positional arguments becomes the signature
with all of them and the keyword-only ones in a trailing object, and one signature for each k < n whose first k are
positional and whose others are in the object. Names with an underscore, which are PyTorch's own and take up to twenty
arguments, get the ones with all required arguments positional and with none.
"""

from dataclasses import dataclass, replace

import type_text
from names import RESERVED, camel
from table import Binding, Overload

# Keys that NumPy names otherwise, and keys that a Tensor has as properties too: see `Named` and the like in lib/types.ts.
NUMPY_NAMED = frozenset("dim keepdim other".split())
TENSOR_PROPERTIES = frozenset("dtype layout device".split())


@dataclass(frozen=True)
class Argument:
    name: str
    type: str
    required: bool

    @property
    def key(self) -> str:
        return f"{self.name}{'' if self.required else '?'}: {self.type}"

    @property
    def positional(self) -> str:
        return replace(self, name=f"{self.name}_").key if self.name in RESERVED else self.key


@dataclass(frozen=True)
class Shape:
    """An overload in TypeScript's terms."""

    positional: tuple[Argument, ...]
    keywords: tuple[Argument, ...]
    variadic: bool
    factory: bool
    returns: str

    @property
    def arguments(self) -> tuple[Argument, ...]:
        return self.positional + self.keywords


def call_signatures(binding: Binding, method: bool) -> list[str]:
    """The call signatures of a binding in the order of its overloads: `(input: Tensor): Tensor`."""
    shapes: list[Shape] = []
    for overload in binding.overloads:
        if not overload.deprecated:
            _add(shapes, _shape(binding.error_name, overload, method))
    shapes = [shape for shape in shapes if not any(_covers(other, shape) for other in shapes if other is not shape)]
    private = binding.name.startswith("_")
    return list(dict.fromkeys(text for shape in shapes for text in _texts(shape, private)))


def _shape(operator: str, overload: Overload, method: bool) -> Shape:
    def argument(parameter) -> Argument:
        text = type_text.argument_type(operator, parameter.name, parameter.type)
        # PyTorch's parser takes None for any argument whose default it is.
        if parameter.default == "None":
            text = type_text.union(text, "null")
        return Argument(camel(parameter.name), text, parameter.required)

    keywords = [argument(parameter) for parameter in overload.keywords]
    if overload.out_name:
        out = "Tensor | null" if overload.out_count == 1 else "TensorList | null"
        keywords.append(Argument(camel(overload.out_name), out, False))
    return Shape(
        positional=tuple(argument(parameter) for parameter in overload.positional),
        keywords=tuple(keywords),
        variadic=len(overload.positional) == 1 and type_text.is_int_list(overload.positional[0].type),
        factory=overload.factory,
        returns=type_text.return_type(overload.returns, method and overload.inplace),
    )


def _add(shapes: list[Shape], shape: Shape) -> None:
    """Appends a shape, or merges it into one that differs in one argument only."""
    for index, other in enumerate(shapes):
        merged = _merge_types(other, shape) or _merge_keyword(other, shape) or _merge_keyword(shape, other)
        if merged:
            shapes[index] = merged
            return
    shapes.append(shape)


def _covers(wide: Shape, narrow: Shape) -> bool:
    """Whether every call that `narrow` takes is one that `wide` takes with the same result."""
    if (wide.variadic, wide.factory, wide.returns) != (narrow.variadic, narrow.factory, narrow.returns):
        return False
    if wide.arguments == narrow.arguments or len(wide.positional) < len(narrow.positional):
        return False
    keywords = {argument.name: argument for argument in wide.keywords}
    taken = list(zip(wide.positional, narrow.positional))
    taken += [(keywords.pop(argument.name, None), argument) for argument in narrow.keywords]
    left = [*wide.positional[len(narrow.positional) :], *keywords.values()]
    return all(a is not None and _takes(a, b) for a, b in taken) and not any(argument.required for argument in left)


def _takes(wide: Argument, narrow: Argument) -> bool:
    same_name = wide.name == narrow.name and wide.required <= narrow.required
    return same_name and type_text.union(wide.type, narrow.type) == wide.type


def _merge_keyword(left: Shape, right: Shape) -> Shape | None:
    """`left` has one required keyword more than `right`: the overload with `generator` and the one without."""
    extra = [argument for argument in left.keywords if argument not in right.keywords]
    rest = tuple(argument for argument in left.keywords if argument not in extra)
    if len(extra) != 1 or not extra[0].required or replace(left, keywords=rest) != right:
        return None
    optional = tuple(replace(a, required=False) if a in extra else a for a in left.keywords)
    return replace(left, keywords=optional)


def _merge_types(left: Shape, right: Shape) -> Shape | None:
    """The shapes differ in the type of one argument."""
    blank = [replace(shape, positional=(), keywords=()) for shape in (left, right)]
    names = [[(a.name, a.required) for a in shape.arguments] for shape in (left, right)]
    if blank[0] != blank[1] or names[0] != names[1] or len(left.positional) != len(right.positional) or left.variadic:
        return None
    pairs = list(zip(left.arguments, right.arguments))
    if sum(a.type != b.type for a, b in pairs) > 1:
        return None
    arguments = tuple(replace(a, type=type_text.union(a.type, b.type)) for a, b in pairs)
    count = len(left.positional)
    return replace(left, positional=arguments[:count], keywords=arguments[count:])


def _texts(shape: Shape, private: bool) -> list[str]:
    positional, keywords = shape.positional, shape.keywords
    options = _options(keywords, shape.factory)
    texts = []
    if shape.variadic:
        name = positional[0].name
        texts.append(f"(...{name}: Int[]): {shape.returns}")
        if options:
            texts.append(f"(...args: [...{name}: Int[], options: {options}]): {shape.returns}")
    if any(argument.required for argument in keywords):
        texts.append(_text(positional, f"options: {options}", shape.returns, all_required=True))
    else:
        texts.append(_text(positional, f"options?: {options}" if options else "", shape.returns))
    required = sum(argument.required for argument in positional)
    counts = range(len(positional)) if not private else {0, min(required, len(positional) - 1)} if positional else ()
    for count in sorted(counts, reverse=True):
        named = _options(positional[count:] + keywords, shape.factory)
        texts.append(_text(positional[:count], f"options: {named}", shape.returns, all_required=True))
    return texts


def _text(positional, options: str, returns: str, all_required: bool = False) -> str:
    if all_required:
        positional = [replace(argument, required=True) for argument in positional]
    parts = [argument.positional for argument in positional] + ([options] if options else [])
    return f"({', '.join(parts)}): {returns}"


def _options(arguments, factory: bool) -> str:
    keys = "; ".join(argument.key for argument in arguments)
    text = " & ".join((["FactoryOptions"] if factory else []) + ([f"{{ {keys} }}"] if keys else []))
    names = {argument.name for argument in arguments}
    if "input" in names:
        return f"NamedInput<{text}>"
    if names & NUMPY_NAMED:
        return f"Named<{text}>"
    return f"Keywords<{text}>" if names & TENSOR_PROPERTIES else text
