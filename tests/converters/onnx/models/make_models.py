# SPDX-License-Identifier: Apache-2.0
"""Writes the networks of this folder, with what PyTorch computes from them.

Run once, by hand, where torch 1.13 and onnx are installed (`python3 make_models.py`); the files are
committed and the tests read those. NAME.onnx is the network, as torch.onnx.export writes it with its
defaults or (written_models.py) as other tools do. NAME.f32 holds, for each image, the input
[channels, height, width] and the outputs before any Softmax: little-endian floats.
"""

import pathlib

import torch
import torch.nn.functional as functional
from torch import nn

import written_models

FOLDER = pathlib.Path(__file__).parent
IMAGES = 6


class SignSte(torch.autograd.Function):
    """The usual straight-through sign."""

    @staticmethod
    def forward(ctx, x):
        return torch.sign(x)

    @staticmethod
    def symbolic(g, x):
        return g.op("Sign", x)


class ReluNet(nn.Module):
    """The functional ReLU, and average pools, one of them with padding (exported as Pad)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1)
        self.pool = nn.AvgPool2d(3, stride=2, padding=1)
        self.dense = nn.Linear(8 * 3 * 3, 10)

    def forward(self, x):
        x = functional.avg_pool2d(functional.relu(self.conv1(x)), 2)
        x = self.pool(functional.relu(self.conv2(x)))
        return self.dense(x.view(x.size(0), -1))


class MaxPoolNet(nn.Module):
    """BatchNorm before the activation and after it, max pools, ReLU6, Dropout, log_softmax."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3)
        self.norm2 = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.drop = nn.Dropout()
        self.dense = nn.Linear(8 * 2 * 2, 10)

    def scores(self, x):
        x = functional.max_pool2d(functional.relu6(self.norm1(self.conv1(x))), 2)
        x = self.norm2(functional.relu(self.conv2(x)))
        return self.dense(self.drop(torch.flatten(self.pool(x), 1)))

    def forward(self, x):
        return functional.log_softmax(self.scores(x), dim=1)


class SignMlp(nn.Module):
    """Weights and activations of -1 and +1; the weights are stored as such."""

    def __init__(self, inputs, hidden):
        super().__init__()
        sizes = [inputs, hidden, hidden, 10]
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) for b in sizes[1:])
        for layer in self.layers:
            layer.weight.data = torch.randint(0, 2, layer.weight.shape) * 2.0 - 1

    def forward(self, x):
        x = SignSte.apply(torch.flatten(x, 1))
        for layer, norm in zip(self.layers[:-1], self.norms):
            x = SignSte.apply(norm(layer(x)))
        return self.norms[-1](self.layers[-1](x))


