"""Runs each snippet of a JSON list on stdin in a process of its own and prints the signals that ended them."""
import json
import os
import resource
import sys

import torch


def run(code):
    """The signal that ends a process that runs the code, 0 if none does."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            exec(code, {'torch': torch, 'x': torch.ones(2, 2)})
        except Exception as error:
            print(f'{code}: {error}', file=sys.stderr)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


torch.set_num_threads(1)
print(json.dumps([run(code) for code in json.load(sys.stdin)]))
