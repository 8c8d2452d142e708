# SPDX-License-Identifier: Apache-2.0
"""Ordinary CNNs for CIFAR-10 in five precisions, without regard to cores.

| row | weights | activations |
| --- | --- | --- |
| float | float | ReLU |
| bwn | -1, +1 times the mean magnitude of a channel (Rastegari et al., arXiv:1603.05279) | ReLU |
| bnn | -1, +1 | -1, +1 (Courbariaux et al., arXiv:1602.02830) |
| snn | float; exported as whole numbers -127..127 times a scale per channel | 0, 1 |
| bsnn | -1, +1 | 0, 1 |

snn and bsnn see the image through a thermometer of steps, because a chip takes nothing but spikes.
Every layer is convolution, batch norm, activation; a dense layer is a convolution whose window
covers its input. The last layer has no activation: its sums are the logits.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import List, Optional

import torch
import torch.nn.functional as functional
from torch import nn

import model
from norm_step import NormStep

ROWS = ("float", "bwn", "bnn", "snn", "bsnn")
POOL = "pool"  # 2 x 2, stride 2, the maximum: of spikes, whether there is any


@dataclass(frozen=True)
class Shape:
    """Channels of the 3 x 3 convolutions with the pools between them, then dense widths."""

    convolutions: List
    dense: List[int]


SHAPES = {
    "4conv": Shape([64, 64, POOL, 128, 128, POOL], [512]),
    "6conv": Shape([128, 128, POOL, 256, 256, POOL, 512, 512, POOL], [1024, 1024]),
}
THERMOMETER = [16, 48, 80, 112, 144, 176, 208, 240]  # levels of each colour


class BinarizeStraightThrough(torch.autograd.Function):
    """-1 or +1; the gradient passes where the latent weight is in -1..1."""

    @staticmethod
    def forward(context, latent):
        context.save_for_backward(latent)
        return binarize(latent)

    @staticmethod
    def backward(context, gradient):
        (latent,) = context.saved_tensors
        return gradient * (latent.abs() <= 1.0).to(gradient.dtype)


def binarize(latent):
    return torch.where(latent >= 0, torch.ones_like(latent), -torch.ones_like(latent))


def channel_scale(weight, per_weight):
    """[out_channels, 1, 1, 1]: per_weight of the magnitudes of each output channel's weights."""
    return per_weight(weight.abs().flatten(1)).view(-1, 1, 1, 1)


class BinarizedConv2d(model.LatentConv2d):
    """A convolution without bias whose weights are those of one of ROWS."""

    def __init__(self, in_channels, out_channels, kernel, padding, row):
        super().__init__(in_channels, out_channels, kernel, padding=padding, bias=False)
        self.row = row
        self.latent = row in ("bwn", "bnn", "bsnn")

    def forward(self, x):
        weight = self.weight
        if self.latent:
            weight = BinarizeStraightThrough.apply(weight)
        if self.row == "bwn":
            weight = weight * channel_scale(self.weight, lambda m: m.mean(1))
        return functional.conv2d(x, weight.to(x.dtype), None, self.stride, self.padding)

    def exported_weight(self):
        """The weights of the ONNX file."""
        if self.row == "float":
            return self.weight.data
        if self.row == "snn":
            scale = channel_scale(self.weight.data, lambda m: m.max(1).values) / 127.0
            return torch.round(self.weight.data / scale) * scale
        weight = binarize(self.weight.data)
        if self.row == "bwn":
            weight = weight * channel_scale(self.weight.data, lambda m: m.mean(1))
        return weight


class SignStraightThrough(torch.autograd.Function):
    """-1 or +1, +1 at 0; the gradient passes where the input is in -1..1."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return binarize(x)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient * (x.abs() <= 1.0).to(gradient.dtype)


class Sign(nn.Module):
    """-1 or +1, +1 at 0, with a gradient for training; comparison nodes where exported."""

    def __init__(self, exported=False):
        super().__init__()
        self.exported = exported
        self.register_buffer("low", torch.tensor(-1.0), persistent=False)
        self.register_buffer("high", torch.tensor(1.0), persistent=False)

    def forward(self, x):
        if self.exported:
            return torch.where(x >= 0, self.high, self.low)
        return SignStraightThrough.apply(x)


class NormActivation(nn.Module):
    """Batch norm in float32, then ReLU or sign."""

    def __init__(self, channels, activation):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.activation = activation

    def forward(self, x):
        return self.activation(self.norm(x.float())).to(x.dtype)


def make_activation(row, channels):
    if row in ("snn", "bsnn"):
        return NormStep(channels)
    return NormActivation(channels, Sign() if row == "bnn" else nn.ReLU())


class BinarizedNetwork(nn.Module):
    """forward: images [N, *image_shape] in 0..1 -> logits [N, 10]. snn and bsnn: of CIFAR-10."""

    def __init__(self, shape, row, width=1.0, image_shape=(3, 32, 32)):
        super().__init__()
        self.bfloat16 = False  # while training; evaluation is in float32
        self.encode: Optional[nn.Module] = None
        channels, size, _ = image_shape
        if row in ("snn", "bsnn"):
            planes = model.Architecture(
                levels=[level for level in THERMOMETER for _ in range(3)],
                colours=[0, 1, 2] * len(THERMOMETER),
                image_shape=(3, 32, 32),
                layers=[],
            )
            self.encode = nn.Sequential(model.make_encoder(planes), model.Step())
            channels = len(planes.levels)
        stages = []

        def add(out_channels, kernel, padding):
            out_channels = round(out_channels * width)
            stages.append(BinarizedConv2d(channels, out_channels, kernel, padding, row))
            stages.append(make_activation(row, out_channels))
            return out_channels

        for entry in shape.convolutions:
            if entry == POOL:
                stages.append(nn.MaxPool2d(2))
                size //= 2
            else:
                channels = add(entry, 3, 1)
        for entry in shape.dense:
            channels = add(entry, size, 0)
            size = 1
        self.stages = nn.Sequential(*stages)
        self.logits = BinarizedConv2d(channels, model.CLASSES, 1, 0, row)
        self.logit_scale = channels**-0.5  # sums of so many inputs become logits of order 1

    def forward(self, images):
        x = images if self.encode is None else self.encode(images)
        x = x.to(torch.bfloat16) if self.bfloat16 and self.training else x
        logits = self.logits(self.stages(x)).float()
        return torch.flatten(logits, 1) * (1.0 if self.logits.row == "float" else self.logit_scale)

    def exportable(self):
        """The same answers from standard modules, all weights written out, logits not scaled."""
        parts = OrderedDict()
        if self.encode is not None:
            parts.update(levels=self.encode[0], encode=self.encode[1])
        for index, stage in enumerate([*self.stages, self.logits]):
            if isinstance(stage, BinarizedConv2d):
                parts[f"conv{index}"] = model.plain_convolution(stage, stage.exported_weight())
            elif isinstance(stage, nn.MaxPool2d):
                parts[f"pool{index}"] = stage
            else:
                parts[f"norm{index}"] = stage.norm
                parts[f"active{index}"] = exported_activation(stage)
        parts.update(flatten=nn.Flatten())
        return nn.Sequential(parts).eval()


def exported_activation(stage):
    if isinstance(stage, NormStep):
        return model.Step()
    return Sign(exported=True) if isinstance(stage.activation, Sign) else stage.activation
