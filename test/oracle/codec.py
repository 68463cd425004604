"""Turns Python values, tensors among them, into frames that the TypeScript side reads, and back."""
import ctypes
import json
import math
import struct

import numpy
import torch

# How many bytes the two lengths before a frame's body take.
HEADER = struct.Struct('<II')
SAFE = 2**53 - 1


class Undefined:
    """JavaScript's `undefined`, which no Python value equals."""

    def __repr__(self):
        return 'undefined'


def write_frame(stream, value, encode_value=True):
    """Writes one value, or with `encode_value` false one already encoded (json, bytes) pair."""
    body, data = encode(value) if encode_value else value
    stream.write(HEADER.pack(len(body), len(data)))
    stream.write(body)
    stream.write(data)
    stream.flush()


def read_exactly(stream, count):
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def read_frame(stream):
    """Reads one value; raises EOFError where the stream ends."""
    body, data = HEADER.unpack(read_exactly(stream, HEADER.size))
    text = read_exactly(stream, body)
    return decode((text, read_exactly(stream, data)))


def encode(value):
    """The (json, bytes) pair of a value."""
    chunks = Chunks()
    node = _encode(value, chunks)
    return json.dumps(node, allow_nan=False).encode(), bytes(chunks)


class Chunks(bytearray):
    """The bytes of a frame, where in them each storage is, and the tensors that are in it, by identity: what is one
    storage or one tensor here is one at the other side."""

    def __init__(self):
        super().__init__()
        self.storages = {}
        self.tensors = {}


def _tag(kind, **fields):
    return {'$': kind, **fields}


def _encode(value, chunks):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, torch.SymInt):
        value = int(value)
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, int):
        return value if abs(value) <= SAFE else _tag('int', v=str(value))
    if isinstance(value, float):
        plain = math.isfinite(value) and not value.is_integer()
        return value if plain else _tag('float', v=repr(value))
    if isinstance(value, complex):
        return _tag('complex', re=repr(value.real), im=repr(value.imag))
    if isinstance(value, torch.Tensor):
        if id(value) in chunks.tensors:
            return _tag('seen', id=id(value))
        chunks.tensors[id(value)] = value
        return {**_encode_tensor(value, chunks), 'id': id(value)}
    if isinstance(value, torch.dtype):
        return _tag('dtype', v=str(value).removeprefix('torch.'))
    if isinstance(value, torch.device):
        return _tag('device', v=str(value))
    if isinstance(value, torch.layout):
        return _tag('layout', v=str(value).removeprefix('torch.'))
    if isinstance(value, torch.memory_format):
        return _tag('memory_format', v=str(value).removeprefix('torch.'))
    if isinstance(value, slice):
        return _tag('slice', v=[_encode(part, chunks) for part in (value.start, value.stop, value.step)])
    if value is Ellipsis:
        return _tag('ellipsis')
    if isinstance(value, (bytes, bytearray)):
        chunks += value
        return _tag('bytes', at=len(chunks) - len(value), count=len(value))
    if hasattr(type(value), '__index__'):
        return int(value)  # An enumeration of PyTorch's.
    names = _field_names(value)
    if names is not None:
        return _tag('named', names=names, v=[_encode(item, chunks) for item in value])
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [_encode(item, chunks) for item in value]
    if isinstance(value, dict):
        return _tag('dict', v=[[_encode(k, chunks), _encode(item, chunks)] for k, item in value.items()])
    if isinstance(value, torch.nn.Module) and not value.state_dict():
        # The constants of the small modules are what their constructors take, in order.
        constants = [_encode(getattr(value, name), chunks) for name in value.__constants__]
        return _tag('module', cls=type(value).__name__, v=constants)
    if isinstance(value, BaseException):
        return _tag('error', cls=error_class(value), message=str(value))
    raise TypeError(f'the oracle cannot send a {type(value).__module__}.{type(value).__qualname__}')


def error_class(error):
    """The name of an exception's class, as tsorch names it."""
    return type(error).__name__.lstrip('_')


def _field_names(value):
    if not isinstance(value, tuple):
        return None
    if hasattr(value, '_fields'):
        return list(value._fields)
    if type(value).__module__ == 'torch.return_types':
        return [name for name in type(value).__match_args__ if not name.startswith('_')]
    return None


def _encode_tensor(tensor, chunks):
    head = {'dtype': str(tensor.dtype).removeprefix('torch.'), 'shape': list(tensor.shape)}
    if tensor.requires_grad:
        head['requires_grad'] = True
    if tensor.is_meta:
        head['device'] = 'meta'
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        return _tag('sparse', **head, **_sparse_parts(tensor, chunks))
    if tensor.is_neg():
        head['neg'] = True
        tensor = torch._neg_view(tensor)
    if tensor.is_conj():
        head['conj'] = True
        tensor = tensor.conj()
    place = _storage(tensor, chunks)
    return _tag('tensor', **head, stride=list(tensor.stride()), offset=tensor.storage_offset(), **place)


