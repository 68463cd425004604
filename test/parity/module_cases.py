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

    @property
    def variant(self):
        return self.dtype, self.training

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


@functools.lru_cache(maxsize=1)
def error_cases(name):
    """Constructions or calls that PyTorch's database says throw."""
    info = DATABASE.get(name)
    if info is None or info.module_error_inputs_func is None:
        return []
    torch.manual_seed(0)
    dtype = torch.float32
    found = info.module_error_inputs_func(info, device='cpu', dtype=dtype, requires_grad=False, training=True)
    return [
        Case(info.module_cls, whole(given.constructor_input), given.forward_input, dtype, True)
        for given in (error.module_error_input for error in found)
        if not chunked(given)
    ]


def whole(given):
    return FunctionInput(*without_whole_floats(given.args), **without_whole_floats(given.kwargs))


def without_whole_floats(value):
    """A value whose text is the same in JavaScript, where a whole float is an int."""
    return int(value) if type(value) is float and value.is_integer() else mapped(value, without_whole_floats)


def described_calls(name):
    """What tsorch is to do: constructions and calls, as plain values."""
    return {'cases': list(map(plain, cases(name))), 'errors': list(map(plain, error_cases(name)))}


def plain(case):
    given = case.forward and (case.forward.args, case.forward.kwargs)
    return {
        'construct': [sendable(case.construct.args), sendable(case.construct.kwargs)],
        'forward': given and [sendable(part) for part in given],
        'requiresGrad': [leaf.requires_grad for leaf in tensors(given)],
        'dtype': case.dtype,
        'training': case.training,
        'seed': SEED,
    }


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
    return [described(case.make()) for case in cases(name) if case.variant == VARIANTS[0][:2]]


def described(module):
    state = module.state_dict()
    uninitialised = any(isinstance(value, nn.parameter.UninitializedTensorMixin) for value in state.values())
    return {'repr': repr(module), 'state': None if uninitialised else dict(state), 'metadata': dict(state._metadata)}


def outcomes(name):
    """What PyTorch computes for each case."""
    return [outcome(case) for case in cases(name)]


def error(name, number):
    """Raises what PyTorch does in a case that throws."""
    return outcome(error_cases(name)[number])


def single_threaded(function):
    """With one thread: the tensors are small, and the other side runs at the same time."""
    @functools.wraps(function)
    def running(*args):
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return function(*args)
        finally:
            torch.set_num_threads(threads)

    return running


@single_threaded
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
    return {
        'output': detached(output),
        'gradients': [leaf.grad for leaf in leaves],
        'parameters': {key: parameter.grad for key, parameter in module.named_parameters()},
        'state': dict(module.state_dict()),
        'loaded': loaded(case, module.state_dict()) if case.variant == VARIANTS[0][:2] else None,
    }


def loaded(case, state):
    """What loading a state into another module of the kind gives, and the state it then has."""
    fresh = case.make(SEED + 1)
    return [str(fresh.load_state_dict(state)), dict(fresh.state_dict())]


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
