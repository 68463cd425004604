"""The kinds of checks that an entry of the operator database gets: what is called, and what is compared of it."""
import itertools
from functools import partial
from unittest import SkipTest

import torch
from compare import Mismatch, compare
from opinfo_cases import Call, function_call, in_place_call, method_call

DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool, torch.complex64, torch.bfloat16)
# The dtype of the samples with which methods, in-place forms and out= are called.
FORMS = torch.float32
LAYOUTS = {'sparse_coo': 'supports_sparse', 'sparse_csr': 'supports_sparse_csr', 'sparse_csc': 'supports_sparse_csc',
           'sparse_bsr': 'supports_sparse_bsr', 'sparse_bsc': 'supports_sparse_bsc'}
# Entries whose results are uninitialised memory, so that only shape and dtype can agree.
UNINITIALISED = {
    'empty', 'empty_like', 'empty_permuted', 'empty_strided', 'new_empty', 'new_empty_strided', 'resize_', 'resize_as_',
}


class Values:
    """A call whose results must agree in value, dtype, shape, strides and in the memory that they share."""

    request = {}

    def __init__(self, op, call):
        self.call = call
        self.initialised = op.name not in UNINITIALISED

    def expected(self):
        result = self.call()
        return result, [place(tensor, tensors((self.call.args, self.call.kwargs))) for tensor in tensors(result)]

    def check(self, answer, expected):
        result, places = expected
        compare(answer['value'], result, stride=True, values=self.initialised)
        for position, (got, wanted) in enumerate(zip(answer['places'], places)):
            check_place(got, wanted, position)


class Gradients:
    """A call whose results' gradients with respect to its inputs must agree."""

    def __init__(self, call):
        self.call = Call(call.path, call.function, mapped(call.args, as_leaf), mapped(call.kwargs, as_leaf))
        self.inputs = [tensor for tensor in tensors((self.call.args, self.call.kwargs)) if tensor.requires_grad]
        self.request = {'gradients': []}

    def expected(self):
        # Copied, as an operator may not write into a leaf.
        args, kwargs = (mapped(given, copy_of_leaf) for given in (self.call.args, self.call.kwargs))
        outputs = [tensor for tensor in tensors(self.call.function(*args, **kwargs)) if tensor.requires_grad]
        generator = torch.Generator().manual_seed(0)
        gradients = [torch.randn(tensor.shape, dtype=tensor.dtype, generator=generator) for tensor in outputs]
        self.request = {'gradients': gradients}
        return torch.autograd.grad(outputs, self.inputs, gradients, allow_unused=True) if outputs else ()

    def check(self, answer, expected):
        compare(answer['value'], expected)


def mapped(value, function):
    """A value with each tensor in it replaced."""
    if isinstance(value, torch.Tensor):
        return function(value)
    if type(value) in (list, tuple):
        return type(value)(mapped(item, function) for item in value)
    return {key: mapped(item, function) for key, item in value.items()} if type(value) is dict else value


def as_leaf(tensor):
    return tensor.detach().requires_grad_() if tensor.requires_grad else tensor


def copy_of_leaf(tensor):
    return tensor.clone() if tensor.requires_grad else tensor


def tensors(value):
    """The tensors in a value, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return []
    return [tensor for item in value for tensor in tensors(item)]


def storage_of(tensor):
    """What identifies a tensor's storage; None where it has none, or an empty one."""
    if tensor.layout != torch.strided or tensor.is_nested or tensor.is_meta or tensor.untyped_storage().nbytes() == 0:
        return None
    return tensor.untyped_storage().data_ptr()


def place(result, inputs):
    """Which inputs a result is, which it shares memory with, and where it begins in its memory."""
    storage = storage_of(result)
    if storage is None:
        return {'same': [i for i, tensor in enumerate(inputs) if tensor is result], 'shared': [], 'offset': None}
    return {'same': [i for i, tensor in enumerate(inputs) if tensor is result],
            'shared': [i for i, tensor in enumerate(inputs) if storage_of(tensor) == storage],
            'offset': result.storage_offset()}


