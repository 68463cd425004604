"""Samples of modules beside those of PyTorch's module database: classes that it lacks, and options that it leaves out."""
import dataclasses
from functools import partial

import torch
from torch.testing import make_tensor
from torch.testing._internal.common_modules import FunctionInput as Given
from torch.testing._internal.common_modules import ModuleInput


@dataclasses.dataclass
class Construction:
    """How a module that is an argument of another one's constructor is made."""

    name: str
    args: tuple
    kwargs: dict


def module(name, *args, **kwargs):
    return Construction(name, args, kwargs)


def rows(*samples):
    """
    Samples as (constructor's arguments, *inputs): a shape stands for a tensor of it that requires gradients. Without
    inputs the module is only made.
    """
    def make(dtype):
        tensor = partial(make_tensor, device='cpu', dtype=dtype, requires_grad=True)
        return [ModuleInput(given, called(tensor, dtype, inputs) if inputs else None) for given, *inputs in samples]
    return make


def called(tensor, dtype, inputs):
    return Given(*(tensor(one) if isinstance(one, tuple) else one(dtype) for one in inputs))


def probabilities(*shape):
    return lambda dtype: make_tensor(shape, device='cpu', dtype=dtype, low=0.05, high=0.95, requires_grad=True)


def targets(*shape):
    return lambda dtype: make_tensor(shape, device='cpu', dtype=dtype, low=0, high=1)


def indices(high, *shape):
    return lambda dtype: torch.randint(high, shape)


IMAGES = (2, 3, 8, 8)

ROWS = {
    'Identity': rows((Given(3, a=4), (2, 4))),
    'Sequential': rows(
        (Given(module('Conv2d', 3, 6, 3), module('ReLU'), module('Flatten'), module('Linear', 216, 2)), IMAGES),
    ),
    'ModuleList': rows((Given([module('Linear', 4, 3), module('ReLU'), module('ReLU'), module('Linear', 3, 4)]),)),
    'Hardsigmoid': rows((Given(), (2, 4)), (Given(inplace=True), (2, 4))),
    'Dropout': rows((Given(), (2, 4)), (Given(0.25), IMAGES), (Given(p=0.5, inplace=True), IMAGES)),
    'Dropout1d': rows((Given(0.25), (2, 4, 9)), (Given(), (4, 9))),
    'Dropout2d': rows((Given(0.25), IMAGES)),
    'Dropout3d': rows((Given(0.25), (1, 2, 4, 4, 4)), (Given(0.25, inplace=True), (2, 4, 4, 4))),
    'AlphaDropout': rows((Given(0.25), (2, 4))),
    'FeatureAlphaDropout': rows((Given(0.25), IMAGES)),
    'Flatten': rows((Given(), IMAGES), (Given(0, 2), IMAGES)),
    'Unflatten': rows((Given(1, (2, 2)), (2, 4))),
    'Conv2d': rows(
        (Given(3, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=2, bias=False), IMAGES),
        (Given(3, 6, 4, padding='same', dilation=2), IMAGES),
        (Given(3, 6, 4, padding='same', padding_mode='reflect'), IMAGES),
        (Given(3, 6, 3, padding=(1, 2), padding_mode='circular'), IMAGES),
    ),
    'MaxPool2d': rows((Given((3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=True), IMAGES)),
    'AvgPool2d': rows((Given(3, stride=2, padding=1), IMAGES)),
    'Hardtanh': rows((Given(-0.5, 0.7), (2, 4))),
    'ReLU': rows((Given(inplace=True), (2, 4))),
    'CrossEntropyLoss': rows((Given(reduction='sum', label_smoothing=0.1, ignore_index=1), (4, 3), indices(3, 4))),
}
