"""Reads what PyTorch's documentation says of an operator: its first sentence and its page."""

import ast
import importlib.util
import pathlib
import re

from names import camel
from table import Binding, Overload

TORCH = pathlib.Path(importlib.util.find_spec("torch").submodule_search_locations[0])
PAGES = "https://docs.pytorch.org/docs"

# Namespace -> (file whose docstrings name its operators, prefix of its pages).
SOURCES = {
    "torch": [("_torch_docs.py", "torch."), ("functional.py", "torch."), ("nn/functional.py", "torch.nn.functional.")],
    "vf": [("_torch_docs.py", "torch."), ("functional.py", "torch.")],
    "Tensor": [("_tensor_docs.py", "torch.Tensor.")],
    "nn": [("nn/functional.py", "torch.nn.functional.")],
    "linalg": [("linalg/__init__.py", "torch.linalg.")],
    "fft": [("fft/__init__.py", "torch.fft.")],
    "special": [("special/__init__.py", "torch.special.")],
    "sparse": [("sparse/__init__.py", "torch.sparse.")],
    "nested": [],
}


def torch_version() -> str:
    """The wheel's version without its build tag."""
    text = (TORCH / "version.py").read_text()
    return re.search(r"__version__ = '([0-9.]+)", text)[1]


class Docs:
    """The docstrings of every namespace, read from the wheel's sources without importing torch."""

    def __init__(self) -> None:
        self.version = torch_version()
        self._found = {
            namespace: [(prefix, _docstrings(TORCH / file)) for file, prefix in sources]
            for namespace, sources in SOURCES.items()
        }

    def lines(self, namespace: str, binding: Binding) -> list[str]:
        """The lines of a binding's documentation comment."""
        name = binding.python_name.removeprefix(f"{namespace}_")
        if namespace == "sparse":
            name = re.sub("^_?sparse_|^_", "", name)
        overloads = [overload for overload in binding.overloads if not overload.deprecated] or binding.overloads
        usage = _usage(binding.name, overloads)
        found = self._find(namespace, name)
        if not found:
            return _wrap(usage)
        page, sentence = found
        # torch.special has all its functions on one page.
        path = f"special.html#{page}" if namespace == "special" else f"generated/{page}.html"
        link = f"[{page}]({PAGES}/{self._release}/{path})"
        return ([*_wrap(sentence.split(" ")), ""] if sentence else []) + _wrap(usage + [link])

    def _find(self, namespace: str, name: str) -> tuple[str, str] | None:
        """The page of a name and the first sentence there, or the one that it refers to."""
        for prefix, docstrings in self._found[namespace]:
            if name in docstrings:
                sentence = first_sentence(docstrings[name])
                see = re.match(r"See `torch\.(?:(fft|linalg|special|sparse|nn)\.)?(?:functional\.)?(\w+)", sentence)
                referred = self._find(see[1] or "torch", see[2]) if see else None
                return f"{prefix}{name}", referred[1] if referred else sentence
        return None

    @property
    def _release(self) -> str:
        return ".".join(self.version.split(".")[:2])


def _wrap(items: list[str]) -> list[str]:
    lines = [items[0]]
    for item in items[1:]:
        if len(lines[-1]) + len(item) < 110:
            lines[-1] += f" {item}"
        else:
            lines.append(item)
    return lines


def _usage(name: str, overloads: list[Overload]) -> list[str]:
    """The signatures, without repetition: the overload with a generator is the other one's with an option more."""
    texts = [python_signature(name, overload).replace("generator,", "generator=None,") for overload in overloads]
    without = {text.replace("generator=None, ", "") for text in texts if "generator=None, " in text}
    return [f"`{text}`" for text in dict.fromkeys(texts) if text not in without]


