# SPDX-License-Identifier: Apache-2.0
"""Batch norm followed by the step: one module, with a fast CPU kernel for training in bfloat16.

Sums of at most 128 ternary products are whole numbers that bfloat16 holds exactly, so only
gradients are rounded. The kernel (norm_step.cc) is compiled at first use, where g++ is; without
it, on other devices and in float32 the same is computed by PyTorch's operators.
"""

import ctypes
import functools
import hashlib
import os
import subprocess
import tempfile

import torch
from torch import nn

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "norm_step.cc")


@functools.lru_cache(maxsize=None)
def load_kernel():
    """The compiled kernel as a ctypes library, or None where it cannot be built."""
    with open(SOURCE, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    path = os.path.join(tempfile.gettempdir(), f"norm_step-{os.getuid()}-{digest}.so")
    if not os.path.exists(path):
        partial = f"{path}.{os.getpid()}"
        options = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-std=c++17"]
        try:
            subprocess.run(["g++", *options, SOURCE, "-o", partial], check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        os.replace(partial, path)
    return ctypes.CDLL(path)


def pointer(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


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


class NormStepKernel(torch.autograd.Function):
    """StepTriangle(batch norm(x)) of x bfloat16 [N, C, H, W] in channels_last, by norm_step.cc."""

    @staticmethod
    def forward(context, x, norm, gamma, beta):
        x = x.contiguous(memory_format=torch.channels_last)
        channels = x.shape[1]
        rows = x.numel() // channels
        mean, variance, inverse = torch.empty(3, channels)
        y = torch.empty_like(x)
        load_kernel().NormStepForward(
            pointer(x), ctypes.c_int64(rows), ctypes.c_int64(channels), pointer(gamma),
            pointer(beta), ctypes.c_float(norm.eps), pointer(mean), pointer(variance),
            pointer(inverse), pointer(y),
        )  # fmt: skip
        norm.running_mean.lerp_(mean, norm.momentum)
        norm.running_var.lerp_(variance * (rows / (rows - 1)), norm.momentum)
        norm.num_batches_tracked += 1
        context.save_for_backward(x, gamma, beta, mean, inverse)
        return y

    @staticmethod
    def backward(context, gradient):
        x, gamma, beta, mean, inverse = context.saved_tensors
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        channels = x.shape[1]
        dgamma, dbeta = torch.empty(2, channels)
        dx = torch.empty_like(x)
        load_kernel().NormStepBackward(
            pointer(x), pointer(gradient), ctypes.c_int64(x.numel() // channels),
            ctypes.c_int64(channels), pointer(gamma), pointer(beta), pointer(mean),
            pointer(inverse), pointer(dgamma), pointer(dbeta), pointer(dx),
        )  # fmt: skip
        return dx, None, dgamma, dbeta


class NormStep(nn.Module):
    """forward: sums [N, C, H, W] -> 0 and 1 of the same type and shape."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        fast = self.training and x.dtype == torch.bfloat16 and x.device.type == "cpu"
        if fast and load_kernel() is not None:
            return NormStepKernel.apply(x, self.norm, self.norm.weight, self.norm.bias)
        return StepTriangle.apply(self.norm(x.float())).to(x.dtype)


def compare_kernel_with_reference():
    """The largest differences between the kernel and PyTorch's operators on random whole sums."""
    torch.manual_seed(1)
    x = torch.randint(-40, 41, (8, 48, 6, 6)).to(torch.bfloat16)
    x = x.contiguous(memory_format=torch.channels_last)
    gradient = torch.randn(x.shape).to(torch.bfloat16)
    results = []
    for dtype in (torch.bfloat16, torch.float32):
        layer = NormStep(48)
        with torch.no_grad():
            layer.norm.weight.copy_(torch.linspace(-1.0, 2.0, 48))
            layer.norm.bias.copy_(torch.linspace(-0.5, 0.5, 48))
        inputs = x.clone().to(dtype).requires_grad_(True)
        outputs = layer(inputs)
        outputs.backward(gradient.to(dtype))
        norm = layer.norm
        results.append(
            {
                "output": outputs.detach(), "input gradient": inputs.grad,
                "gamma gradient": norm.weight.grad, "beta gradient": norm.bias.grad,
                "running mean": norm.running_mean, "running variance": norm.running_var,
            }  # fmt: skip
        )
    for name, kernel in results[0].items():
        reference = results[1][name].float()
        error = (kernel.float() - reference).abs().max() / reference.abs().max()
        print(f"{name}: {error.item():.1e} of the largest")
        assert error < 1e-2, name


if __name__ == "__main__":
    assert load_kernel() is not None, "g++ did not compile norm_step.cc"
    compare_kernel_with_reference()
