"""Python's side of the operator cases: the same calls as in tsorch.ts and libtorch.cc, on the same inputs."""

import torch


def operators():
    """The work of every case."""
    a, b = torch.randn(4), torch.randn(4)
    x, y = torch.randn(8, 8), torch.randn(8, 8)
    one = torch.randn(1)
    row = torch.randn(1, 8)
    indices = torch.tensor([0, 3, 5])
    mask = x.gt(0)

    def item():
        one.item()
        return one

    return {
        "add": lambda: a.add(b),
        "mul-scalar": lambda: x.mul(0.5),
        "matmul": lambda: x.matmul(y),
        "sum": lambda: x.sum(),
        "mean-dim": lambda: x.mean(1),
        "max-dim": lambda: x.max(1).values,
        "softmax": lambda: x.softmax(1),
        "where": lambda: torch.where(mask, x, y),
        "cat": lambda: torch.cat([x, y], 1),
        "stack": lambda: torch.stack([x, y]),
        "view": lambda: x.view(4, 16),
        "reshape": lambda: x.reshape(-1),
        "transpose": lambda: x.transpose(0, 1),
        "unsqueeze": lambda: x.unsqueeze(0),
        "expand": lambda: row.expand(4, 8),
        "select": lambda: x[3],
        "slice": lambda: x[1:5],
        "slice-2d": lambda: x[:, 1:5],
        "index": lambda: x[indices],
        "index-mask": lambda: x[mask],
        "clone": lambda: x.clone(),
        "to-dtype": lambda: x.to(torch.float64),
        "randn": lambda: torch.randn(2, 3),
        "zeros": lambda: torch.zeros([2, 3]),
        "item": item,
    }
