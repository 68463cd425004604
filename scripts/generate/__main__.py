"""Writes lib/generated from the wheel's torchgen: `npm run generate`."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# torchgen and yaml are pure Python: the checkout's environment serves whichever python3 runs this.
sys.path.extend(str(path) for path in sorted(ROOT.glob(".venv/lib/python3*/site-packages")))

import bindings
import emit
from docs import Docs
from table import Binding, read_table

# What the comment on each namespace says.
ABOUT = {
    "torch": "The operators of `torch`.",
    "vf": "Operators whose public names in `torch` are written by hand over these: Python's `torch._VF`.",
    "nn": "The operators under `torch.nn.functional`: Python's `torch._C._nn`.",
    "linalg": "The operators of `torch.linalg`.",
    "fft": "The operators of `torch.fft`.",
    "special": "The operators of `torch.special`.",
    "sparse": "The operators of `torch.sparse`.",
    "nested": "The operators under `torch.nested`.",
    "Tensor": "The operators that are methods of `Tensor`: PyTorch's name and signatures.",
}


def read_namespaces() -> dict[str, list[Binding]]:
    """The bindings by the module that they are written to."""
    table = read_table()
    functions = table["torch"]
    table["vf"] = [function for function in functions if function.python_name in bindings.VF]
    table["torch"] = [function for function in functions if function.python_name not in bindings.VF]
    methods = table["Tensor"]
    table["Tensor"] = [method for method in methods if method.python_name not in bindings.HANDWRITTEN_METHODS]
    return table


def generate() -> dict[str, str]:
    """File name -> text. The types are files of their own, which nothing loads at run time."""
    table = read_namespaces()
    docs = Docs()
    files = {
        "tensor.ts": emit.method_table(ABOUT["Tensor"], table["Tensor"], docs.version),
        "types/tensor.ts": emit.method_types(ABOUT["Tensor"], table["Tensor"], docs.version, docs),
    }
    for namespace, about in ABOUT.items():
        if namespace != "Tensor":
            functions = table[namespace]
            files[f"{namespace}.ts"] = emit.function_table(about, namespace, functions, docs.version)
            files[f"types/{namespace}.ts"] = emit.function_types(about, namespace, functions, docs.version, docs)
    return files


def main() -> None:
    folder = ROOT / "lib" / "generated"
    files = generate()
    for stale in set(folder.rglob("*.ts")) - {folder / name for name in files}:
        stale.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


main()
