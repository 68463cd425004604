"""The oracle: runs Python snippets on values that tests send, and compares tsorch's results with PyTorch's."""
import ast
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from codec import RaisedError, encode, read_frame, write_frame
from compare import Mismatch, compare, compare_error

BASE = {'torch': torch, 'nn': torch.nn, 'F': F, 'optim': torch.optim, 'math': math, 'np': np}


def run(code, inputs, names):
    """The value of a snippet's last expression; `names` keeps what it assigns."""
    tree = ast.parse(code.strip())
    names.update(inputs)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, '<oracle>', 'exec'), names)
    if last is None:
        return names.get('result')
    return eval(compile(ast.Expression(last.value), '<oracle>', 'eval'), names)


def evaluate(request, inputs):
    """What the snippet gives: {value} or {error}."""
    if request.get('seed') is not None:
        torch.manual_seed(request['seed'])
    try:
        return {'value': run(request['code'], inputs, dict(BASE))}
    except Exception as error:
        return {'error': error}


def judge(request, inputs):
    """None where tsorch's outcome is PyTorch's, else what differs."""
    outcome = evaluate(request, inputs)
    got = request['got']
    try:
        if 'error' in outcome:
            if not isinstance(got, RaisedError):
                return f'PyTorch raises {type(outcome["error"]).__name__}: {outcome["error"]}\ntsorch returned'
            compare_error(got, outcome['error'])
        elif isinstance(got, RaisedError):
            return f'tsorch raises {got.cls}: {got.message}\nPyTorch returned'
        else:
            compare(got, outcome['value'], **request['options'])
    except Mismatch as mismatch:
        return str(mismatch)
    return None


def main():
    # What the snippets print must not get between the frames.
    replies = os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    while True:
        try:
            inputs, request = read_frame(requests), read_frame(requests)
        except EOFError:
            return
        try:
            parity = request['task'] == 'parity'
            reply = encode({'mismatch': judge(request, inputs)} if parity else evaluate(request, inputs))
        except Exception as error:
            reply = encode({'failure': f'{type(error).__name__}: {error}'})
        write_frame(replies, reply, encode_value=False)


main()
