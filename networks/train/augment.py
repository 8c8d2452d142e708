# SPDX-License-Identifier: Apache-2.0
"""Random changes of training images. All draws come from one CPU generator: a seed fixes them."""

import dataclasses
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional

import data


@dataclass(frozen=True)
class Augmentation:
    """Half-widths of uniform distributions; 0 and False leave a kind of change out.

    elastic_pixels displaces a grid of elastic_nodes x elastic_nodes points, between which the
    displacement is interpolated (after Simard, Steinkraus and Platt, ICDAR 2003).
    crop_pixels shifts by whole pixels and needs no interpolation, unlike the others.
    """

    shift_pixels: float = 0.0
    rotation_degrees: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    elastic_pixels: float = 0.0
    elastic_nodes: int = 6
    crop_pixels: int = 0
    flip: bool = False  # left to right, half of the images

    def lessened(self, share):
        """The same kinds of change, each `share` as far; mirror images stay."""
        return dataclasses.replace(
            self,
            shift_pixels=share * self.shift_pixels,
            rotation_degrees=share * self.rotation_degrees,
            scale=share * self.scale,
            shear=share * self.shear,
            elastic_pixels=share * self.elastic_pixels,
            crop_pixels=round(share * self.crop_pixels),
        )

    def warps(self):
        affine = (self.shift_pixels, self.rotation_degrees, self.scale, self.shear)
        return any(affine) or self.elastic_pixels > 0.0


def augment(pixels, amount, generator):
    """bytes [N, channels, H, W], H = W -> float32 images in 0..1, each under its own change."""
    if amount.crop_pixels or amount.flip:
        pixels = crop_and_flip(pixels, amount, generator)
    images = data.to_unit_range(pixels)
    return warp(images, amount, generator) if amount.warps() else images


def crop_and_flip(pixels, amount, generator):
    """Shifts of whole pixels with zeros outside, and mirror images."""
    count, _, size, _ = pixels.shape
    margin = amount.crop_pixels
    padded = functional.pad(pixels, (margin,) * 4)
    tops, lefts = torch.randint(0, 2 * margin + 1, (2, count, 1), generator=generator)
    rows = tops + torch.arange(size)
    columns = (lefts + torch.arange(size)).expand(count, size)
    if amount.flip:
        mirrored = torch.rand(count, 1, generator=generator) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    image = torch.arange(count).view(count, 1, 1, 1)
    channel = torch.arange(pixels.shape[1]).view(1, -1, 1, 1)
    return padded[image, channel, rows[:, None, :, None], columns[:, None, None, :]]


def warp(images, amount, generator):
    """Each image under its own small affine and elastic map, bilinear, zeros outside."""
    count, _, size, _ = images.shape

    def uniform(half_width, *shape):
        return (torch.rand(count, *shape, generator=generator) * 2.0 - 1.0) * half_width

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
    if amount.elastic_pixels:
        side = amount.elastic_nodes
        nodes = uniform(amount.elastic_pixels * to_grid, 2, side, side)
        smooth = functional.interpolate(
            nodes.to(images.device), size=(size, size), mode="bicubic", align_corners=True
        )
        grid = grid + smooth.permute(0, 2, 3, 1)
    return functional.grid_sample(images, grid, align_corners=False)
