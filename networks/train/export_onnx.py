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

import numpy
import onnx
import onnx.numpy_helper
import torch

import data
import model
from checkpoint import augmentation_of, command_of, load_best, origin
from recipes import RECIPES

OPSET = 14


def store_weights_as_int8(path):
    """Rewrites the Conv weights of the file, whole numbers, as int8 behind a DequantizeLinear."""
    content = onnx.load(path)
    graph = content.graph
    named = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        weight = named.get(node.input[1]) if node.op_type == "Conv" else None
        values = None if weight is None else onnx.numpy_helper.to_array(weight)
        if values is not None and (values == values.astype(numpy.int8)).all():
            short = weight.name + "_int8"
            weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(numpy.int8), short))
            nodes.append(
                onnx.helper.make_node("DequantizeLinear", [short, "one"], [node.input[1]])
            )
        nodes.append(node)
    one = numpy.array(1.0, dtype=numpy.float32)
    graph.initializer.append(onnx.numpy_helper.from_array(one, "one"))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(content, path)


def export(network, shape, path, int8=False):
    """Writes `path` by way of a temporary file, after onnx.checker has passed it.

    shape: of one image, (channels, height, width). int8: store_weights_as_int8.
    """
    partial = path + ".partial"
    images = torch.zeros(1, *shape)
    if hasattr(network, "exportable"):
        torch.onnx.export(
            network.exportable(),
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
    if int8:
        store_weights_as_int8(partial)
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


def machine_of(checkpoint):
    return f"2-core x86-64 CPU ({checkpoint['device']}), torch {torch.__version__}"


def describe(network, checkpoint):
    """What the record file says of a model before its test: how it was made, and validation."""
    arguments, best = checkpoint["arguments"], checkpoint["best"]
    if isinstance(network, model.CoreNetwork):
        description = describe_layers(network)
    else:
        description = {"weights": sum(p.numel() for p in network.parameters())}
    description.update(
        {
            "augmentation": dataclasses.asdict(augmentation_of(checkpoint)),
            "command": command_of(arguments),
            "seed": arguments["seed"],
            "epochs": arguments["epochs"],
            "epochs_trained": checkpoint["epoch"],
            "best_epoch": best["epoch"],
            "images": checkpoint["images"],
            "machine": machine_of(checkpoint),
            "seconds": round(checkpoint["seconds"]),
            "validation": best["validation"],
        }
    )
    description.update(origin(checkpoint))
    return description


def write_record(path, description):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(description, file, indent=2)
        file.write("\n")


def write(checkpoint_path, output, record, int8=False):
    """Exports a checkpoint's best weights; `record` may be None."""
    network, checkpoint = load_best(checkpoint_path)
    recipe = RECIPES[checkpoint["arguments"]["architecture"]]
    export(network, data.DATA_SETS[recipe.data_set].shape, output, int8)
    description = describe(network, checkpoint)
    if record:
        write_record(record, description)
    print(f"{output}: {description['validation']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", required=True, help="of train.py")
    parser.add_argument("--output", required=True, help="the ONNX file")
    parser.add_argument("--record", help="JSON file that evaluate.py adds to")
    parser.add_argument("--int8", action="store_true", help="weights as int8, a quarter the size")
    arguments = parser.parse_args()
    write(arguments.checkpoint, arguments.output, arguments.record, arguments.int8)


if __name__ == "__main__":
    main()
