"""Writes lib/generated from the wheel's torchgen: `npm run generate`."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# torchgen and yaml are pure Python: the checkout's environment serves whichever python3 runs this.
sys.path.extend(str(path) for path in sorted(ROOT.glob(".venv/lib/python3*/site-packages")))

import bindings
import emit
from docs import Docs
from table import read_table

ABOUT = {
    "torch": "The operators of `torch`.",
    "nn": "The operators under `torch.nn.functional`: Python's `torch._C._nn`.",
    "linalg": "The operators of `torch.linalg`.",
    "fft": "The operators of `torch.fft`.",
    "special": "The operators of `torch.special`.",
    "sparse": "The operators of `torch.sparse`.",
    "nested": "The operators under `torch.nested`.",
}


def generate() -> dict[str, str]:
    """File name -> text."""
    table = read_table()
    docs = Docs()
    methods = [method for method in table["Tensor"] if method.python_name not in bindings.HANDWRITTEN_METHODS]
    raw = [function for function in table["torch"] if function.python_name in bindings.VF]
    table["torch"] = [function for function in table["torch"] if function.python_name not in bindings.VF]
    about = "Operators whose public names in `torch` are written by hand over these: Python's `torch._VF`."
    files = {
        "tensor.ts": emit.method_file("The operators that are methods of `Tensor`.", methods, docs.version, docs),
        "vf.ts": emit.function_file(about, "vf", raw, docs.version, docs),
    }
    for namespace, about in ABOUT.items():
        files[f"{namespace}.ts"] = emit.function_file(about, namespace, table[namespace], docs.version, docs)
    return files


def main() -> None:
    folder = ROOT / "lib" / "generated"
    folder.mkdir(exist_ok=True)
    files = generate()
    for stale in set(folder.glob("*.ts")) - {folder / name for name in files}:
        stale.unlink()
    for name, text in files.items():
        (folder / name).write_text(text)


main()
