"""Objects of every kind that a checkpoint may hold, and whether two of them are equal, aliasing included."""
import collections
import os

import torch
from torch import nn, optim


def _model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Sequential(nn.Linear(3, 2, bias=False)))


def _trained(make):
    model = _model()
    optimizer = make(model.parameters())
    for seed in range(3):
        torch.manual_seed(seed)
        optimizer.zero_grad()
        model(torch.randn(5, 4)).square().sum().backward()
        optimizer.step()
    return model, optimizer


def _scheduler(make):
    optimizer = optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)
    scheduler = make(optimizer)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    return scheduler.state_dict()


def _tied():
    base = torch.arange(24.)
    return {'base': base, 'rows': base.view(4, 6), 'column': base.view(4, 6)[:, 2], 'last': base[20:]}


def _tied_model():
    model = nn.Module()
    model.embedding = nn.Embedding(5, 3)
    model.decoder = nn.Linear(3, 5, bias=False)
    model.decoder.weight = model.embedding.weight
    return model.state_dict()


def _cyclic():
    items = [1]
    table = {'items': items}
    items.append(table)
    return items


def _per_channel(dtype=torch.quint8):
    return torch.quantize_per_channel(
        torch.randn(3, 2), torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64), torch.tensor([1, 2, 3]), 0, dtype)


def _sparse(layout):
    dense = torch.tensor([[0., 1., 0., 2.], [3., 0., 0., 0.], [0., 0., 0., 4.], [0., 5., 6., 0.]])
    blocks = {torch.sparse_bsr: (2, 2), torch.sparse_bsc: (2, 2)}
    return dense.to_sparse(layout=layout, blocksize=blocks.get(layout))


DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex128, torch.complex64, torch.complex32,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
    torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz, torch.float8_e8m0fnu,
    torch.float4_e2m1fn_x2, torch.bits8, torch.bits16,
]


def _of_dtype(dtype):
    raw = torch.arange(1, 6 * dtype.itemsize + 1, dtype=torch.uint8)
    return (raw % 2 if dtype == torch.bool else raw).view(dtype).view(2, 3)


OBJECTS = {f'dtype {dtype}': (lambda dtype=dtype: _of_dtype(dtype)) for dtype in DTYPES}
OBJECTS.update({f'layout {layout}': (lambda layout=layout: _sparse(layout)) for layout in [
    torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc]})
OBJECTS.update({
    '0-d': lambda: torch.tensor(3.5),
    'empty': lambda: [torch.zeros(0), torch.zeros(2, 0, 3), torch.ones(4)[4:]],
    'strides': lambda: [torch.arange(6.).view(2, 3).t(), torch.ones(1).expand(4, 5), torch.randn(2, 3, 4, 5).to(
        memory_format=torch.channels_last)],
    'views': _tied,
    'one tensor twice': lambda: (lambda x: [x, x, {'again': x}])(torch.ones(3)),
    'one list twice': lambda: (lambda x: {'a': x, 'b': x})([1, 2]),
    'cycle': _cyclic,
    'lazy views': lambda: [torch.randn(3, dtype=torch.complex64).conj(), torch.randn(2, dtype=torch.complex64).conj().imag],
    'requires grad': lambda: [torch.ones(2, requires_grad=True), torch.ones(2)],
    'parameter': lambda: nn.Parameter(torch.randn(2, 3)),
    'parameters': lambda: {'a': nn.Parameter(torch.ones(2), requires_grad=False), 'b': nn.Parameter(torch.ones(1, dtype=torch.complex64))},
    'meta': lambda: torch.empty(3, 4, device='meta', dtype=torch.bfloat16),
    'quantized per tensor': lambda: torch.quantize_per_tensor(torch.randn(2, 3), 0.25, 3, torch.quint8),
    'quantized per channel': _per_channel,
    'quantized integers': lambda: [torch.quantize_per_tensor(torch.randn(4), 1.0, 0, torch.qint8), torch.quantize_per_tensor(torch.randn(4), 0.5, 0, torch.qint32)],
    'nested': lambda: torch.nested.nested_tensor([torch.randn(2, 3), torch.randn(1, 3)]),
    'scalars': lambda: [None, True, False, 0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, -2**31, 2**31, 2**53 - 1],
    'big integers': lambda: [2**53, -2**53, 2**63, 2**64, -2**63, 2**100, -2**100, -2**39 * 256, 10**300],
    'floats': lambda: [0.5, -1e300, 1e-320, float('inf'), float('-inf'), -0.0, 3.0],
    'strings': lambda: ['', 'a', 'é', '日本', '😀', 'a\nb\0', '\ud800', 'x' * 300],
    'bytes': lambda: [b'\x00\xff', bytearray(b'abc'), bytearray()],
    'complex': lambda: [1 + 2j, complex('inf'), 0j],
    'tuples': lambda: [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((1, (2,)), [3])],
    'lists': lambda: [[], [[]], list(range(2500))],
    'dict': lambda: {'a': 1, 'b': {'c': {}}, '__proto__': 2, 'constructor': 3},
    'dict of other keys': lambda: {0: 'a', 'b': 1, (1, 2): 3, None: 4, 2.5: 5},
    'ordered dict': lambda: collections.OrderedDict([('z', 1), ('10', 2), ('2', 3), ('a', 4)]),
    'long dict': lambda: {f'key {i}': i for i in range(2500)},
    'counter': lambda: collections.Counter('abracadabra'),
    'set': lambda: [{1, 2}, set(), {'a'}],
    'torch types': lambda: [torch.float32, torch.uint16, torch.device('cpu'), torch.device('cuda:1'), torch.Size([2, 3]),
                            torch.Size([]), torch.strided, torch.sparse_csr],
    'deep': lambda: __import__('functools').reduce(lambda inner, _: [inner], range(200), 1),
    'model': lambda: _model().state_dict(),
    'tied model': _tied_model,
    'sgd': lambda: _trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9))[1].state_dict(),
    'adam': lambda: _trained(lambda p: optim.Adam(p, amsgrad=True))[1].state_dict(),
    'training': lambda: (lambda t: {'epoch': 3, 'model': t[0].state_dict(), 'optimizer': t[1].state_dict(), 'loss': 0.25})(
        _trained(lambda p: optim.AdamW(p, lr=1e-2))),
    'scheduler': lambda: _scheduler(lambda o: optim.lr_scheduler.MultiStepLR(o, [1, 2, 2])),
    'random states': lambda: {'cpu': torch.random.get_rng_state(), 'seed': torch.initial_seed()},
})