def check_place(got, wanted, position):
    """Raises Mismatch unless a result is, or is not, a view or an argument as PyTorch's is."""
    for key, words in (('same', 'is argument'), ('shared', 'shares memory with argument')):
        if got[key] != wanted[key]:
            raise Mismatch(f'result {position} {words} {wanted[key]} in PyTorch, {got[key]} here')
    if wanted['offset'] is not None and got['offset'] != wanted['offset']:
        raise Mismatch(f'result {position} begins at {wanted["offset"]} in PyTorch, at {got["offset"]} here')


def checks(op, limit, kinds=None):
    """(kind, dtype, check) of an entry's first `limit` samples of each kind; `check` may be the exception it raised."""
    for kind, dtype, inputs, make in sources(op, KINDS if kinds is None else kinds):
        torch.manual_seed(0)
        try:
            for item in itertools.islice(inputs(), limit):
                for made, check in make(item):
                    yield made, dtype, check
        except Exception as error:
            # What PyTorch's own generator raises instead of the rest of them.
            if not isinstance(error, SkipTest) and str(error) != 'no sample function specified':
                yield kind, dtype, error


def sources(op, kinds):
    """(kind, dtype, inputs, make): what gives an entry's inputs, and what makes (kind, check) pairs of each."""
    for dtype in dtypes(op):
        forms = [form for form in FORM_CALLS if form in kinds and (form == 'values' or dtype == FORMS)]
        if forms:
            yield 'values', dtype, partial(op.sample_inputs, 'cpu', dtype), partial(form_checks, op, forms)
    if 'gradients' in kinds and op.supports_autograd and op.supports_dtype(torch.float64, 'cpu'):
        samples = partial(op.sample_inputs, 'cpu', torch.float64, requires_grad=True)
        yield 'gradients', torch.float64, samples, partial(gradient_checks, op)
    if 'errors' in kinds and op.error_inputs_func is not None:
        yield 'errors', None, partial(op.error_inputs, 'cpu'), partial(error_checks, op)
    if 'sparse' in kinds and op.supports_dtype(FORMS, 'cpu'):
        for layout, flag in LAYOUTS.items():
            if getattr(op, flag):
                samples = partial(op.sample_inputs_sparse, getattr(torch, layout), 'cpu', FORMS)
                yield 'sparse', FORMS, samples, partial(sparse_checks, op)


def dtypes(op):
    """Those of DTYPES that an entry supports, else one that it does support."""
    supported = [dtype for dtype in DTYPES if op.supports_dtype(dtype, 'cpu')]
    return supported or sorted(op.supported_dtypes('cpu'), key=str)[:1]


def form_checks(op, forms, sample):
    """The checks of a sample; the in-place one, which changes the sample, comes last."""
    for form in forms:
        for call in FORM_CALLS[form](op, sample):
            if call is not None:
                yield form, Values(op, call)


def gradient_checks(op, sample):
    check = Gradients(function_call(op, sample))
    return [('gradients', check)] if check.inputs else []


def error_checks(op, error):
    call = function_call(op, error.sample_input)
    # A number has none of the methods that Python's operators are.
    if call is None or (call.path.startswith('Tensor.') and not isinstance(call.args[0], torch.Tensor)):
        return []
    return [('errors', Values(op, call))]


def sparse_checks(op, sample):
    return [('sparse', Values(op, function_call(op, sample)))]


def out_calls(op, sample):
    """A call with an `out` that fits, with an empty one, and with one of another dtype."""
    call = function_call(op, sample) if op.supports_out else None
    # The errors of torch.ops are those of TorchScript's matching, which tsorch does not have.
    if call is None or call.path.startswith('torch.ops.'):
        return
    torch.manual_seed(0)
    try:
        result = call()
    except Exception:
        return
    outs = result if isinstance(result, torch.Tensor) else tuple(tensors(result))
    for make in (torch.zeros_like, lambda t: torch.empty(0, dtype=t.dtype), lambda t: torch.zeros_like(t, dtype=torch.int64)):
        yield call.with_options(out=make(outs) if isinstance(outs, torch.Tensor) else tuple(map(make, outs)))


FORM_CALLS = {
    'values': lambda op, sample: [function_call(op, sample)],
    'method': lambda op, sample: [method_call(op, sample)],
    'out': out_calls,
    'in-place': lambda op, sample: [in_place_call(op, sample)],
}
KINDS = (*FORM_CALLS, 'gradients', 'errors', 'sparse')
