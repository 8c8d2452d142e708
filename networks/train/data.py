# SPDX-License-Identifier: Apache-2.0
"""Labelled 28x28 images as tensors: IDX files, the training / validation split, augmentation.

Images stay bytes until a batch is made; a batch is float32 [N, 1, 28, 28] in 0..1, the
preprocessing that `spikemesh convert` assumes by default (--input-range 0..1).
"""

import gzip
import math
import os
import struct
from dataclasses import dataclass

import numpy
import torch
import torch.nn.functional as functional

IDX_UNSIGNED_BYTE = 0x08


@dataclass
class Images:
    """Bytes [N, 1, 28, 28] and classes [N]."""

    pixels: torch.Tensor
    labels: torch.Tensor

    def __len__(self):
        return self.labels.shape[0]

    def part(self, begin, end):
        return Images(self.pixels[begin:end], self.labels[begin:end])

    def choose(self, positions):
        return Images(self.pixels[positions], self.labels[positions])

    def to(self, device):
        return Images(self.pixels.to(device), self.labels.to(device))


def read_idx(path):
    """The array of an IDX file of unsigned bytes; ValueError where the file is not one."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        content = file.read()
    if len(content) < 4:
        raise ValueError(f"{path}: {len(content)} bytes, an IDX header has at least 4")
    zero, kind, dimensions = struct.unpack(">HBB", content[:4])
    if zero != 0 or kind != IDX_UNSIGNED_BYTE:
        raise ValueError(f"{path}: magic {content[:4].hex()}, expected 000008 and a rank")
    header_bytes = 4 + 4 * dimensions
    if len(content) < header_bytes:
        raise ValueError(f"{path}: header ends early")
    shape = struct.unpack(f">{dimensions}I", content[4:header_bytes])
    expected = header_bytes + math.prod(shape)
    if len(content) != expected:
        raise ValueError(f"{path}: {len(content)} bytes, its header {shape} asks for {expected}")
    return numpy.frombuffer(content, numpy.uint8, offset=header_bytes).reshape(shape)


def load_split(folder, split):
    """The images of `folder` (MNIST's file names, plain or .gz); split is "train" or "t10k"."""

    def find(name):
        for path in (os.path.join(folder, name), os.path.join(folder, name + ".gz")):
            if os.path.exists(path):
                return path
        raise FileNotFoundError(f"neither {name} nor {name}.gz in {folder}")

    pixels = read_idx(find(f"{split}-images-idx3-ubyte"))
    labels = read_idx(find(f"{split}-labels-idx1-ubyte"))
    if pixels.shape != (len(labels), 28, 28):
        raise ValueError(f"{folder}: images {pixels.shape}, expected ({len(labels)}, 28, 28)")
    return Images(
        torch.from_numpy(pixels.copy()).unsqueeze(1),
        torch.from_numpy(labels.astype(numpy.int64)),
    )


def concatenate(parts):
    return Images(
        torch.cat([part.pixels for part in parts]), torch.cat([part.labels for part in parts])
    )


def to_unit_range(pixels):
    return pixels.to(torch.float32) / 255.0


@dataclass
class Augmentation:
    """Half-widths of the uniform distributions that random_affine draws from."""

    shift_pixels: float = 2.0
    rotation_degrees: float = 10.0
    scale: float = 0.10
    shear: float = 0.10


def random_affine(images, amount, generator):
    """Each image under its own small affine map, bilinear, zeros outside.

    images: [N, 1, H, W], H = W. All draws come from `generator`, a CPU one: a seed fixes them.
    """
    count, _, size, _ = images.shape

    def uniform(half_width):
        return (torch.rand(count, generator=generator) * 2.0 - 1.0) * half_width

    angle = uniform(math.radians(amount.rotation_degrees))
    scale_x, scale_y = 1.0 + uniform(amount.scale), 1.0 + uniform(amount.scale)
    shear = uniform(amount.shear)
    to_grid = 2.0 / size  # affine_grid spans -1..1 over the image
    rows = torch.stack(
        [
            torch.cos(angle) * scale_x,
            (shear - torch.sin(angle)) * scale_x,
            uniform(amount.shift_pixels) * to_grid,
            torch.sin(angle) * scale_y,
            torch.cos(angle) * scale_y,
            uniform(amount.shift_pixels) * to_grid,
        ],
        dim=1,
    )
    grid = functional.affine_grid(
        rows.view(count, 2, 3).to(images.device), list(images.shape), align_corners=False
    )
    return functional.grid_sample(images, grid, align_corners=False)
