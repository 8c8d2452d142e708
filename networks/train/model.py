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

import dataclasses
from collections import OrderedDict
from dataclasses import dataclass
from typing import List, Optional, Tuple

import torch
import torch.nn.functional as functional
from torch import nn

from norm_step import NormStep

FAN_IN_MAX = 128
CLASSES = 10
TERNARY_THRESHOLD = 0.5  # latent weights lie in -1..1; below it in magnitude a weight is 0


@dataclass(frozen=True)
class Layer:
    """One grouped convolution with its batch norm and step."""

    out_channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    dilation: int = 1

    def reach(self):
        """The side of its window in pixels."""
        return self.dilation * (self.kernel - 1) + 1


@dataclass(frozen=True)
class Architecture:
    """levels: bytes; plane k of the thermometer is 1 where image channel colours[k] is at least
    levels[k]. Without colours all planes look at channel 0."""

    levels: List[int]
    layers: List[Layer]
    colours: Optional[List[int]] = None
    image_shape: Tuple[int, int, int] = (1, 28, 28)


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


class LatentConv2d(nn.Conv2d):
    """A convolution whose parameter is a latent weight; where `latent`, it is kept in -1..1."""

    latent = True


def clip_latent_weights(network):
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, LatentConv2d) and module.latent:
                module.weight.clamp_(-1.0, 1.0)


def plain_convolution(convolution, weight):
    """A standard convolution of the same form with the given weights, for export."""
    plain = nn.Conv2d(
        convolution.in_channels,
        convolution.out_channels,
        convolution.kernel_size,
        convolution.stride,
        convolution.padding,
        convolution.dilation,
        groups=convolution.groups,
        bias=False,
    )
    plain.weight.data = weight
    return plain


class TernaryConv2d(LatentConv2d):
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
            dilation=layer.dilation,
            groups=layer.groups,
            bias=False,
        )
        nn.init.uniform_(self.weight, -1.0, 1.0)

    def forward(self, x):
        weight = TernarizeStraightThrough.apply(self.weight).to(x.dtype)
        kernel = self.kernel_size[0]
        if kernel >= 5 and self.groups == 1:
            return self.by_windows(x, weight)
        if kernel == x.shape[2] and self.padding[0] == 0:
            return self.by_groups(x, weight)
        return functional.conv2d(
            x, weight, None, self.stride, self.padding, self.dilation, self.groups
        )

    def by_windows(self, x, weight):
        """The same as one product: conv2d's gradient is slow for large windows of few channels."""
        x = functional.pad(x, (self.padding[0],) * 4)
        dilation = self.dilation[0]
        reach, stride = dilation * (self.kernel_size[0] - 1) + 1, self.stride[0]
        windows = x.unfold(2, reach, stride).unfold(3, reach, stride)
        windows = windows[..., ::dilation, ::dilation]
        count, _, height, width = windows.shape[:4]
        rows = windows.permute(0, 2, 3, 1, 4, 5).reshape(count * height * width, -1)
        sums = rows @ weight.flatten(1).t()
        return sums.view(count, height, width, -1).permute(0, 3, 1, 2)

    def by_groups(self, x, weight):
        """The same as a product a group, where the window covers the whole input."""
        rows = x.reshape(x.shape[0], self.groups, -1).transpose(0, 1)
        columns = weight.reshape(self.groups, -1, rows.shape[2]).transpose(1, 2)
        return (rows @ columns).transpose(0, 1).reshape(x.shape[0], -1, 1, 1)


class Step(nn.Module):
    """x >= 0 as plain comparison nodes, for ONNX; it has no gradient."""

    def forward(self, x):
        return (x >= 0).to(x.dtype)


def make_encoder(architecture):
    """1x1 convolution x - level, one channel a level; levels lie between bytes: no ties."""
    colours = architecture.colours or [0] * len(architecture.levels)
    encoder = nn.Conv2d(architecture.image_shape[0], len(architecture.levels), 1)
    with torch.no_grad():
        encoder.weight.zero_()
        encoder.weight[torch.arange(len(colours)), colours] = 1.0
        encoder.bias.copy_(torch.tensor([-(byte - 0.5) / 255.0 for byte in architecture.levels]))
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
    """forward: images [N, channels, height, width] in 0..1 -> votes [N, 10], whole numbers."""

    def __init__(self, architecture):
        super().__init__()
        self.architecture = architecture
        self.encode = nn.Sequential(make_encoder(architecture), Step())
        self.bfloat16 = False  # while training: exact forward, rounded gradients, faster
        channels, (_, size, _) = len(architecture.levels), architecture.image_shape
        stages = []
        for layer in architecture.layers:
            stages += [TernaryConv2d(channels, layer), NormStep(layer.out_channels)]
            channels = layer.out_channels
            size = (size + 2 * layer.padding - layer.reach()) // layer.stride + 1
        self.stages = nn.Sequential(*stages)
        votes = vote_matrix((channels, size, size), architecture.layers[-1].groups)
        self.vote = Vote(votes)

    def forward(self, images):
        planes = self.encode(images)
        features = self.stages(planes.to(torch.bfloat16) if self.bfloat16 else planes)
        # The same votes as self.vote, which is for export: a slow product for so few columns.
        count, channels, height, width = features.shape
        return features.float().view(count, -1, CLASSES, height, width).sum((1, 3, 4))

    def voters_per_class(self):
        return self.vote.matrix.shape[0] // CLASSES

    def exportable(self):
        """The same function, made of standard modules with the ternary weights written out."""
        parts = OrderedDict(levels=self.encode[0], encode=self.encode[1])
        for index, stage in enumerate(self.stages):
            layer = index // 2 + 1
            if isinstance(stage, TernaryConv2d):
                parts[f"conv{layer}"] = plain_convolution(stage, ternarize(stage.weight.data))
            else:
                parts[f"norm{layer}"] = stage.norm
                parts[f"step{layer}"] = Step()
        parts.update(flatten=nn.Flatten(), vote=self.vote)
        return nn.Sequential(parts).eval()


def side_by_side(architecture, members):
    """The architecture of `members` networks as groups of the same convolutions."""
    colours = None if architecture.colours is None else architecture.colours * members
    return dataclasses.replace(
        architecture,
        levels=architecture.levels * members,
        colours=colours,
        layers=[
            dataclasses.replace(
                layer,
                out_channels=layer.out_channels * members,
                groups=layer.groups * members,
            )
            for layer in architecture.layers
        ],
    )


def merge(networks):
    """One CoreNetwork whose votes are the sums of those of `networks`, of one architecture."""
    merged = CoreNetwork(side_by_side(networks[0].architecture, len(networks)))
    states = [network.stages.state_dict() for network in networks]
    merged.stages.load_state_dict(
        {
            # Convolutions and batch norms are lists of output channels; the rest are counters.
            name: torch.cat([state[name] for state in states]) if value.dim() > 0 else value
            for name, value in states[0].items()
        }
    )
    return merged.eval()
