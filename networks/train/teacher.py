# SPDX-License-Identifier: Apache-2.0
"""Learning from a better network's probabilities (Hinton et al., arXiv:1503.02531).

A binary network of few cores cannot fit every image. The probabilities of a better one tell it
which images are ambiguous, and between which classes. A live teacher sees the very view of an image
that the student sees, at the price of its forward pass; a teacher asked once says what it thinks of
each image before training, at no price after that.
"""

import torch
import torch.nn.functional as functional

from augment import augment
from model import CLASSES

SHARE = 0.7  # of the teacher in the loss; the rest is for the true class
VIEWS = 4  # randomly augmented, a training image, that a teacher is asked about once
ONCE_TEMPERATURE = 2.0  # that its scores are divided by; the student's are not
BATCH = 500


def labels_asked_once(network, images, augmentation, seed, device):
    """[N, 10]: probabilities of the classes of each image, by its label and the teacher."""
    generator = torch.Generator().manual_seed(seed)
    sums = torch.zeros(len(images), CLASSES)
    with torch.no_grad():
        for _ in range(VIEWS):
            for begin in range(0, len(images), BATCH):
                part = images.part(begin, begin + BATCH)
                scores = network(augment(part.pixels, augmentation, generator).to(device))
                soft = functional.softmax(scores / ONCE_TEMPERATURE, 1)
                sums[begin : begin + BATCH] += soft.cpu()
    return SHARE / VIEWS * sums + (1.0 - SHARE) * one_hot(images.labels)


def live_loss(network, images, scores, targets, temperature, bfloat16=False):
    """The student's loss for `scores`, where the teacher sees the same images.

    temperature: what the scores of both are divided by. A high one asks the student to copy all
    scores, which only helps one that can.
    """
    with torch.no_grad(), torch.autocast(images.device.type, torch.bfloat16, enabled=bfloat16):
        soft = functional.softmax(network(images).float() / temperature, 1)
    taught = functional.cross_entropy(scores / temperature, soft)
    # The square keeps the gradient's size whatever the temperature.
    taught = taught * temperature**2
    return SHARE * taught + (1.0 - SHARE) * functional.cross_entropy(scores, targets)


def one_hot(labels):
    return functional.one_hot(labels, CLASSES).to(torch.float32)
