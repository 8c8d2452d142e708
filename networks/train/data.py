# SPDX-License-Identifier: Apache-2.0
"""Labelled images as tensors: IDX and CIFAR-10 files, the training / validation split.

Images stay bytes until a batch is made; a batch is float32 [N, channels, height, width] in 0..1,
the preprocessing that `spikemesh convert` assumes by default (--input-range 0..1).
"""

import gzip
import math
import os
import struct
from dataclasses import dataclass
from typing import Tuple

import numpy
import torch

IDX_UNSIGNED_BYTE = 0x08
CIFAR_SHAPE = (3, 32, 32)
CIFAR_RECORD = 1 + math.prod(CIFAR_SHAPE)  # a label byte, then the planes R, G, B


@dataclass
class Images:
    """Bytes [N, channels, height, width] and classes [N]."""

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


@dataclass(frozen=True)
class DataSet:
    """Where a data set lies below $SPIKEMESH_DATA, and how many training images validate."""

    folder: str
    shape: Tuple[int, int, int]
    validation: int


DATA_SETS = {
    "mnist": DataSet("mnist", (1, 28, 28), 5000),
    "digits": DataSet("digits", (1, 28, 28), 2000),
    "fashion-mnist": DataSet("fashion-mnist", (1, 28, 28), 5000),
    "cifar10": DataSet("cifar-10", CIFAR_SHAPE, 5000),
}


def folder_of(name):
    """The folder of a data set below $SPIKEMESH_DATA; SystemExit where that is not set."""
    if "SPIKEMESH_DATA" not in os.environ:
        raise SystemExit(f"{name}: no folder is given, and SPIKEMESH_DATA is not set")
    return os.path.join(os.environ["SPIKEMESH_DATA"], DATA_SETS[name].folder)


def find(folder, name):
    """The path of `name` or `name`.gz in `folder`."""
    for path in (os.path.join(folder, name), os.path.join(folder, name + ".gz")):
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"neither {name} nor {name}.gz in {folder}")


def read_bytes(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        return file.read()


def read_idx(path):
    """The array of an IDX file of unsigned bytes; ValueError where the file is not one."""
    content = read_bytes(path)
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


def load_idx_split(folder, split):
    """The images of `folder` under MNIST's file names."""
    prefix = {"train": "train", "test": "t10k"}[split]
    pixels = read_idx(find(folder, f"{prefix}-images-idx3-ubyte"))
    labels = read_idx(find(folder, f"{prefix}-labels-idx1-ubyte"))
    if pixels.shape != (len(labels), 28, 28):
        raise ValueError(f"{folder}: images {pixels.shape}, expected ({len(labels)}, 28, 28)")
    return pixels[:, None], labels


def load_cifar_split(folder, split):
    """The images of CIFAR-10's binary files: five for training, one for the test."""
    names = {"train": [f"data_batch_{i}.bin" for i in range(1, 6)], "test": ["test_batch.bin"]}
    content = b"".join(read_bytes(find(folder, name)) for name in names[split])
    if len(content) % CIFAR_RECORD != 0:
        raise ValueError(f"{folder}: {len(content)} bytes, not records of {CIFAR_RECORD}")
    records = numpy.frombuffer(content, numpy.uint8).reshape(-1, CIFAR_RECORD)
    return records[:, 1:].reshape(-1, *CIFAR_SHAPE), records[:, 0]


def load_split(name, folder, split):
    """The images of data set `name`, files plain or .gz; split is "train" or "test"."""
    load = load_cifar_split if name == "cifar10" else load_idx_split
    pixels, labels = load(folder, split)
    return Images(
        torch.from_numpy(pixels.copy()), torch.from_numpy(labels.astype(numpy.int64))
    )


def inexact_records(folder, split):
    """Positions of the images that substituted.tsv of `folder` lists: not the published pixels."""
    path = os.path.join(folder, "substituted.tsv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    files = {"test": ["test_batch.bin"]}.get(split, [f"data_batch_{i}.bin" for i in range(1, 6)])
    return sorted(
        files.index(row[0]) * 10000 + int(row[1]) for row in rows if row[0] in files
    )


def load_training(name, folder):
    """(training images, validation images): the last images of the training files validate."""
    images = load_split(name, folder, "train")
    cut = len(images) - DATA_SETS[name].validation
    return images.part(0, cut), images.part(cut, len(images))


def concatenate(parts):
    return Images(
        torch.cat([part.pixels for part in parts]), torch.cat([part.labels for part in parts])
    )


def to_unit_range(pixels):
    return pixels.to(torch.float32) / 255.0
