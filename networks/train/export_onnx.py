# SPDX-License-Identifier: Apache-2.0
"""Writes the best weights of a checkpoint of train.py as ONNX.

    export_onnx.py --checkpoint small.pt --output mnist-small.onnx --record mnist-small.json

The file of a network for cores holds plain operators only: Conv with weights -1, 0, 1,
BatchNormalization, GreaterOrEqual, Cast, Flatten and MatMul with the votes. Input "image"
[N, channels, height, width] in 0..1, output "votes" [N, 10]. A float network is written by
torch.onnx.export as it comes, one image a batch.
"""

import argparse
import dataclasses
import json
import os
from collections import OrderedDict

import onnx
import torch
from torch import nn

import data
import model
from recipes import RECIPES

OPSET = 14


def plain_convolution(ternary):
    convolution = nn.Conv2d(
        ternary.in_channels,
        ternary.out_channels,
        ternary.kernel_size,
        ternary.stride,
        ternary.padding,
        groups=ternary.groups,
        bias=False,
    )
    convolution.weight.data = model.ternarize(ternary.weight.data)
    return convolution


def exportable(network):
    """The same function, made of standard modules with the ternary weights written out."""
    parts = OrderedDict(levels=network.encode[0], encode=network.encode[1])
    for index, stage in enumerate(network.stages):
        layer = index // 2 + 1
        if isinstance(stage, model.TernaryConv2d):
            parts[f"conv{layer}"] = plain_convolution(stage)
        else:
            parts[f"norm{layer}"] = stage.norm
            parts[f"step{layer}"] = model.Step()
    parts.update(flatten=nn.Flatten(), vote=network.vote)
    return nn.Sequential(parts).eval()


def load_best(path):
    """(network in evaluation mode, checkpoint) with the weights of the best epoch."""
    checkpoint = torch.load(path, map_location="cpu")
    network = RECIPES[checkpoint["arguments"]["architecture"]].make()
    network.load_state_dict(checkpoint["best"]["network"])
    return network.eval(), checkpoint


def export(network, shape, path):
    """Writes `path` by way of a temporary file, after onnx.checker has passed it.

    shape: of one image, (channels, height, width).
    """
    partial = path + ".partial"
    images = torch.zeros(1, *shape)
    if isinstance(network, model.CoreNetwork):
        torch.onnx.export(
            exportable(network),
            images,
            partial,
            opset_version=OPSET,
            training=torch.onnx.TrainingMode.PRESERVE,  # in eval(): keeps BatchNormalization
            do_constant_folding=False,
            input_names=["image"],
            output_names=["votes"],
            dynamic_axes={"image": {0: "N"}, "votes": {0: "N"}},
        )
    else:
        torch.onnx.export(network, images, partial)
    onnx.checker.check_model(onnx.load(partial), full_check=True)
    os.replace(partial, path)


def describe_layers(network):
    """What the record says of a network for cores beyond how it was trained."""
    stages = [stage for stage in network.stages if isinstance(stage, model.TernaryConv2d)]
    return {
        "architecture": dataclasses.asdict(network.architecture),
        "weights": sum(stage.weight.numel() for stage in stages),
        "nonzero_weights": sum(int(model.ternarize(s.weight).abs().sum()) for s in stages),
        "voters_per_class": network.voters_per_class(),
    }


def describe(network, checkpoint):
    """What the record file says of a model before its test: how it was made, and validation."""
    arguments, best = checkpoint["arguments"], checkpoint["best"]
    recipe = RECIPES[arguments["architecture"]]
    if isinstance(network, model.CoreNetwork):
        description = describe_layers(network)
    else:
        description = {"weights": sum(p.numel() for p in network.parameters())}
    options = [f"--architecture {arguments['architecture']}"]
    options.append(f"--data {recipe.data_set.upper()}")
    if arguments["digits"]:
        options.append("--digits DIGITS")
    for name in ("epochs", "learning_rate", "seed", "threads"):
        options.append(f"--{name.replace('_', '-')} {arguments[name]}")
    description.update(
        {
            "augmentation": dataclasses.asdict(recipe.augmentation),
            "command": " ".join(["train.py", *options]),
            "seed": arguments["seed"],
            "epochs": arguments["epochs"],
            "epochs_trained": checkpoint["epoch"],
            "best_epoch": best["epoch"],
            "images": checkpoint["images"],
            "machine": f"2-core x86-64 CPU ({checkpoint['device']}), torch {torch.__version__}",
            "seconds": round(checkpoint["seconds"]),
            "validation": best["validation"],
        }
    )
    return description


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", required=True, help="of train.py")
    parser.add_argument("--output", required=True, help="the ONNX file")
    parser.add_argument("--record", help="JSON file that evaluate.py adds to")
    arguments = parser.parse_args()
    network, checkpoint = load_best(arguments.checkpoint)
    recipe = RECIPES[checkpoint["arguments"]["architecture"]]
    export(network, data.DATA_SETS[recipe.data_set].shape, arguments.output)
    description = describe(network, checkpoint)
    if arguments.record:
        with open(arguments.record, "w", encoding="utf-8") as file:
            json.dump(description, file, indent=2)
            file.write("\n")
    print(f"{arguments.output}: {description['validation']}")


if __name__ == "__main__":
    main()
