# SPDX-License-Identifier: Apache-2.0
"""What train.py can train: each name's network, data set, augmentation and optimizer."""

from dataclasses import dataclass, field
from typing import Callable

from torch import nn

import lenet
import model
from augment import Augmentation
from model import Architecture, Layer

DIGIT_AUGMENTATION = Augmentation(
    shift_pixels=2.0, rotation_degrees=10.0, scale=0.10, shear=0.10
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


def on_cores(architecture, **choices):
    return Recipe(make=lambda: model.CoreNetwork(architecture), **choices)


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
    "mnist-medium": on_cores(
        Architecture(
            levels=[64, 160],
            layers=[
                Layer(128, kernel=8, stride=3, padding=1),  # windows that overlap by 5 pixels
                Layer(4 * 128, kernel=2, stride=2, groups=4),
                Layer(64 * 32, kernel=4, groups=64),
                Layer(16 * 60, kernel=1, groups=16),
            ],
        )
    ),
    # 13 cores: 9 windows of one plane, then four groups of voters that each see 14 filters.
    "mnist-tiny": on_cores(
        Architecture(
            levels=[100],
            layers=[
                Layer(56, kernel=11, stride=8),
                Layer(4 * 250, kernel=3, groups=4),
            ],
        ),
        epochs=30,
    ),
    # CIFAR-10 on 3,226 cores. The first layer has two halves with planes of their own; the later
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
}
