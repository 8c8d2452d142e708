# SPDX-License-Identifier: Apache-2.0
"""Runs an exported model on test sets, from the ONNX file alone, in double precision.

    evaluate.py --model mnist-small.onnx --data MNIST_FOLDER --digits DIGITS_FOLDER
    evaluate.py --model cifar10-small.onnx --data-set cifar10 --data CIFAR_FOLDER

Shares no code with model.py, so that what it measures is the file and not the network that was
meant to be in it. With --record, the result is added to that JSON file.
"""

import argparse
import hashlib
import json
import os

import numpy
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as functional

import data

BATCH = 500
IMAGES_MAX = 10000  # of a test set: all of MNIST's, and of digits what `spikemesh run` takes


def attributes_of(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def convolve(node, x, weight, bias=None):
    attributes = attributes_of(node)
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    padded = functional.pad(x, (left, right, top, bottom))
    return functional.conv2d(
        padded,
        weight,
        bias,
        stride=attributes.get("strides", [1, 1]),
        groups=attributes.get("group", 1),
    )


def batch_normalize(node, x, gamma, beta, mean, variance):
    def per_channel(values):
        return values.view(1, -1, 1, 1)

    deviation = torch.sqrt(per_channel(variance) + attributes_of(node)["epsilon"])
    return per_channel(gamma) * (x - per_channel(mean)) / deviation + per_channel(beta)


def pad(node, x, pads, value=None):
    """Zero padding of [N, C, H, W]; ONNX lists all begins, then all ends."""
    if value is not None and float(value) != 0.0:
        raise ValueError(f"{node.name}: pads with {float(value)}")
    begins, ends = pads[: x.dim()].long().tolist(), pads[x.dim() :].long().tolist()
    pairs = [amount for pair in reversed(list(zip(begins, ends))) for amount in pair]
    return functional.pad(x, pairs)


def average_pool(node, x):
    attributes = attributes_of(node)
    if any(attributes.get("pads", [])):
        raise ValueError(f"{node.name}: padding inside AveragePool")
    return functional.avg_pool2d(x, attributes["kernel_shape"], attributes["strides"])


def max_pool(node, x):
    attributes = attributes_of(node)
    if any(attributes.get("pads", [])):
        raise ValueError(f"{node.name}: padding inside MaxPool")
    return functional.max_pool2d(x, attributes["kernel_shape"], attributes["strides"])


def gemm(node, x, weight, bias):
    attributes = attributes_of(node)
    weight = weight.t() if attributes.get("transB", 0) else weight
    return attributes.get("alpha", 1.0) * (x @ weight) + attributes.get("beta", 1.0) * bias


def dequantize(node, x, scale):
    return x * scale  # per tensor, without a zero point: what export_onnx.py writes


OPERATIONS = {
    "DequantizeLinear": dequantize,
    "Identity": lambda node, x: x,
    "Conv": convolve,
    "Pad": pad,
    "AveragePool": average_pool,
    "MaxPool": max_pool,
    "Relu": lambda node, x: torch.relu(x),
    "Gemm": gemm,
    "BatchNormalization": batch_normalize,
    "GreaterOrEqual": lambda node, x, y: x >= y,
    "Cast": lambda node, x: x.double(),
    "Flatten": lambda node, x: torch.flatten(x, attributes_of(node)["axis"]),
    "MatMul": lambda node, x, y: x @ y,
}


class OnnxProgram:
    """forward: float64 images [N, C, H, W] -> the graph's output; KeyError on other operators."""

    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.constants = {i.name: self.to_double(i) for i in self.graph.initializer}

    @staticmethod
    def to_double(tensor):
        return torch.from_numpy(onnx.numpy_helper.to_array(tensor).astype(numpy.float64))

    def __call__(self, images):
        values = dict(self.constants)
        values[self.graph.input[0].name] = images
        for node in self.graph.node:
            if node.op_type == "Constant":
                result = self.to_double(attributes_of(node)["value"])
            else:
                inputs = [values[name] for name in node.input]
                result = OPERATIONS[node.op_type](node, *inputs)
            values[node.output[0]] = result
        return values[self.graph.output[0].name]


def find_right(program, images):
    """For each image, whether its largest output is its class; a tie goes to the lowest class."""
    right = []
    for begin in range(0, len(images), BATCH):
        batch = images.part(begin, begin + BATCH)
        votes = program(batch.pixels.double() / 255.0).numpy()
        right.append(numpy.argmax(votes, axis=1) == batch.labels.numpy())
    return numpy.concatenate(right)


def share_of(right):
    return {"images": len(right), "right": int(right.sum()), "accuracy": float(right.mean())}


def record(path, model, results):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    with open(model, "rb") as file:
        content["sha256"] = hashlib.sha256(file.read()).hexdigest()
    content["test"] = results
    with open(path + ".partial", "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    os.replace(path + ".partial", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data-set", default="mnist", choices=sorted(data.DATA_SETS))
    parser.add_argument("--data", help="folder of the data set")
    parser.add_argument("--digits", help="folder of `spikemesh data make digits`")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--record", help="JSON file of export_onnx.py that takes the result")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    program = OnnxProgram(arguments.model)
    results = {}
    for name, folder in ((arguments.data_set, arguments.data), ("digits", arguments.digits)):
        if folder is None:
            continue
        images = data.load_split(name, folder, "test").part(0, IMAGES_MAX)
        right = find_right(program, images)
        results[name] = share_of(right)
        print(f"{name}: {right.sum()} of {len(right)} = {100 * right.mean():.2f} %")
        inexact = data.inexact_records(folder, "test")
        if inexact:
            exact = numpy.delete(right, inexact)
            results[name + " exact"] = share_of(exact)
            print(f"  exact images: {exact.sum()} of {len(exact)} = {100 * exact.mean():.2f} %")
    if arguments.record:
        record(arguments.record, arguments.model, results)


if __name__ == "__main__":
    main()
