"""Turns PyTorch's module database, and rows of our own, into constructions and calls that tsorch can repeat."""
import dataclasses
import functools
import inspect
from unittest import mock

import torch
from torch import nn
from torch.testing._internal.common_modules import FunctionInput, module_db
from torch.testing._internal.common_utils import noncontiguous_like

from module_rows import ROWS, Construction

SEED = 7
# More samples than this of one entry and variant are thinned out evenly.
LIMIT = 10
# What every sample runs in: dtype, training mode, and whether inputs are contiguous.
VARIANTS = [
    (torch.float32, True, True),
    (torch.float32, False, False),
    (torch.float64, True, False),
    (torch.float64, False, True),
]
DATABASE = {info.name.removeprefix('nn.'): info for info in module_db}


@dataclasses.dataclass
class Case:
    """One construction of a module, and one call of it."""

    cls: type
    construct: FunctionInput
    forward: FunctionInput | None
    dtype: torch.dtype
    training: bool

    def make(self, seed=SEED):
        torch.manual_seed(seed)
        args, kwargs = made((self.construct.args, self.construct.kwargs))
        return self.cls(*args, **kwargs)


def made(value):
    """A value with the modules in it made."""
    if isinstance(value, Construction):
        return getattr(nn, value.name)(*made(value.args), **made(value.kwargs))
    return mapped(value, made)


def mapped(value, change):
    """A list, tuple or dict with `change` made to each item; else the value itself."""
    if type(value) in (list, tuple):
        return type(value)(change(item) for item in value)
    return {key: change(item) for key, item in value.items()} if type(value) is dict else value


