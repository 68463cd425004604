"""Compares what tsorch gave with what PyTorch gives: values by `torch.testing`, errors by class and words."""
import math
import re

import torch
from codec import Named, RaisedError, Undefined, _field_names, error_class

# JavaScript's class where Python's has no class of the same name.
CLASSES = {'IndexError': 'RangeError'}
# JavaScript's names for the types that PyTorch's sentences name.
TYPES = {'str': 'string', 'int': 'number', 'float': 'number', 'NoneType': 'null', 'dict': 'Object', 'bool': 'boolean',
         'list': 'Array', 'tuple': 'Array', 'complex': 'Complex'}


class Mismatch(Exception):
    """What differs, in words."""


def compare(got, expected, *, exact=False, stride=False, values=True, dtype=True):
    """Raises Mismatch unless `got`, which tsorch gave, is what PyTorch gave."""
    _compare(got, expected, 'the result', dict(exact=exact, stride=stride, values=values, dtype=dtype))


def _compare(got, expected, where, options):
    if isinstance(expected, torch.Tensor):
        _compare_tensor(got, expected, where, options)
    elif isinstance(expected, (list, tuple)):
        _compare_sequence(got, expected, where, options)
    elif isinstance(expected, dict):
        if not isinstance(got, dict) or list(got) != list(expected):
            raise Mismatch(f'{where}: expected keys {list(expected)}, got {_show(got)}')
        for key, item in expected.items():
            _compare(got[key], item, f'{where}[{key!r}]', options)
    elif isinstance(expected, (int, float, complex)) and not isinstance(expected, bool):
        _compare_number(got, expected, where, options)
    elif isinstance(got, torch.Tensor) or type(got) is not type(expected) or got != expected:
        raise Mismatch(f'{where}: expected {_show(expected)}, got {_show(got)}')


def _compare_tensor(got, expected, where, options):
    if not isinstance(got, torch.Tensor):
        raise Mismatch(f'{where}: expected a tensor of shape {list(expected.shape)}, got {_show(got)}')
    if options['dtype'] and got.dtype != expected.dtype:
        raise Mismatch(f'{where}: expected {expected.dtype}, got {got.dtype}')
    if got.shape != expected.shape:
        raise Mismatch(f'{where}: expected shape {list(expected.shape)}, got {list(got.shape)}')
    if got.layout != expected.layout:
        raise Mismatch(f'{where}: expected {expected.layout}, got {got.layout}')
    strided = expected.layout == torch.strided
    if strided and options['stride'] and _strides(got) != _strides(expected):
        raise Mismatch(f'{where}: expected strides {expected.stride()}, got {got.stride()}')
    if strided and (got.is_conj() != expected.is_conj() or got.is_neg() != expected.is_neg()):
        raise Mismatch(f'{where}: one is a lazily conjugated or negated view, the other is not')
    if got.device != expected.device:
        raise Mismatch(f'{where}: expected a tensor on {expected.device}, got one on {got.device}')
    if not options['values'] or expected.is_meta:
        return
    got, expected = got.detach(), expected.detach()
    limits = dict(rtol=0, atol=0) if options['exact'] else {}
    try:
        torch.testing.assert_close(
            _comparable(got), _comparable(expected), equal_nan=True, check_dtype=options['dtype'], **limits)
    except AssertionError as error:
        raise Mismatch(f'{where}: {error}') from None


def _strides(tensor):
    """The strides of the dimensions in which they mean something."""
    return [stride for size, stride in zip(tensor.shape, tensor.stride()) if size > 1] if tensor.numel() else []


def _comparable(tensor):
    """float8 as float32: `assert_close` subtracts, which float8 cannot do."""
    small = tensor.dtype.is_floating_point and tensor.dtype.itemsize == 1
    return tensor.float() if small else tensor


def _compare_sequence(got, expected, where, options):
    names = _field_names(expected)
    names = names and [camel(name) for name in names]
    if not isinstance(got, (list, tuple)) or len(got) != len(expected):
        raise Mismatch(f'{where}: expected {len(expected)} items, got {_show(got)}')
    if names is not None and isinstance(got, Named) and list(got.names) != names:
        raise Mismatch(f'{where}: expected the names {names}, got {list(got.names)}')
    if names is not None and not isinstance(got, Named):
        raise Mismatch(f'{where}: expected a tuple with the names {names}')
    for position, (one, other) in enumerate(zip(got, expected)):
        _compare(one, other, f'{where}[{position}]', options)


def _compare_number(got, expected, where, options):
    if isinstance(got, bool) or not isinstance(got, (int, float, complex)):
        raise Mismatch(f'{where}: expected {_show(expected)}, got {_show(got)}')
    if isinstance(expected, int) or options['exact']:
        same = got == expected or (got != got and expected != expected)
    elif isinstance(expected, complex) or isinstance(got, complex):
        got, expected = complex(got), complex(expected)
        same = _near(got.real, expected.real) and _near(got.imag, expected.imag)
    else:
        same = _near(got, expected)
    if options['values'] and not same:
        raise Mismatch(f'{where}: expected {expected!r}, got {got!r}')


def _near(got, expected):
    return (got != got and expected != expected) or math.isclose(got, expected, rel_tol=1.3e-6, abs_tol=1e-5)


def _show(value):
    if isinstance(value, torch.Tensor):
        return f'a tensor of {value.dtype} and shape {list(value.shape)}'
    if isinstance(value, (RaisedError, Undefined)):
        return repr(value)
    text = repr(value)
    return text if len(text) < 200 else text[:200] + '...'


def compare_error(got, expected):
    """Raises Mismatch unless the error `got` has the class and the words of the exception `expected`."""
    cls = error_class(expected)
    # The text of a KeyError is the repr of its message.
    words = str(expected.args[0]) if isinstance(expected, KeyError) and expected.args else str(expected)
    if got.cls != CLASSES.get(cls, cls):
        raise Mismatch(f'expected {cls}: {_first_line(words)}\ngot {got.cls}: {_first_line(got.message)}')
    # tsorch may say more on lines of its own, such as which names are valid.
    lines = got.message.split('\n')
    if all(plain_words('\n'.join(lines[:count])) != plain_words(words) for count in range(1, len(lines) + 1)):
        raise Mismatch(f'{cls}: expected the words\n  {words}\ngot\n  {got.message}')


def _first_line(text):
    return text.strip().split('\n')[0]


def plain_words(message):
    """A message with what JavaScript cannot say alike taken out: types, case of argument names, layout of lists."""
    text = re.sub(r'\b(not|but got) (\w+)', lambda m: f'{m[1]} {TYPES.get(m[2], m[2])}', message)
    text = re.sub(r'(?:- got|invalid types:) \([^)]*\)', lambda m: _plain_types(m[0]), text)
    text = re.sub(r"unexpected keyword argument '(\w+)'", lambda m: f"unexpected keyword argument '{camel(m[1])}'", text)
    text = re.sub(r"(?<=for argument )'\w+'", lambda m: camel(m[0]), text)
    text = re.sub(r'(?<=positional argument).*', lambda m: camel(m[0]), text)
    return re.sub(r'\s+', ' ', text).strip()


def _plain_types(text):
    text = re.sub(r'(\w+)=', lambda m: camel(m[1]) + '=', text)
    return re.sub(r'\w+', lambda m: TYPES.get(m[0], m[0]), text)


def camel(name):
    """A snake_case name as tsorch spells it."""
    return re.sub(r'(?<=[A-Za-z0-9])_([A-Za-z0-9])', lambda m: m[1].upper(), name)
