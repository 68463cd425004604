"""Python's side of the training cases."""

import torch
from torch import nn


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


def training():
    """The work of every case, made in this order on every side, for they draw their weights from one seed."""
    return {
        "mlp-forward": mlp_forward(),
        "mlp-step": training_step(mlp(), (8, 10), 2),
        "cnn-step": training_step(cnn(), (64, 1, 28, 28), 10),
    }