class ResidualNet(nn.Module):
    """Two residual blocks, one with a strided 1x1 convolution on the way past; global pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.block1 = self.block(8, 8, 1)
        self.block2 = self.block(8, 12, 2)
        self.past = nn.Conv2d(8, 12, 1, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dense = nn.Linear(12, 10)

    @staticmethod
    def block(inputs, outputs, stride):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x):
        x = functional.relu(self.stem(x))
        x = functional.relu(x + self.block1(x))
        x = functional.relu(self.block2(x) + self.past(x))
        return self.dense(torch.flatten(self.pool(x), 1))


class DepthwiseNet(nn.Module):
    """Depthwise and pointwise convolutions, as in MobileNet."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.depthwise = nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False)
        self.norm1 = nn.BatchNorm2d(6)
        self.pointwise = nn.Conv2d(6, 16, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(16)
        self.dense = nn.Linear(16, 10)

    def forward(self, x):
        x = functional.relu(self.stem(x))
        x = functional.relu6(self.norm1(self.depthwise(x)))
        x = functional.relu6(self.norm2(self.pointwise(x)))
        return self.dense(x.mean((2, 3)))


class GroupedSignNet(nn.Module):
    """Grouped convolutions with weights of -1 and +1 and sign activations."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 16, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 4, stride=2, padding=1, groups=4, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 10, 4, groups=2, bias=False)
        for conv in (self.conv1, self.conv2, self.conv3):
            conv.weight.data = torch.randint(0, 2, conv.weight.shape) * 2.0 - 1

    def forward(self, x):
        x = SignSte.apply(self.norm1(self.conv1(SignSte.apply(x))))
        x = SignSte.apply(self.norm2(self.conv2(x)))
        return torch.flatten(self.conv3(x), 1)


class DilatedNet(nn.Module):
    """Dilated convolutions and global max pooling; the class itself is the network's output."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=2, dilation=2)
        self.conv2 = nn.Conv2d(6, 10, 3, padding=(1, 3), dilation=(1, 3), stride=(2, 1))
        self.dense = nn.Linear(10, 10)

    def scores(self, x):
        x = functional.relu(self.conv2(functional.relu(self.conv1(x))))
        return self.dense(functional.adaptive_max_pool2d(x, 1).squeeze(-1).squeeze(-1))

    def forward(self, x):
        return functional.softmax(self.scores(x), dim=1).argmax(1)


class ConcatNet(nn.Module):
    """Branches side by side, as in Inception."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(2, 4, 1)
        self.three = nn.Conv2d(2, 6, 3, padding=1)
        self.dense = nn.Linear(12 * 4 * 4, 10)

    def scores(self, x):
        past = functional.max_pool2d(x, 3, stride=1, padding=1)
        x = torch.cat([functional.relu(self.one(x)), functional.relu(self.three(x)), past], 1)
        x = functional.avg_pool2d(x, 2)
        return self.dense(x.reshape(x.shape[0], -1))

    def forward(self, x):
        return functional.softmax(self.scores(x), dim=1)


class QcfsNet(nn.Module):
    """Activations of quantization-clip-floor-shift: floor(clip(x / lambda) 8 + 1/2) / 8 lambda."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.dense1 = nn.Linear(6 * 4 * 4, 16)
        self.dense2 = nn.Linear(16, 10)
        self.thresholds = nn.Parameter(torch.tensor([1.375, 0.8125]))

    def activation(self, x, index):
        threshold = self.thresholds[index]
        x = torch.clamp(x / threshold, 0, 1)
        return torch.floor(x * 8 + 0.5) / 8 * threshold

    def forward(self, x):
        x = functional.avg_pool2d(self.activation(self.conv(x), 0), 2)
        return self.dense2(self.activation(self.dense1(torch.flatten(x, 1)), 1))


def randomize_norms(net):
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.weight.data.uniform_(-1.5, 1.5)
            module.bias.data.normal_()
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2.0)


def save_numbers(name, images, outputs):
    rows = torch.cat([images.flatten(1), outputs.flatten(1)], 1)
    (FOLDER / f"{name}.f32").write_bytes(rows.numpy().astype("<f4").tobytes())


def export(name, make, shape, **options):
    torch.manual_seed(7)
    net = make()
    randomize_norms(net)
    net.eval()
    images = torch.randn(IMAGES, *shape)
    with torch.no_grad():
        scores = getattr(net, "scores", net)
        save_numbers(name, images, scores(images))
    torch.onnx.export(net, images[:1], str(FOLDER / f"{name}.onnx"), **options)


def main():
    kept = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    export("relu_average_pool", ReluNet, (1, 12, 12))
    export("relu_average_pool_kept_opset9", ReluNet, (1, 12, 12), opset_version=9, **kept)
    export("max_pool", MaxPoolNet, (3, 12, 12))
    export("max_pool_kept_opset9", MaxPoolNet, (3, 12, 12), opset_version=9, **kept)
    export("max_pool_kept_opset17", MaxPoolNet, (3, 12, 12), opset_version=17, **kept)
    export("sign_mlp_256", lambda: SignMlp(256, 24), (1, 16, 16))
    export("residual", ResidualNet, (3, 8, 8))
    export("depthwise", DepthwiseNet, (1, 12, 12))
    export("grouped_sign", GroupedSignNet, (2, 8, 8))
    export("dilated", DilatedNet, (1, 10, 10))
    export("concat", ConcatNet, (2, 8, 8))
    export("qcfs", QcfsNet, (1, 8, 8))
    for name, network in written_models.NETWORKS.items():
        model, shape, compute = network()
        torch.manual_seed(7)
        images = torch.randn(IMAGES, *shape)
        (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())
        save_numbers(name, images, compute(images))


if __name__ == "__main__":
    main()
