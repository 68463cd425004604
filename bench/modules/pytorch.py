"""Python's side of the module cases."""

import torch
import torch.nn.functional as F
from torch import nn

WIDTH = 128
HEADS = 4


class Block(nn.Module):
    """A block of a GPT: attention to what came before, then two linear maps."""

    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = nn.Linear(WIDTH, 3 * WIDTH)
        self.projection = nn.Linear(WIDTH, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        batch, length, width = x.shape
        split = self.attention(self.norm1(x)).view(batch, length, 3, HEADS, width // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        attended = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        hidden = x + self.projection(attended.transpose(1, 2).reshape(batch, length, width))
        return hidden + self.down(F.gelu(self.up(self.norm2(hidden))))


class Residual(nn.Module):
    """A block of a ResNet."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential()
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False),
                                            nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.downsample(x))


def resnet18():
    model = nn.Sequential(
        nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
    )
    sizes = [64, 64, 128, 256, 512]
    for inputs, outputs in zip(sizes, sizes[1:]):
        model.append(Residual(inputs, outputs, 2 if outputs > 64 else 1))
        model.append(Residual(outputs, outputs, 1))
    return model.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)])


def inference(model, *size):
    model.eval()
    x = torch.randn(size)

    def forward():
        with torch.no_grad():
            return model(x)

    return forward


def linear():
    x, layer = torch.randn(8, 8), nn.Linear(8, 8)
    weight, bias = layer.weight, layer.bias
    return {"linear-functional": lambda: F.linear(x, weight, bias), "linear-module": lambda: layer(x)}


def modules():
    """The work of every case, made in this order on every side, for they draw their weights from one seed."""
    return {
        **linear(),
        "transformer-forward": inference(nn.Sequential(*[Block() for _ in range(8)]), 1, 64, WIDTH),
        "resnet18-forward": inference(resnet18(), 1, 3, 224, 224),
    }
