"""Python's side of the steps of optimizers."""

import torch
from torch import nn


def step(make, count, size):
    """Makes its tensors at the first call: those of other cases need not lie in memory."""
    made = []

    def work():
        if not made:
            params = [nn.Parameter(torch.ones(size)) for _ in range(count)]
            for param in params:
                param.grad = torch.full(size, 0.5)
            made.extend((params, make(params)))
        params, optimizer = made
        optimizer.step()
        return params[-1].detach()

    return work


def sgd(params):
    return torch.optim.SGD(params, lr=1e-4, momentum=0.9, fused=True)


def adamw(params):
    return torch.optim.AdamW(params, lr=1e-4, fused=True)


def optim():
    works = {}
    for name, make in ("sgd", sgd), ("adamw", adamw):
        for count in 4, 100, 1000:
            works[f"{name}-{count}"] = step(make, count, (4, 4))
        works[f"{name}-large"] = step(make, 1, (10_000_000,))
    return works
