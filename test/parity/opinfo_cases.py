"""Turns PyTorch's operator database into calls by name that another implementation can repeat."""
import torch
from torch.overrides import TorchFunctionMode, resolve_name
from torch.testing._internal.common_methods_invocations import op_db

# Entries whose operation composes several calls before the one that it is about: (call, arguments) of a sample.
COMPOSED = {
    'svd_lowrank': lambda s: ('torch.svd_lowrank', (s.input @ s.args[0].mT, *s.args[1:])),
    'pca_lowrank': lambda s: ('torch.pca_lowrank', (s.input @ s.args[0].mT, *s.args[1:])),
}
# Namespaces in the order in which an entry's name is looked up.
ROOTS = {'torch': torch, 'Tensor': torch.Tensor}


def entry_name(op):
    """The name of an entry: unique in the database."""
    return f'{op.name}.{op.variant_test_name}' if op.variant_test_name else op.name


def entries(only=None):
    """The entries in the database's order; `only` has names of entries, or what comes before a dot in them."""
    return [op for op in op_db if only is None or any(is_selected(entry_name(op), name) for name in only)]


def is_selected(entry, name):
    return entry == name or entry.startswith(f'{name}.')


class Call:
    """One call: `path` is its public name in Python, `args` and `kwargs` what it gets."""

    def __init__(self, path, function, args, kwargs):
        self.path, self.function, self.args, self.kwargs = path, function, plain_numbers(args), plain_numbers(kwargs)

    def __call__(self):
        return self.function(*self.args, **self.kwargs)

    def __str__(self):
        words = [show(value) for value in self.args] + [f'{key}={show(value)}' for key, value in self.kwargs.items()]
        return f'{self.path}({", ".join(words)})'[:400]

    def with_options(self, **kwargs):
        return Call(self.path, self.function, self.args, {**self.kwargs, **kwargs})


def show(value):
    if isinstance(value, torch.Tensor):
        return f'{str(value.dtype).removeprefix("torch.")}{list(value.shape)}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(show, value)) + ']'
    return repr(value)


def plain_numbers(value):
    """Arguments as JavaScript can give them: a whole float is an int, as both are the same number there."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if type(value) in (list, tuple):
        return type(value)(plain_numbers(item) for item in value)
    if type(value) is dict:
        return {key: plain_numbers(item) for key, item in value.items()}
    return value


def function_call(op, sample):
    """The call of an entry's function with a sample."""
    arguments = (sample.input, *sample.args)
    if op.name in COMPOSED:
        path, arguments = COMPOSED[op.name](sample)
        return Call(path, lookup(path), arguments, sample.kwargs)
    if op.name == '__getitem__' and isinstance(sample.args[0], tuple):
        # One index of several parts, which is several arguments in JavaScript.
        return Call('Tensor.__getitem__', lambda x, *index: x[index], (sample.input, *sample.args[0]), {})
    path, function = by_name(op.name)
    if function is op.op:
        return Call(path, function, arguments, sample.kwargs)
    return recorded(op.op, op.name, arguments, sample.kwargs)


def method_call(op, sample):
    """The call of an entry's method, or None where it has none or its function is that method."""
    name = op.method_variant and method_name(op.method_variant, op.name)
    if name is None or op.method_variant is op.op:
        return None
    return Call(f'Tensor.{name}', op.method_variant, (sample.input, *sample.args), sample.kwargs)


def in_place_call(op, sample):
    """The call of an entry's in-place form with a sample, or None where it has none."""
    if op.inplace_variant is None:
        return None
    arguments = copied((sample.input, *sample.args))
    name = method_name(op.inplace_variant, f'{op.name}_')
    if name is not None:
        return Call(f'Tensor.{name}', op.inplace_variant, arguments, sample.kwargs)
    call = recorded(op.inplace_variant, op.name, copied(arguments), sample.kwargs)
    # Recording has changed the call's own arguments: it is repeated with others.
    return call and Call(call.path, call.function, (arguments[0], *call.args[1:]), call.kwargs)


def method_name(variant, name):
    """The name of Tensor's method that a variant is, or None."""
    for candidate in (name, getattr(variant, '__name__', name)):
        if getattr(torch.Tensor, candidate, None) is variant:
            return candidate
    return None


def copied(value):
    """The arguments with tensors of the same geometry in memory of their own."""
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_conj() or value.is_neg():
            return value.clone()
        storage = value.untyped_storage().clone()
        return torch.empty(0, dtype=value.dtype).set_(storage, value.storage_offset(), value.shape, value.stride())
    return type(value)(map(copied, value)) if type(value) in (list, tuple) else value


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


def recorded(function, name, arguments, kwargs):
    """The call that a wrapper makes: the one of the entry's name, else the first; None where it makes none."""
    with Recorder() as recorder:
        try:
            function(*arguments, **kwargs)
        except Exception:
            # The call itself may be what raises.
            pass
    wanted = name.split('.')[-1].strip('_')
    calls = recorder.calls
    if not calls:
        return None
    path, function, args, kwargs = next((call for call in calls if last_name(call[0]) == wanted), calls[0])
    return Call(public_path(path), function, args, kwargs)


def last_name(name):
    parts = name.removesuffix('.__get__').split('.')
    return (parts[1] if parts[0] == 'aten' else parts[-1]).strip('_')


def public_path(name):
    """torch.Tensor.expand as Tensor.expand, aten.slice.Tensor as torch.ops.aten.slice.Tensor."""
    name = name.removesuffix('.__get__').replace('torch.functional.', 'torch.')
    if name.startswith('aten.'):
        return f'torch.ops.{name}'
    return name.removeprefix('torch.') if name.startswith('torch.Tensor.') else name