def build(name):
    torch.manual_seed(1)
    return OBJECTS[name]()


def write(folder):
    """Saves every object, in both formats where PyTorch itself can load both."""
    for i, name in enumerate(OBJECTS):
        torch.save(build(name), os.path.join(folder, f'{i}.pt'))
        if name == 'nested':
            continue  # PyTorch makes it of sizes that it has not read yet.
        path = os.path.join(folder, f'{i}.old.pt')
        torch.save(build(name), path, _use_new_zipfile_serialization=False)
        try:
            torch.load(path)
        except Exception:
            os.remove(path)
    return list(OBJECTS)


def check(folder):
    """What differs after tsorch has loaded and saved every file, by file."""
    problems = {}
    for file in sorted(os.listdir(folder)):
        if not file.endswith('.saved'):
            continue
        name = list(OBJECTS)[int(file.split('.')[0])]
        for mmap in [False] if '.old' in file else [False, True]:
            try:
                loaded = torch.load(os.path.join(folder, file), mmap=mmap)
                problem = difference(loaded, build(name))
            except Exception as error:
                problem = f'{type(error).__name__}: {error}'
            if problem:
                problems[f'{name} ({file}{", mapped" if mmap else ""})'] = problem
    return problems


def difference(got, expected):
    """None for equal objects; else what differs."""
    return _Comparison().compare(got, expected, 'it')


class _Comparison:
    def __init__(self):
        self.pairs = {}
        self.reverse = {}
        self.storages = {}
        self.alive = []

    def same_identity(self, got, expected):
        """Whether both objects are met for the first time, or again where the other is met again."""
        self.alive.append((got, expected))
        known = self.pairs.setdefault(id(expected), id(got)) == id(got)
        return known and self.reverse.setdefault(id(got), id(expected)) == id(expected)

    def compare(self, got, expected, where):
        numbers = isinstance(got, (int, float)) and isinstance(expected, (int, float))
        if type(got) is not type(expected) and not (numbers and bool not in (type(got), type(expected))):
            return f'{where}: {type(got)} instead of {type(expected)}'
        if isinstance(expected, (list, dict, set, torch.Tensor)):
            again = id(expected) in self.pairs
            if not self.same_identity(got, expected):
                return f'{where}: objects are shared differently'
            if again:
                return None
        if isinstance(expected, torch.Tensor):
            return self.tensors(got, expected, where)
        if isinstance(expected, (list, tuple)) and not isinstance(expected, torch.Size):
            if len(got) != len(expected):
                return f'{where}: {len(got)} items instead of {len(expected)}'
            return next(filter(None, (self.compare(g, e, f'{where}[{i}]') for i, (g, e) in enumerate(zip(got, expected)))), None)
        if isinstance(expected, dict):
            return self.dicts(got, expected, where)
        return None if repr(got) == repr(expected) or numbers and got == expected else f'{where}: {got!r} instead of {expected!r}'

    def dicts(self, got, expected, where):
        if list(got) != list(expected):
            return f'{where}: keys {list(got)} instead of {list(expected)}'
        for key in expected:
            problem = self.compare(got[key], expected[key], f'{where}[{key!r}]')
            if problem:
                return problem
        attributes = getattr(expected, '__dict__', {})
        return self.compare(getattr(got, '__dict__', {}), attributes, f'{where}.__dict__') if attributes else None

    def tensors(self, got, expected, where):
        if expected.layout == torch.strided and not expected.is_nested and got.layout == torch.strided:
            for name in ['shape', 'dtype', 'requires_grad', 'is_quantized', 'device']:
                if getattr(got, name) != getattr(expected, name):
                    return f'{where}: {name} is {getattr(got, name)} instead of {getattr(expected, name)}'
            facts = [(t.stride(), t.storage_offset(), t.is_conj(), t.is_neg(), t.untyped_storage().nbytes()) for t in (got, expected)]
            if facts[0] != facts[1]:
                return f'{where}: {facts[0]} instead of {facts[1]}'
            if expected.is_meta:
                return None
            a, b = got.untyped_storage(), expected.untyped_storage()
            if expected.numel() and self.storages.setdefault(b.data_ptr(), a.data_ptr()) != a.data_ptr():
                return f'{where}: storages are shared differently'
            if bytes(a) != bytes(b):
                return f'{where}: the elements differ'
            if expected.is_quantized and repr(got) != repr(expected):
                return f'{where}: {got} instead of {expected}'
            return None
        return None if repr(got) == repr(expected) and got.layout == expected.layout else f'{where}: {got} instead of {expected}'