def python_signature(name: str, overload: Overload) -> str:
    """Python's signature without types, with TypeScript's names: sum(dim, keepdim=False, *, dtype=None)."""
    arguments = re.search(r"\((.*)\)$", overload.text)[1]
    parts = []
    for part in re.split(r", (?![^{]*\})", arguments) if arguments else []:
        declared, separator, default = part.partition("=")
        parts.append("*" if part == "*" else camel(declared.split(" ")[-1]) + separator + _default(default))
    return f"{name}({', '.join(parts)})"


def _default(text: str) -> str:
    text = text.replace("c10::MemoryFormat::Contiguous", "contiguous_format").replace("at::Reduction::Mean", "1")
    return re.sub(r"^\{(.*)\}$", r"[\1]", text)


def _docstrings(path: pathlib.Path) -> dict[str, str]:
    """Name -> docstring, of the functions that a file defines and of those whose docstring it adds."""
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, ast.get_docstring(node) or "")
        name = node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else None
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and getattr(value.func, "id", "").endswith(("add_docstr", "add_docstr_all")):
            target, text = value.args[:2]
            added = name or getattr(target, "value", None) if isinstance(target, ast.Constant) else name
            found[added or target.attr] = _text(text)
    return {name: text for name, text in found.items() if text and not name.startswith("_")}


def _text(node: ast.expr) -> str:
    """The text of a string expression: a constant, a sum of them, or `.format` of one."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text(node.func.value).replace("{{", "{").replace("}}", "}")
    return ""


def first_sentence(docstring: str) -> str:
    """The first sentence after the signature lines, in Markdown."""
    paragraphs = [" ".join(text.split()) for text in re.split(r"\n\s*\n", docstring.strip())]
    for paragraph in paragraphs:
        if re.match(r"[\w.]+\(.*\) *(->.*|: .*)?$", paragraph) or paragraph.startswith((".. ", "{", "_", "-")):
            continue
        if paragraph.startswith("Args"):
            return ""
        text = _markdown(paragraph)
        sentence = re.match(r"(?:`[^`]*`|[^`])*?(?<!e\.g)(?<!i\.e)[.:](?= |$)|.*", text)[0].rstrip(":").strip()
        return sentence if sentence.endswith((".", ")")) else f"{sentence}."
    return ""


# TeX that the first sentences contain, as plain text.
TEX = [
    (r"\\(?:text|texttt|mathrm|mathbb|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\^\{th\}`", "`th"),
    (r"\\ast", "*"),
    (r"\\(?:right)?arrow|\\to\b", "→"),
    (r" *\\frac (\w)", r" / \1"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1 / \2"),
    (r"\\times", "×"),
    (r"\\(?:leq|le)\b", "≤"),
    (r"\\(?:geq|ge)\b", "≥"),
    (r"\\(?:left|right)\b|\\ |\\(?=_)", ""),
    (r"\\([A-Za-z]+)", r"\1"),
    (r"(?<=[_^`])\{([\w*]+)\}", r"\1"),
]


def _markdown(text: str) -> str:
    text = re.sub(r":attr:`([^`]*)`", lambda match: f"`{camel(match[1])}`", text)
    text = re.sub(r":(?:func|meth|class|ref|data|obj|literal):`~?([^`<]*?)(?: *<[^`]*>)?`", r"`\1`", text)
    text = re.sub(r":math:`([^`]*)`", r"`\1`", text).replace("{{", "{").replace("}}", "}")
    for pattern, plain in TEX:
        text = re.sub(pattern, plain, text)
    in_place = re.match(r"In-place version of `(?:Tensor\.)?(\w+)(?:\(\))?`", text)
    if in_place:
        return f"In-place version of `{camel(in_place[1])}`."
    # An argument and its value, which RST sets apart.
    text = re.sub(r"(?<=\w)``= (-?\w+)`", r" = \1`", text)
    text = re.sub(r"``([^`]*)``", r"`\1`", text)
    text = re.sub(r"`([^`<]*) <[^`]*>`_+", r"\1", text)
    return text.replace("*/", "* /")
