"""Python's side of the benchmark: reads "case threads iterations" lines, answers each with the time of an iteration."""

import json
import sys
import time

import torch
from torch import nn


def add():
    a = torch.randn(4)
    b = torch.randn(4)
    return lambda: a.add(b)


def mlp():
    return nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(800, 10),
    )


def mlp_forward():
    model = mlp()
    x = torch.randn(8, 10)
    return lambda: model(x)


def training_step(model, size, classes):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    x = torch.randn(size)
    y = torch.randint(0, classes, (size[0],))

    def step():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


CASES = {
    "add": add,
    "mlp-forward": mlp_forward,
    "mlp-step": lambda: training_step(mlp(), (8, 10), 2),
    "cnn-step": lambda: training_step(cnn(), (64, 1, 28, 28), 10),
}


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    works = {}
    for line in sys.stdin:
        name, threads, iterations = line.split()
        torch.set_num_threads(int(threads))
        if name not in works:
            torch.manual_seed(0)
            works[name] = CASES[name]()
        work = works[name]
        start = time.perf_counter_ns()
        for _ in range(int(iterations)):
            result = work()
        nanoseconds = (time.perf_counter_ns() - start) / int(iterations)
        print(json.dumps({"nanoseconds": nanoseconds, "value": result.sum().item()}), flush=True)


main()
