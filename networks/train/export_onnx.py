# SPDX-License-Identifier: Apache-2.0
"""Writes the best weights of a checkpoint of train.py as ONNX.

    export_onnx.py --checkpoint small.pt --output mnist-small.onnx --record mnist-small.json

The file holds plain operators only: Conv with weights -1, 0, 1, BatchNormalization, GreaterOrEqual,
Cast, Flatten and Gemm with the votes. Input "image" [N, 1, 28, 28] in 0..1, output "votes" [N, 10].
"""

import argparse
import dataclasses
import json
import os
import platform
from collections import OrderedDict

import onnx
import torch
from torch import nn

import model

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
        layer = index // 3 + 1
        if isinstance(stage, model.TernaryConv2d):
            parts[f"conv{layer}"] = plain_convolution(stage)
        elif isinstance(stage, model.StepActivation):
            parts[f"step{layer}"] = model.StepActivation(exported=True)
        else:
            parts[f"norm{layer}"] = stage
    parts.update(flatten=nn.Flatten(), vote=network.vote)
    return nn.Sequential(parts).eval()


def load_best(path):
    """(network in evaluation mode, checkpoint) with the weights of the best epoch."""
    checkpoint = torch.load(path, map_location="cpu")
    architecture = model.ARCHITECTURES[checkpoint["arguments"]["architecture"]]
    network = model.CoreNetwork(architecture)
    network.load_state_dict(checkpoint["best"]["network"])
    return network.eval(), checkpoint


def export(network, path):
    """Writes `path` by way of a temporary file, after onnx.checker has passed it."""
    partial = path + ".partial"
    torch.onnx.export(
        exportable(network),
        torch.zeros(1, 1, model.IMAGE_SIZE, model.IMAGE_SIZE),
        partial,
        opset_version=OPSET,
        training=torch.onnx.TrainingMode.PRESERVE,  # in eval(): keeps BatchNormalization
        do_constant_folding=False,
        input_names=["image"],
        output_names=["votes"],
        dynamic_axes={"image": {0: "N"}, "votes": {0: "N"}},
    )
    onnx.checker.check_model(onnx.load(partial), full_check=True)
    os.replace(partial, path)


def describe(network, checkpoint):
    """What the record file says of a model before its test: how it was made, and validation."""
    arguments, best = checkpoint["arguments"], checkpoint["best"]
    architecture = model.ARCHITECTURES[arguments["architecture"]]
    stages = [stage for stage in network.stages if isinstance(stage, model.TernaryConv2d)]
    options = [f"--architecture {arguments['architecture']}", "--data MNIST"]
    if arguments["digits"]:
        options.append("--digits DIGITS")
    for name in ("epochs", "learning_rate", "seed", "threads"):
        options.append(f"--{name.replace('_', '-')} {arguments[name]}")
    return {
        "architecture": dataclasses.asdict(architecture),
        "weights": sum(stage.weight.numel() for stage in stages),
        "nonzero_weights": sum(int(model.ternarize(s.weight).abs().sum()) for s in stages),
        "voters_per_class": network.voters_per_class(),
        "command": " ".join(["train.py", *options]),
        "seed": arguments["seed"],
        "epochs": arguments["epochs"],
        "best_epoch": best["epoch"],
        "images": checkpoint["images"],
        "machine": f"{checkpoint['device']}, {platform.machine()}, torch {torch.__version__}",
        "seconds": round(checkpoint["seconds"]),
        "validation": best["validation"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", required=True, help="of train.py")
    parser.add_argument("--output", required=True, help="the ONNX file")
    parser.add_argument("--record", help="JSON file that evaluate.py adds to")
    arguments = parser.parse_args()
    network, checkpoint = load_best(arguments.checkpoint)
    export(network, arguments.output)
    description = describe(network, checkpoint)
    if arguments.record:
        with open(arguments.record, "w", encoding="utf-8") as file:
            json.dump(description, file, indent=2)
            file.write("\n")
    print(f"{arguments.output}: {description['validation']}")


if __name__ == "__main__":
    main()
