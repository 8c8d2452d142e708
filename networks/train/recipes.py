# SPDX-License-Identifier: Apache-2.0
"""What train.py can train: each name's network, data set, augmentation and optimizer."""

import functools
from dataclasses import dataclass, field
from typing import Callable

from torch import nn

import binarized_model
import lenet
import model
from augment import Augmentation
from binarized_model import POOL, Shape
from model import Architecture, Layer

DIGIT_AUGMENTATION = Augmentation(shift_pixels=2.0, rotation_degrees=10.0, scale=0.10, shear=0.10)
LIGHT_AUGMENTATION = Augmentation(shift_pixels=1.0, rotation_degrees=6.0, scale=0.06, shear=0.06)
MEMBER_AUGMENTATION = Augmentation(
    shift_pixels=1.5, rotation_degrees=8.0, scale=0.08, shear=0.08, elastic_pixels=1.0
)
CLOTHES_AUGMENTATION = Augmentation(flip=True)


@dataclass(frozen=True)
class Recipe:
    """learning_rate and epochs are what train.py takes where its command line says nothing."""

    make: Callable[[], nn.Module]
    data_set: str = "mnist"
    augmentation: Augmentation = field(default=DIGIT_AUGMENTATION)
    learning_rate: float = 5e-2  # of latent ternary weights; see README.md
    weight_decay: float = 0.0  # decoupled (AdamW)
    epochs: int = 40
    batch: int = 256


RED, GREEN, BLUE = range(3)
CIFAR_PLANES = [  # (colour, level), eight for each half of the first layer
    *((RED, 40), (RED, 100), (RED, 160), (GREEN, 40), (GREEN, 100), (GREEN, 160)),
    *((BLUE, 70), (BLUE, 150)),
    *((RED, 70), (RED, 130), (GREEN, 70), (GREEN, 130), (GREEN, 200)),
    *((BLUE, 40), (BLUE, 105), (BLUE, 190)),
]
MEDIUM = Architecture(
    levels=[64, 160],
    layers=[
        Layer(128, kernel=8, stride=3, padding=1),  # windows that overlap by 5 pixels
        Layer(4 * 128, kernel=2, stride=2, groups=4),
        Layer(64 * 32, kernel=4, groups=64),
        Layer(16 * 60, kernel=1, groups=16),
    ],
)

WIDE = Architecture(
    levels=[64, 160, 30, 110],
    layers=[
        Layer(256, kernel=8, stride=2, padding=1, groups=2),
        Layer(768, kernel=2, stride=2, groups=8),
        Layer(24 * 63, kernel=2, stride=2, groups=24),
        Layer(108 * 32, kernel=3, groups=108),
        Layer(27 * 60, kernel=1, groups=27),
    ],
)


def on_cores(architecture, **choices):
    return Recipe(make=lambda: model.CoreNetwork(architecture), **choices)


BINARIZED_WIDTHS = (1.0, 0.5, 0.25)


def binarized_recipes():
    """"4conv-bsnn", "6conv-float-0.25" and so on: binarized_model.py's, by row and width."""
    recipes = {}
    for shape in binarized_model.SHAPES:
        for row in binarized_model.ROWS:
            for width in BINARIZED_WIDTHS:
                recipes[binarized_name(shape, row, width)] = Recipe(
                    make=functools.partial(
                        binarized_model.BinarizedNetwork,
                        binarized_model.SHAPES[shape],
                        row,
                        width,
                    ),
                    data_set="cifar10",
                    augmentation=Augmentation(crop_pixels=3, flip=True),
                    learning_rate=2e-3 if row in ("float", "snn") else 5e-3,
                    batch=100,
                )
    return recipes


def binarized_name(shape, row, width):
    return f"{shape}-{row}" if width == 1.0 else f"{shape}-{row}-{width:g}"