def _storage(tensor, chunks):
    """Where the bytes of the tensor's whole storage are in the frame: `as_strided` may reach beyond the tensor."""
    storage = tensor.untyped_storage()
    if tensor.is_meta or not storage.nbytes():
        return {'at': len(chunks), 'count': 0}
    place = chunks.storages.get(storage.data_ptr())
    if place is None:
        # Not through NumPy, whose arrays keep a storage from being resized ever after.
        chunks += ctypes.string_at(storage.data_ptr(), storage.nbytes())
        place = {'at': len(chunks) - storage.nbytes(), 'count': storage.nbytes()}
        chunks.storages[storage.data_ptr()] = place
    return place


_COMPRESSED = {
    torch.sparse_csr: ('crow_indices', 'col_indices'),
    torch.sparse_bsr: ('crow_indices', 'col_indices'),
    torch.sparse_csc: ('ccol_indices', 'row_indices'),
    torch.sparse_bsc: ('ccol_indices', 'row_indices'),
}


def _sparse_parts(tensor, chunks):
    layout = str(tensor.layout).removeprefix('torch.')
    if tensor.layout == torch.sparse_coo:
        parts = [tensor._indices(), tensor._values()]
        coalesced = tensor.is_coalesced()
    elif tensor.layout in _COMPRESSED:
        parts = [getattr(tensor, name)() for name in _COMPRESSED[tensor.layout]] + [tensor.values()]
        coalesced = False
    else:
        raise TypeError(f'the oracle cannot send a tensor of layout {tensor.layout}')
    return {'layout': layout, 'coalesced': coalesced, 'parts': [_encode_tensor(part, chunks) for part in parts]}


def decode(frame):
    """The value of a (json, bytes) pair."""
    text, data = frame
    return _decode(json.loads(text), data)


def _decode(node, data):
    if isinstance(node, list):
        return [_decode(item, data) for item in node]
    if not isinstance(node, dict):
        return node
    return _DECODERS[node['$']](node, data)


class Named(tuple):
    """A tuple with field names, as tsorch's named tuples arrive."""

    def __new__(cls, names, items):
        self = super().__new__(cls, items)
        self.names = names
        return self


def _decode_tensor(node, data):
    dtype = getattr(torch, node['dtype'])
    shape, stride = node['shape'], node['stride']
    raw = data[node['at']:node['at'] + node['count']]
    if raw:
        storage = torch.frombuffer(bytearray(raw), dtype=torch.uint8).untyped_storage()
        tensor = torch.empty(0, dtype=dtype).set_(storage, node['offset'], shape, stride)
    else:
        tensor = torch.empty_strided(shape, stride, dtype=dtype, device=node.get('device'))
    if node.get('conj'):
        tensor = tensor.conj()
    if node.get('neg'):
        tensor = torch._neg_view(tensor)
    return tensor.requires_grad_() if node.get('requires_grad') else tensor


def _decode_sparse(node, data):
    parts = [_decode_tensor(part, data) for part in node['parts']]
    layout = getattr(torch, node['layout'])
    if layout == torch.sparse_coo:
        tensor = torch.sparse_coo_tensor(*parts, node['shape'], is_coalesced=node['coalesced'] or None)
    else:
        tensor = torch.sparse_compressed_tensor(*parts, node['shape'], layout=layout)
    return tensor.requires_grad_() if node.get('requires_grad') else tensor


_DECODERS = {
    'int': lambda node, data: int(node['v']),
    'float': lambda node, data: float(node['v']),
    'complex': lambda node, data: complex(float(node['re']), float(node['im'])),
    'dtype': lambda node, data: getattr(torch, node['v']),
    'device': lambda node, data: torch.device(node['v']),
    'layout': lambda node, data: getattr(torch, node['v']),
    'memory_format': lambda node, data: getattr(torch, node['v']),
    'slice': lambda node, data: slice(*_decode(node['v'], data)),
    'ellipsis': lambda node, data: Ellipsis,
    'undefined': lambda node, data: Undefined(),
    'bytes': lambda node, data: data[node['at']:node['at'] + node['count']],
    'named': lambda node, data: Named(node['names'], _decode(node['v'], data)),
    'dict': lambda node, data: {_decode(k, data): _decode(item, data) for k, item in node['v']},
    'error': lambda node, data: RaisedError(node['cls'], node['message']),
    'tensor': _decode_tensor,
    'sparse': _decode_sparse,
}


class RaisedError(Exception):
    """An error that the other side raised: the name of its class and its message."""

    def __init__(self, cls, message):
        super().__init__(message)
        self.cls = cls
        self.message = message
