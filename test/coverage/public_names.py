"""The public names of PyTorch's namespaces, by namespace: a snippet for the oracle."""
import importlib
import types

NAMESPACES = """torch torch.Tensor torch.linalg torch.fft torch.special torch.sparse torch.random torch.nested
torch.masked torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.optim torch.optim.lr_scheduler
torch.optim.swa_utils torch.amp torch.autograd torch.cuda torch.jit torch.utils.data""".split()


def find(path):
    """The module or class at a path."""
    return torch.Tensor if path == 'torch.Tensor' else importlib.import_module(path)


def is_imported(path, name, value):
    """Whether a name is there only because the module's file imports it, or to build docstrings."""
    if isinstance(value, types.ModuleType):
        return not value.__name__.startswith(path + '.') and value.__name__ != f'torch.{name}'
    origin = getattr(value, '__module__', None) or 'torch'
    if name == 'TYPE_CHECKING':
        return True
    if path == 'torch':
        return isinstance(value, type) and origin in ('typing', 'types')
    foreign = not isinstance(value, (int, float)) and origin.partition('.')[0] != 'torch'
    is_text = isinstance(value, dict) or name.endswith('_notes')
    is_torchs = isinstance(value, (type, float)) and any(value is other for other in vars(torch).values())
    # A file of Python, as opposed to a package, imports the classes of other files only to use them.
    is_file = path != 'torch.Tensor' and not hasattr(importlib.import_module(path), '__path__')
    is_others = is_file and isinstance(value, type) and origin != path
    return foreign or is_text or is_torchs or is_others


def public_names(path):
    """What `dir` gives without underscores and, unless `__all__` promises them, without imports."""
    owner = find(path)
    promised = getattr(owner, '__all__', dir(owner) if isinstance(owner, type) else [])
    return [name for name in dir(owner)
            if not name.startswith('_') and (name in promised or not is_imported(path, name, getattr(owner, name)))]


{path: public_names(path) for path in NAMESPACES}
