# SPDX-License-Identifier: Apache-2.0
"""Networks that neurosynaptic cores can hold: ternary weights, binary activations, grouped fan-in.

    image -> thermometer of bytes -> (ternary convolution -> batch norm -> x >= 0) * n -> votes

A core has 256 axons; a ternary weight takes two of them an input (one to add, one to subtract), so
no neuron may see more than 128 inputs. Wide layers are therefore grouped convolutions, and a last
layer whose window covers its whole input is a grouped dense layer. Every feature of the last layer
is one vote for one class.

Training keeps float ("latent") weights and passes gradients straight through the ternarization
(Courbariaux et al., arXiv:1602.02830); the step has a triangle as its pseudo-derivative (Esser et
al., PNAS 113:11441, 2016).
"""

from dataclasses import dataclass
from typing import List

import torch
import torch.nn.functional as functional
from torch import nn

FAN_IN_MAX = 128
CLASSES = 10
IMAGE_SIZE = 28
TERNARY_THRESHOLD = 0.5  # latent weights lie in -1..1; below it in magnitude a weight is 0


@dataclass(frozen=True)
class Layer:
    """One grouped convolution with its batch norm and step."""

    out_channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1


@dataclass(frozen=True)
class Architecture:
    """levels: bytes b; the encoder's channel k is 1 where the pixel is at least levels[k]."""

    levels: List[int]
    layers: List[Layer]


class TernarizeStraightThrough(torch.autograd.Function):
    """-1, 0 or 1 by TERNARY_THRESHOLD; the gradient passes where the latent weight is in -1..1."""

    @staticmethod
    def forward(context, latent):
        context.save_for_backward(latent)
        return ternarize(latent)

    @staticmethod
    def backward(context, gradient):
        (latent,) = context.saved_tensors
        return gradient * (latent.abs() <= 1.0).to(gradient.dtype)


def ternarize(latent):
    return (latent > TERNARY_THRESHOLD).to(latent.dtype) - (latent < -TERNARY_THRESHOLD).to(
        latent.dtype
    )


class StepTriangle(torch.autograd.Function):
    """1 where x >= 0, else 0; pseudo-derivative max(0, 1 - |x|)."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient * (1.0 - x.abs()).clamp_(min=0.0)


class TernaryConv2d(nn.Conv2d):
    """A convolution without bias whose forward pass uses ternarized weights."""

    def __init__(self, in_channels, layer):
        fan_in = in_channels // layer.groups * layer.kernel**2
        if fan_in > FAN_IN_MAX:
            raise ValueError(f"{layer}: {fan_in} inputs a neuron, a core holds {FAN_IN_MAX}")
        super().__init__(
            in_channels,
            layer.out_channels,
            layer.kernel,
            stride=layer.stride,
            padding=layer.padding,
            groups=layer.groups,
            bias=False,
        )
        nn.init.uniform_(self.weight, -1.0, 1.0)

    def forward(self, x):
        weight = TernarizeStraightThrough.apply(self.weight)
        return functional.conv2d(x, weight, None, self.stride, self.padding, 1, self.groups)

    def clip_latent_weights(self):
        with torch.no_grad():
            self.weight.clamp_(-1.0, 1.0)


class StepActivation(nn.Module):
    """The step with a pseudo-derivative for training; plain comparison nodes when exported."""

    def __init__(self, exported=False):
        super().__init__()
        self.exported = exported

    def forward(self, x):
        return (x >= 0).to(x.dtype) if self.exported else StepTriangle.apply(x)


def make_encoder(levels):
    """1x1 convolution x - level, one channel a level; levels lie between bytes: no ties."""
    encoder = nn.Conv2d(1, len(levels), 1)
    with torch.no_grad():
        encoder.weight.fill_(1.0)
        encoder.bias.copy_(torch.tensor([-(byte - 0.5) / 255.0 for byte in levels]))
    return encoder.requires_grad_(False)


def vote_matrix(shape, groups):
    """[features, 10], one 1 a feature: channel c of each group votes for class c mod 10.

    shape: (channels, height, width) of the last layer, whose flattened features vote. Every class
    gets the same number of votes from every group, so no class has an advantage.
    """
    channels, height, width = shape
    if channels % (groups * CLASSES) != 0:
        raise ValueError(f"{channels} channels in {groups} groups: not {CLASSES} equal parts each")
    feature_class = torch.arange(channels).repeat_interleave(height * width) % CLASSES
    return functional.one_hot(feature_class, CLASSES).to(torch.float32)


class Vote(nn.Module):
    """Counts the votes: a product with a fixed matrix, which stays one MatMul in ONNX."""

    def __init__(self, matrix):
        super().__init__()
        self.matrix = nn.Parameter(matrix, requires_grad=False)

    def forward(self, features):
        return features @ self.matrix


class CoreNetwork(nn.Module):
    """forward: images [N, 1, 28, 28] in 0..1 -> votes [N, 10], whole numbers."""

    def __init__(self, architecture):
        super().__init__()
        encoder = make_encoder(architecture.levels)
        self.encode = nn.Sequential(encoder, StepActivation(exported=True))
        channels, size = len(architecture.levels), IMAGE_SIZE
        stages = []
        for layer in architecture.layers:
            stages += [
                TernaryConv2d(channels, layer),
                nn.BatchNorm2d(layer.out_channels),
                StepActivation(),
            ]
            channels = layer.out_channels
            size = (size + 2 * layer.padding - layer.kernel) // layer.stride + 1
        self.stages = nn.Sequential(*stages)
        votes = vote_matrix((channels, size, size), architecture.layers[-1].groups)
        self.vote = Vote(votes)

    def forward(self, images):
        return self.vote(torch.flatten(self.stages(self.encode(images)), 1))

    def clip_latent_weights(self):
        for stage in self.stages:
            if isinstance(stage, TernaryConv2d):
                stage.clip_latent_weights()

    def voters_per_class(self):
        return self.vote.matrix.shape[0] // CLASSES


ARCHITECTURES = {
    # 24 experts, each with its own 5 of the first layer's filters, joined in pairs by the voters.
    "mnist-small": Architecture(
        levels=[64, 160],
        layers=[
            Layer(120, kernel=8, stride=5),  # 5 x 5 windows that overlap by 3 pixels
            Layer(24 * 64, kernel=5, groups=24),
            Layer(12 * 80, kernel=1, groups=12),
        ],
    ),
    "mnist-medium": Architecture(
        levels=[64, 160],
        layers=[
            Layer(128, kernel=8, stride=3, padding=1),  # 8 x 8 windows that overlap by 5 pixels
            Layer(4 * 128, kernel=2, stride=2, groups=4),
            Layer(64 * 32, kernel=4, groups=64),
            Layer(16 * 60, kernel=1, groups=16),
        ],
    ),
}