RECIPES = {
    "lenet5-mnist": Recipe(lenet.LeNet5, learning_rate=2e-3, weight_decay=0.05, epochs=16),
    "lenet5-fashion": Recipe(
        lenet.LeNet5,
        data_set="fashion-mnist",
        augmentation=CLOTHES_AUGMENTATION,
        learning_rate=5e-3,
        weight_decay=0.05,
        epochs=30,
    ),
    # A float network that knows no cores, for the others to learn from.
    "mnist-teacher": Recipe(
        functools.partial(
            binarized_model.BinarizedNetwork,
            Shape([24, 24, POOL, 48, 48, POOL, 96], [128]),
            "float",
            image_shape=(1, 28, 28),
        ),
        augmentation=MEMBER_AUGMENTATION,
        learning_rate=3e-3,
        batch=100,
        epochs=8,
    ),
    # 24 experts, each with its own 5 of the first layer's filters, joined in pairs by the voters.
    "mnist-small": on_cores(
        Architecture(
            levels=[64, 160],
            layers=[
                Layer(120, kernel=8, stride=5),  # 5 x 5 windows that overlap by 3 pixels
                Layer(24 * 64, kernel=5, groups=24),
                Layer(12 * 80, kernel=1, groups=12),
            ],
        )
    ),
    "mnist-medium": on_cores(MEDIUM),
    # 14 cores: 9 windows of one plane, then five groups of voters that each see 14 filters.
    "mnist-tiny": on_cores(
        Architecture(
            levels=[100],
            layers=[
                Layer(70, kernel=11, stride=8),
                Layer(5 * 200, kernel=3, groups=5),
            ],
        ),
        augmentation=LIGHT_AUGMENTATION,  # so small a network does not learn the stronger one
        epochs=30,
    ),
    # mnist-medium's layers, 208 cores, to stand side by side by ensemble.py.
    "mnist-member": on_cores(
        MEDIUM,
        augmentation=MEMBER_AUGMENTATION,
        epochs=30,
    ),
    # 927 cores. The first layer looks at two pairs of planes.
    "mnist-wide": on_cores(WIDE, augmentation=MEMBER_AUGMENTATION, epochs=24),
    # 1,854 cores: two of mnist-wide side by side, trained together.
    "mnist-large": on_cores(
        model.side_by_side(WIDE, 2),
        augmentation=MEMBER_AUGMENTATION,
        learning_rate=2e-2,
    ),
    "fashion-medium": on_cores(
        Architecture(
            levels=[40, 120, 200, 15, 80, 160],
            layers=[
                Layer(128, kernel=6, stride=3, groups=2),
                Layer(4 * 128, kernel=2, stride=2, groups=4),
                Layer(64 * 32, kernel=4, groups=64),
                Layer(16 * 120, kernel=1, groups=16),
            ],
        ),
        data_set="fashion-mnist",
        augmentation=Augmentation(crop_pixels=1, flip=True),
        epochs=24,
    ),
    # CIFAR-10 on 1,528 cores: windows that overlap in the first layer only, where copies are free.
    "cifar10-small": on_cores(
        Architecture(
            image_shape=(3, 32, 32),
            levels=[level for _, level in CIFAR_PLANES],
            colours=[colour for colour, _ in CIFAR_PLANES],
            layers=[
                Layer(128, kernel=4, stride=2, padding=1, groups=2),
                Layer(512, kernel=2, stride=2, groups=4),
                Layer(512, kernel=1, groups=4),
                Layer(1024, kernel=2, stride=2, groups=16),
                Layer(1024, kernel=1, groups=8),
                Layer(32 * 60, kernel=2, stride=2, groups=32),
            ],
        ),
        data_set="cifar10",
        augmentation=Augmentation(crop_pixels=2, flip=True),
        learning_rate=3e-2,
        batch=128,
        epochs=12,
    ),
    # CIFAR-10 on 3,897 cores. The first layer has two halves with planes of their own; the later
    # groups of 14 channels fill a core's 128 inputs with 3 x 3 windows.
    "cifar10-medium": on_cores(
        Architecture(
            image_shape=(3, 32, 32),
            levels=[level for _, level in CIFAR_PLANES],
            colours=[colour for colour, _ in CIFAR_PLANES],
            layers=[
                Layer(252, kernel=4, stride=2, padding=1, groups=2),
                Layer(224, kernel=1, groups=2),
                Layer(480, kernel=3, stride=2, padding=1, groups=16),
                Layer(504, kernel=1, groups=4),
                Layer(1008, kernel=3, stride=2, padding=1, groups=36),
                Layer(1008, kernel=1, groups=8),
                Layer(36 * 60, kernel=2, stride=2, groups=36),
            ],
        ),
        data_set="cifar10",
        augmentation=Augmentation(crop_pixels=3, flip=True),
        learning_rate=2e-2,
        batch=128,
    ),
    **binarized_recipes(),
}
