"""Turns PyTorch's operator database into calls by name that another implementation can repeat."""
import itertools

import torch
from torch.overrides import TorchFunctionMode, resolve_name
from torch.testing._internal.common_methods_invocations import op_db

# Entries whose operation composes several calls before the one that it is about: (call, arguments) of a sample.
COMPOSED = {
    'svd_lowrank': lambda s: ('torch.svd_lowrank', (s.input @ s.args[0].mT, *s.args[1:])),
    'pca_lowrank': lambda s: ('torch.pca_lowrank', (s.input @ s.args[0].mT, *s.args[1:])),
}
# Entries whose results are uninitialised memory, so that only shape and dtype can agree.
UNINITIALISED = {
    'empty', 'empty_like', 'empty_permuted', 'empty_strided', 'new_empty', 'new_empty_strided', 'resize_', 'resize_as_',
}
# Namespaces in the order in which an entry's name is looked up.
ROOTS = {'torch': torch, 'Tensor': torch.Tensor}


def entry_name(op):
    """The name of an entry: unique in the database."""
    return f'{op.name}.{op.variant_test_name}' if op.variant_test_name else op.name


def entries(only=None):
    """The entries, in the database's order."""
    return [op for op in op_db if only is None or entry_name(op) in only or op.name in only]


def dtypes(op):
    """float32 and int64, as far as the entry supports them, else one dtype that it does support."""
    wanted = [d for d in (torch.float32, torch.int64) if op.supports_dtype(d, 'cpu')]
    return wanted or sorted(op.supported_dtypes('cpu'), key=str)[:1]


class Case:
    """One call: `path` is its public name in Python, `args` and `kwargs` what it gets."""

    def __init__(self, path, function, args, kwargs):
        self.path, self.function, self.args, self.kwargs = path, function, plain_numbers(args), plain_numbers(kwargs)

    def expected(self, seed):
        """What PyTorch gives or raises for the call."""
        torch.manual_seed(seed)
        try:
            return self.function(*self.args, **self.kwargs)
        except Exception as error:
            return error


def plain_numbers(value):
    """Arguments as JavaScript can give them: a whole float is an int, as both are the same number there."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if type(value) in (list, tuple):
        return type(value)(plain_numbers(item) for item in value)
    if type(value) is dict:
        return {key: plain_numbers(item) for key, item in value.items()}
    return value


def cases(op, dtype, limit):
    """The calls that an entry's first `limit` samples of a dtype make; a sample is skipped where none can be made."""
    torch.manual_seed(0)
    for sample in itertools.islice(op.sample_inputs('cpu', dtype), limit):
        yield case(op, sample)


def case(op, sample):
    arguments = (sample.input, *sample.args)
    if op.name in COMPOSED:
        path, arguments = COMPOSED[op.name](sample)
        return Case(path, lookup(path), arguments, sample.kwargs)
    if op.name == '__getitem__' and isinstance(sample.args[0], tuple):
        # One index of several parts, which is several arguments in JavaScript.
        return Case('Tensor.__getitem__', lambda x, *index: x[index], (sample.input, *sample.args[0]), {})
    path, function = by_name(op.name)
    if function is op.op:
        return Case(path, function, arguments, sample.kwargs)
    return recorded(op, arguments, sample.kwargs)


def by_name(name):
    """The public function of an entry's name and its path, or (None, None)."""
    name = name.removeprefix('torch.')
    for root in ROOTS:
        path = f'{root}.{name}'
        try:
            function = lookup(path)
        except AttributeError:
            continue
        own = getattr(function, '__name__', name)
        # torch._segment_reduce is an alias of the public torch.segment_reduce.
        public = name.startswith('_') and not own.startswith('_') and getattr(ROOTS[root], own, None) is function
        return (f'{root}.{own}' if public else path), function
    return None, None


def lookup(path):
    root, *names = path.split('.')
    found = ROOTS[root]
    for name in names:
        found = getattr(found, name)
    return found


class Recorder(TorchFunctionMode):
    """Keeps the PyTorch calls that are made inside it, outermost ones only."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = resolve_name(function)
        if name is not None:
            self.calls.append((name, function, args, kwargs or {}))
        return function(*args, **(kwargs or {}))


def recorded(op, arguments, kwargs):
    """The call that an entry's wrapper makes: the one of the entry's name, else the first."""
    with Recorder() as recorder:
        op.op(*arguments, **kwargs)
    wanted = op.name.split('.')[-1].strip('_')
    calls = recorder.calls
    name, function, args, kwargs = next((call for call in calls if last_name(call[0]) == wanted), calls[0])
    return Case(public_path(name), function, args, kwargs)


def last_name(name):
    parts = name.removesuffix('.__get__').split('.')
    return (parts[1] if parts[0] == 'aten' else parts[-1]).strip('_')


def public_path(name):
    """torch.Tensor.expand as Tensor.expand, aten.slice.Tensor as torch.ops.aten.slice.Tensor."""
    name = name.removesuffix('.__get__').replace('torch.functional.', 'torch.')
    if name.startswith('aten.'):
        return f'torch.ops.{name}'
    return name.removeprefix('torch.') if name.startswith('torch.Tensor.') else name