def samples(name, dtype, training):
    """The samples of an entry: those of PyTorch's database, then our own."""
    torch.manual_seed(0)
    found = []
    if name in DATABASE:
        info = DATABASE[name]
        with recording(nn.TransformerEncoderLayer):
            found += info.module_inputs_func(info, device='cpu', dtype=dtype, requires_grad=True, training=training)
    found = [sample for sample in found if not chunked(sample)]
    found += ROWS[name](dtype) if name in ROWS else []
    step = max(1, -(-len(found) // LIMIT))
    return found[::step]


def chunked(sample):
    """Whether a sample asks for the chunked computation of a linear cross entropy, which tsorch lacks."""
    return any(isinstance(value, nn.LinearCrossEntropyOptions) for value in sample.constructor_input.kwargs.values())


def recording(cls):
    """Notes in modules of a class how they are made."""
    init = cls.__init__

    @functools.wraps(init)
    def noting(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.construction = Construction(cls.__name__, args, kwargs)

    return mock.patch.object(cls, '__init__', noting)


@functools.lru_cache(maxsize=1)
def cases(name):
    cls = getattr(nn, name)
    return [
        Case(cls, constructible(cls, sample.constructor_input), forward_input(cls, sample, contiguous), dtype, training)
        for dtype, training, contiguous in VARIANTS
        for sample in samples(name, dtype, training)
    ]


def constructible(cls, given):
    """A constructor's arguments, the modules among them as their constructions."""
    def change(value):
        return value.construction if isinstance(value, nn.Module) else mapped(value, change)

    args, kwargs = floats(cls, change(given.args), change(given.kwargs))
    return FunctionInput(*args, **kwargs)


def floats(cls, args, kwargs):
    """Arguments with ints for floats made floats: which of both a number is, JavaScript cannot tell."""
    bound = inspect.signature(cls.__init__).bind(None, *args, **kwargs)
    kinds = {name: parameter.annotation for name, parameter in bound.signature.parameters.items()}
    whole = {name for name, value in bound.arguments.items() if type(value) is int and kinds[name] in (float, 'float')}
    names = list(kinds)[1:]
    return (
        tuple(float(arg) if i < len(names) and names[i] in whole else arg for i, arg in enumerate(args)),
        {name: float(arg) if name in whole else arg for name, arg in kwargs.items()},
    )


def forward_input(cls, sample, contiguous):
    """A call's arguments, by position as far as that goes."""
    given = sample.forward_input
    if given is None:
        return None

    def change(value):
        if not isinstance(value, torch.Tensor):
            return mapped(value, change)
        strided = value.detach() if contiguous or value.dim() == 0 else noncontiguous_like(value.detach())
        return strided.requires_grad_(value.requires_grad)

    bound = inspect.signature(cls.forward).bind(None, *change(given.args), **change(given.kwargs))
    return FunctionInput(*bound.args[1:], **bound.kwargs)


def calls(name):
    """What tsorch is to do: constructions and calls, as plain values."""
    return [
        {
            'construct': [sendable(case.construct.args), sendable(case.construct.kwargs)],
            'forward': case.forward and [sendable(case.forward.args), sendable(case.forward.kwargs)],
            'requiresGrad': [leaf.requires_grad for leaf in tensors(case.forward and (case.forward.args, case.forward.kwargs))],
            'dtype': case.dtype,
            'training': case.training,
            'seed': SEED,
        }
        for case in cases(name)
    ]


def sendable(value):
    """An argument as the oracle can send it: modules and functions by name, tensors as leaves without gradients."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, Construction):
        return {'$module': value.name, 'args': sendable(value.args), 'kwargs': sendable(value.kwargs)}
    if callable(value) and hasattr(value, '__name__'):
        return {'$function': value.__name__}
    return mapped(value, sendable)


def tensors(value):
    """All tensors in a value, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for item in value for leaf in tensors(item)] if isinstance(value, (list, tuple)) else []


def initial(name):
    """Each module's text and initial state, as PyTorch makes it."""
    return [described(case.make()) for case in cases(name) if VARIANTS[0][:2] == (case.dtype, case.training)]


def described(module):
    state = module.state_dict()
    uninitialised = any(isinstance(value, nn.parameter.UninitializedTensorMixin) for value in state.values())
    return {'repr': repr(module), 'state': None if uninitialised else dict(state), 'metadata': dict(state._metadata)}


def outcomes(name):
    """What PyTorch computes for each case."""
    return [outcome(case) for case in cases(name)]


def outcome(case):
    module = case.make().to(case.dtype).train(case.training)
    if case.forward is None:
        return {'state': dict(module.state_dict())}
    torch.manual_seed(SEED)
    leaves = tensors((case.forward.args, case.forward.kwargs))
    for leaf in leaves:
        leaf.grad = None
    args, kwargs = case.forward.args, case.forward.kwargs
    if getattr(module, 'inplace', False):
        args = tuple(arg.clone() for arg in args)
    output = module(*args, **kwargs)
    results = [result for result in tensors(output) if result.requires_grad]
    if results:
        torch.autograd.backward(results, [weights(result) for result in results])
    fresh = case.make(SEED + 1).to(case.dtype)
    loaded = str(fresh.load_state_dict(module.state_dict()))
    return {
        'output': detached(output),
        'gradients': [leaf.grad for leaf in leaves],
        'parameters': {key: parameter.grad for key, parameter in module.named_parameters()},
        'state': dict(module.state_dict()),
        'loaded': [loaded, dict(fresh.state_dict())],
    }


def weights(result):
    """A gradient that differs from element to element."""
    return torch.linspace(0.5, 1.5, result.numel(), dtype=result.dtype).reshape(result.shape)


def detached(value):
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, tuple) and hasattr(value, '_fields'):
        return type(value)(*(detached(item) for item in value))
    return mapped(value, detached)


def public_classes():
    """The public classes of modules in torch.nn."""
    found = {name: cls for name, cls in vars(nn).items() if isinstance(cls, type) and not name.startswith('_')}
    return [name for name, cls in found.items() if issubclass(cls, nn.Module) and cls is not nn.Module]
