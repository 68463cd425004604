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


def offsets(*starts):
    return lambda dtype: torch.tensor(starts)


IMAGES = (2, 3, 8, 8)

ROWS = {
    'CrossMapLRN2d': rows((Given(3), (2, 6, 3, 3)), (Given(4, alpha=0.1, beta=0.5, k=2), (1, 5, 2, 3))),
    'Identity': rows((Given(3, a=4), (2, 4))),
    'Sequential': rows(
        (Given(module('Conv2d', 3, 6, 3), module('ReLU'), module('Flatten'), module('Linear', 216, 2)), IMAGES),
    ),
    'ModuleList': rows((Given([module('Linear', 4, 3), module('ReLU'), module('ReLU'), module('Linear', 3, 4)]),)),
    'ModuleDict': rows((Given({'a': module('Linear', 4, 3), 'b': module('ReLU')}),)),
    'ParameterList': rows((Given([torch.ones(2), torch.zeros(2, 3)]),)),
    'ParameterDict': rows((Given({'b': torch.ones(2), 'a': torch.zeros(2, 3)}),)),
    'TransformerDecoder': rows(
        (Given(module('TransformerDecoderLayer', 4, 2, 8, 0.0), 2), (3, 2, 4), (5, 2, 4)),
        (Given(module('TransformerDecoderLayer', 4, 2, 8, norm_first=True), 2), (3, 2, 4), (5, 2, 4)),
    ),
    'RNNBase': rows((Given('LSTM', 3, 4, 2, proj_size=2),)),
    'RNNCellBase': rows((Given(3, 4, True, 2),)),
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
    'AdaptiveLogSoftmaxWithLoss': rows(
        (Given(8, 20, [5, 10, 15], div_value=2.0), (6, 8), indices(20, 6)),
        (Given(8, 20, [5, 15], head_bias=True), (8,), indices(20)),
    ),
    'EmbeddingBag': rows(
        (Given(10, 3), indices(10, 4, 2)),
        (Given(10, 3, mode='sum', padding_idx=1), indices(10, 4, 2)),
        (Given(10, 3, mode='max', max_norm=1.0), indices(10, 6), offsets(0, 2, 2)),
        (Given(10, 3, include_last_offset=True, norm_type=1.0, max_norm=2.0), indices(10, 6), offsets(0, 2, 6)),
    ),
    'Embedding': rows(
        (Given(10, 3, padding_idx=-2), indices(10, 4, 2)),
        (Given(10, 3, max_norm=1.0, norm_type=1.5, scale_grad_by_freq=True), indices(10, 4, 2)),
        (Given(10, 3, sparse=True), indices(10, 5)),
    ),
    'RReLU': rows((Given(), (4, 5)), (Given(0.1, 0.4), (4, 5)), (Given(inplace=True), (4, 5))),
    'ChannelShuffle': rows((Given(2), (2, 6, 4, 4))),
    'PixelShuffle': rows((Given(2), (2, 8, 3, 3))),
    'PixelUnshuffle': rows((Given(2), (2, 3, 4, 6))),
    'Fold': rows((Given((4, 5), (2, 3)), (2, 12, 9)), (Given(4, 2, padding=1, stride=2), (2, 12, 9))),
    'Unfold': rows((Given((2, 3)), (2, 3, 5, 6)), (Given(2, dilation=2, padding=1, stride=2), (3, 5, 6))),
    'MaxUnpool1d': rows((Given(2, stride=2), (1, 2, 3), indices(6, 1, 2, 3))),
    'MaxUnpool2d': rows((Given(2), (1, 2, 2, 3), indices(24, 1, 2, 2, 3))),
    'MaxUnpool3d': rows((Given((2, 2, 3), padding=0), (1, 2, 2, 3, 2), indices(144, 1, 2, 2, 3, 2))),
    'Upsample': rows(
        (Given(scale_factor=2), (1, 2, 3, 4)),
        (Given(scale_factor=(2.0, 1.5), mode='bilinear'), (1, 2, 3, 4)),
        (Given(size=(5, 7), mode='bicubic', align_corners=True), (1, 2, 3, 4)),
        (Given((4, 5, 6), mode='trilinear', align_corners=False), (1, 2, 3, 4, 5)),
        (Given(7, mode='linear'), (1, 2, 3)),
        (Given(scale_factor=1.7, mode='nearest-exact', recompute_scale_factor=True), (1, 2, 3, 4)),
        (Given(scale_factor=0.5, mode='area'), (1, 2, 4, 4)),
    ),
    'UpsamplingNearest2d': rows((Given(scale_factor=2), (1, 2, 3, 4)), (Given(5), (1, 2, 3, 4))),
    'UpsamplingBilinear2d': rows((Given(scale_factor=2), (1, 2, 3, 4)), (Given((5, 6)), (1, 2, 3, 4))),
    'PairwiseDistance': rows((Given(), (4, 5), (4, 5)), (Given(p=1, keepdim=True), (4, 5), (4, 5))),
    'CosineSimilarity': rows((Given(), (4, 5), (4, 5)), (Given(dim=0, eps=1e-3), (4, 5), (4, 5))),
    'TripletMarginLoss': rows(
        (Given(), (4, 5), (4, 5), (4, 5)),
        (Given(2.0, p=1.0, swap=True, reduction='sum'), (4, 5), (4, 5), (4, 5)),
    ),
    'TripletMarginWithDistanceLoss': rows(
        (Given(), (4, 5), (4, 5), (4, 5)),
        (Given(margin=2.0, swap=True, reduction='none'), (4, 5), (4, 5), (4, 5)),
        (Given(distance_function=module('CosineSimilarity')), (4, 5), (4, 5), (4, 5)),
        (Given(distance_function=torch.nn.functional.pairwise_distance), (4, 5), (4, 5), (4, 5)),
    ),
    'SyncBatchNorm': rows((Given(3), IMAGES), (Given(3, momentum=None, affine=False), IMAGES)),
    'BatchNorm2d': rows((Given(3, momentum=None, bias=False), IMAGES)),
    'NLLLoss2d': rows((Given(), (2, 3, 4, 4), indices(3, 2, 4, 4))),
    'Conv1d': rows((Given(4, 6, 4, padding='same'), (2, 4, 9))),
    'ConvTranspose2d': rows(
        (Given(3, 4, (3, 2), stride=2, padding=1, output_padding=1, groups=1, dilation=2), IMAGES),
        (Given(4, 6, 3, groups=2, bias=False), (2, 4, 5, 5)),
        (Given(3, 4, 3, stride=2), IMAGES, lambda dtype: [18, 17]),
    ),
    'AdaptiveAvgPool2d': rows((Given((3, None)), IMAGES)),
    'FractionalMaxPool2d': rows((Given(2, output_ratio=(0.5, 0.6)), IMAGES)),
    'LPPool2d': rows((Given(float('inf'), 2, stride=1), IMAGES)),
    'KLDivLoss': rows((Given(reduction='batchmean', log_target=True), (4, 3), (4, 3))),
    'ZeroPad2d': rows((Given((1, -1, 0, 2)), IMAGES)),
    'L1Loss': rows((Given(size_average=False), (4, 3), (4, 3)), (Given(None, False), (4, 3), (4, 3))),
    'LazyLinear': rows((Given(5), (2, 4)), (Given(5, bias=False), (4,))),
    **{
        f'Lazy{kind}Norm{dims}d': rows(
            (Given(), (2, 3, 4, 5, 6)[:2 + dims]),
            (Given(1e-3, None, affine=False, track_running_stats=False), (2, 3, 4, 5, 6)[:2 + dims]),
            (Given(momentum=0.2, bias=False), (2, 3, 4, 5, 6)[:2 + dims]),
        )
        for kind in ('Batch', 'Instance') for dims in (1, 2, 3)
    },
}
