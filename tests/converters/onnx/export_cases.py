# SPDX-License-Identifier: Apache-2.0
"""Writes the networks under cases/, as PyTorch exports them, with what PyTorch computes.

Run once, by hand, where torch is installed (`python3 export_cases.py`); the files are committed and
the tests read those. NAME.onnx is the network; NAME.txt has a line "input ..." and a line
"output ..." for each image, one batch entry at a time.
"""

import pathlib

import torch
import torch.nn.functional as functional
from torch import nn

CASES = pathlib.Path(__file__).parent / "cases"
IMAGES = 4


class SignSte(torch.autograd.Function):
    """The usual straight-through sign."""

    @staticmethod
    def forward(ctx, x):
        return torch.sign(x)

    @staticmethod
    def symbolic(g, x):
        return g.op("Sign", x)


class SignNet(nn.Module):
    """Binary weights left in the graph as Sign of an initializer, view, log_softmax."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.dense = nn.Linear(4 * 4 * 4, 5)

    def scores(self, x):
        x = functional.conv2d(x, SignSte.apply(self.conv.weight), stride=2, padding=1)
        x = SignSte.apply(self.norm(x))
        x = x.view(x.size(0), -1)
        return functional.linear(x, SignSte.apply(self.dense.weight), self.dense.bias)

    def forward(self, x):
        return functional.log_softmax(self.scores(x), dim=1)


class StepNet(nn.Module):
    """Convolutions with BatchNorm and x >= 0, Dropout, nn.Flatten."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, stride=2, groups=2, dilation=2, padding=(1, 2))
        self.norm2 = nn.BatchNorm2d(6)
        self.drop = nn.Dropout(0.3)
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(6 * 3 * 3, 5)

    def forward(self, x):
        x = (self.norm1(self.conv1(x)) >= 0).float()
        x = (self.norm2(self.conv2(x)) >= 0).float()
        return self.dense(self.drop(self.flatten(x)))


class OnesLikeNet(nn.Module):
    """Steps as where(x >= 0, ones_like, -ones_like) and as 2 * (x > t) - 1."""

    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(12, 8)
        self.norm = nn.BatchNorm1d(8)
        self.dense2 = nn.Linear(8, 6)

    def forward(self, x):
        x = self.norm(self.dense1(torch.flatten(x, 1)))
        x = torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))
        x = self.dense2(x)
        return (x > 0.25).float() * 2 - 1


class MatMulNet(nn.Module):
    """A multilayer perceptron of MatMul and Add, per-channel thresholds, reshape by sizes."""

    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(12, 8))
        self.b1 = nn.Parameter(torch.randn(8))
        self.threshold = nn.Parameter(torch.randn(8))
        self.w2 = nn.Parameter(torch.randn(8, 5))

    def forward(self, x):
        x = x.reshape(x.shape[0], x.shape[1] * x.shape[2] * x.shape[3])
        x = (x - 0.5) / 0.25
        x = (x @ self.w1 + self.b1 < self.threshold).float()
        return x @ self.w2


class LowRankNet(nn.Module):
    """Outputs that are steps, so that they must be equal exactly; (n, height, width) input."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(12, 7)

    def forward(self, x):
        return (self.dense(x.view(x.size(0), -1)) >= 0).float()


class CeilPoolNet(nn.Module):
    """Last windows that hang over the input, with padding that counts and that does not."""

    def __init__(self):
        super().__init__()
        self.pools = nn.Sequential(
            nn.AvgPool2d((3, 2), (2, 3), 1, ceil_mode=True),
            nn.MaxPool2d(3, (1, 2), 1, ceil_mode=True),
            nn.AvgPool2d((3, 2), 2, (1, 0), ceil_mode=True, count_include_pad=False),
        )

    def forward(self, x):
        return torch.flatten(self.pools(x), 1)


class ReductionNet(nn.Module):
    """Means, sums and maxima over each axis and several."""

    def forward(self, x):
        parts = [
            x.mean(-1).mean(-1),
            x.mean(2).mean(-1),
            x.mean(3, keepdim=True).flatten(1),
            x.mean(2).flatten(1),
            x.mean(1).flatten(1),
            x.mean((1, 2, 3), keepdim=True).flatten(1),
            x.sum((2, 3)),
            x.sum(1).flatten(1),
            torch.amax(x, (2, 3)),
            torch.amax(x, -1).flatten(1),
        ]
        return torch.cat(parts, 1)


def randomize_norms(net):
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.weight.data.uniform_(-1.5, 1.5)
            module.bias.data.normal_()
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2.0)


def write(name, net, shape, dynamic=False, **options):
    randomize_norms(net)
    net.eval()
    images = torch.randn(IMAGES, *shape)
    with torch.no_grad():
        # The importer leaves a last log_softmax out.
        scores = getattr(net, "scores", net)
        outputs = torch.cat([scores(image[None]) for image in images])
    if dynamic:
        options |= {"input_names": ["image"], "dynamic_axes": {"image": {0: "batch"}}}
    torch.onnx.export(net, images[:1], str(CASES / f"{name}.onnx"), **options)
    with open(CASES / f"{name}.txt", "w", encoding="ascii") as file:
        for image, output in zip(images, outputs):
            for key, values in (("input", image), ("output", output)):
                numbers = " ".join(f"{value:.9g}" for value in values.flatten().tolist())
                file.write(f"{key} {numbers}\n")


def main():
    torch.manual_seed(1)
    CASES.mkdir(exist_ok=True)
    kept = {
        "training": torch.onnx.TrainingMode.PRESERVE,
        "do_constant_folding": False,
    }
    write("sign", SignNet(), (1, 8, 8))
    write("sign_dynamic_opset9", SignNet(), (1, 8, 8), dynamic=True, opset_version=9)
    write("step_folded", StepNet(), (2, 7, 6))
    write("step_kept_opset9", StepNet(), (2, 7, 6), opset_version=9, **kept)
    write("step_kept_opset17", StepNet(), (2, 7, 6), dynamic=True, opset_version=17, **kept)
    write("ones_like", OnesLikeNet(), (3, 2, 2))
    write("ones_like_dynamic", OnesLikeNet(), (3, 2, 2), dynamic=True, opset_version=17)
    write("matmul", MatMulNet(), (3, 2, 2))
    write("matmul_dynamic", MatMulNet(), (3, 2, 2), dynamic=True, opset_version=11)
    write("rank3", LowRankNet(), (4, 3))
    write("pools_ceil_opset10", CeilPoolNet(), (2, 14, 12), opset_version=10)
    write("pools_ceil_opset17", CeilPoolNet(), (2, 14, 12), opset_version=17)
    write("reductions_opset11", ReductionNet(), (3, 4, 5), opset_version=11)
    write("reductions_opset13", ReductionNet(), (3, 4, 5), dynamic=True, opset_version=13)


if __name__ == "__main__":
    main()
