"""What torchgen does not decide: which names are generated although it skips them, and which are written by hand."""

# Operators that torchgen leaves to hand-written C++ although that C++ only passes its arguments on
# (python_torch_functions_manual.cpp, python_variable_methods.cpp): aten overloads, by namespace.
UNSKIPPED = {
    "torch": ["get_device", "nonzero", "nonzero.out", "nonzero_numpy", "numel", "range.step", "range.out"],
    "Tensor": ["contiguous", "copy_", "set_", "set_.source_Tensor", "set_.source_Tensor_storage_offset"],
}

# Arguments that those C++ functions name otherwise than the schema does, by aten overload.
RENAMED_ARGUMENTS = {"copy_": {"src": "other"}}

# Names that PyTorch binds twice: alias -> the name that the binding knows itself by.
ALIASES = {"torch": {"dsmm": "mm", "hsmm": "hspmm", "saddmm": "sspaddmm", "spmm": "mm"}}

# Raw operators under `torch._VF`: the public name in torch is Python code, and so written by hand over these.
# `full` is here because what dtype a number gives is our rule, `nonzero` because of `as_tuple`.
VF = frozenset(
    "atleast_1d atleast_2d atleast_3d block_diag broadcast_tensors cartesian_prod cdist chain_matmul einsum full "
    "meshgrid nonzero nonzero_numpy norm split stft tensordot unique_consecutive unique_dim".split()
)

# Methods that Python writes in Python (torch/_tensor.py) over functions of torch.
HANDWRITTEN_METHODS = frozenset("istft norm split stft unflatten".split())

# The prefix that a namespace's operators carry and its names do not.
PREFIXES = {"fft": "fft_", "linalg": "linalg_", "nested": "nested_", "special": "special_"}

# torch.sparse names its operators one by one (torch/sparse/__init__.py).
SPARSE_NAMES = {
    "_sparse_addmm": "addmm",
    "_sparse_log_softmax": "log_softmax",
    "_sparse_mm": "mm",
    "_sparse_softmax": "softmax",
    "_spdiags": "spdiags",
    "_spsolve": "spsolve",
    "sparse_sampled_addmm": "sampled_addmm",
}

# Operators whose Tensor arguments may be numbers (should_allow_numbers_as_tensors in python_arg_parser.cpp).
NUMBERS_AS_TENSORS = frozenset(
    f"{name}{suffix}"
    for name in "add sub mul div divide multiply subtract true_divide floor_divide copy".split()
    for suffix in ("", "_")
)
