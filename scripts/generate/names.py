"""Turns PyTorch's names into TypeScript's."""

import re

# Names that TypeScript cannot declare.
RESERVED = frozenset(
    "break case catch class const continue debugger default delete do else enum export extends false finally for "
    "function if implements import in instanceof interface let new null package private protected public return "
    "static super switch this throw true try typeof var void while with yield await eval arguments".split()
)


def camel(name: str) -> str:
    """log_softmax -> logSoftmax, requires_grad_ -> requiresGrad_, atleast_1d -> atleast1d, _conj -> _conj."""
    return re.sub(r"(?<=[A-Za-z0-9])_([A-Za-z0-9])", lambda match: match[1].upper(), name)


def is_operator_protocol(name: str) -> bool:
    """Whether `name` is Python's operator protocol (`__and__`), which TypeScript has no use for."""
    return name.startswith("__")
