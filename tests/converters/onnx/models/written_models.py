# SPDX-License-Identifier: Apache-2.0
"""Networks as tools other than PyTorch's exporter write them, node by node.

Each function returns (model, shape of an image, function from images to outputs). The function is
written for torch from the definition of the operators, apart from the graph.
"""

import numpy
import torch
import torch.nn.functional as functional
from onnx import TensorProto, helper, numpy_helper

QONNX = "qonnx.custom_op.general"


class Graph:
    """Nodes and constants of one model; values are named v0, v1, ..."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        self.nodes = []
        self.constants = []

    def constant(self, array, dtype=numpy.float32):
        name = f"c{len(self.constants)}"
        tensor = numpy_helper.from_array(numpy.ascontiguousarray(array, dtype=dtype), name)
        self.constants.append(tensor)
        return name

    def node(self, op_type, *inputs, **attributes):
        output = f"v{len(self.nodes)}"
        name = f"{op_type}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op_type, list(inputs), [output], name, **attributes))
        return output

    def weights(self, *shape, scale=0.3):
        return (self.random.standard_normal(shape) * scale).astype(numpy.float32)

    def model(self, name, input_dims, output, outputs=10, opset=13):
        make = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            name,
            [make("x", TensorProto.FLOAT, ["N", *input_dims])],
            [make(output, TensorProto.FLOAT, ["N", outputs])],
            self.constants,
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(QONNX, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="written by hand")
        model.ir_version = 7
        return model


def tensor(array):
    return torch.from_numpy(numpy.asarray(array, dtype=numpy.float32))


def quantize(x, scale, low, high, zero_point=0):
    """round(x / scale) + zero_point within low..high, and back."""
    q = torch.clamp(torch.round(x / scale) + zero_point, low, high)
    return (q - zero_point) * scale


def sign_mlp_784():
    """Weights of -1 and +1 as int8 with DequantizeLinear, one of them with a scale per output."""
    g = Graph(1)
    w1 = g.random.integers(0, 2, (48, 784)) * 2 - 1
    w2 = g.random.integers(0, 2, (48, 10)) * 2 - 1
    s1 = numpy.float32(2.0) ** g.random.integers(-6, -3, 48)
    b1 = g.weights(48)
    flat = g.node("Flatten", "x")
    signs = g.node("Sign", flat)
    zeros = g.constant(numpy.zeros(48), numpy.int8)
    d1 = g.node("DequantizeLinear", g.constant(w1, numpy.int8), g.constant(s1), zeros, axis=0)
    hidden = g.node("Gemm", signs, d1, g.constant(b1), transB=1)
    d2 = g.node("DequantizeLinear", g.constant(w2, numpy.int8), g.constant(0.125))
    out = g.node("MatMul", g.node("Sign", hidden), d2)

    def compute(x):
        x = functional.linear(torch.sign(x.flatten(1)), tensor(w1 * s1[:, None]), tensor(b1))
        return torch.sign(x) @ tensor(w2 * 0.125)

    return g.model("sign_mlp_784", [1, 28, 28], out), (1, 28, 28), compute


def qcdq():
    """Brevitas's QCDQ: QuantizeLinear, Clip to 4 bits, DequantizeLinear; int8 weights, int32 bias."""
    g = Graph(2)
    w1 = g.random.integers(-7, 8, (6, 1, 3, 3))
    s1 = g.random.uniform(0.02, 0.06, 6).astype(numpy.float32)
    b1 = g.random.integers(-40, 40, 6)
    w2 = g.weights(10, 6 * 4 * 4)
    int8 = numpy.int8

    def pair(x, scale, low, high, zero_point=0, dtype=int8):
        numbers = [g.constant(scale), g.constant(zero_point, dtype)]
        x = g.node("QuantizeLinear", x, *numbers)
        x = g.node("Clip", x, g.constant(low, dtype), g.constant(high, dtype))
        return g.node("DequantizeLinear", x, *numbers)

    x = pair("x", 0.0625, -8, 7)
    zeros = g.constant(numpy.zeros(6), int8)
    weights = g.node("DequantizeLinear", g.constant(w1, int8), g.constant(s1), zeros, axis=0)
    bias_scale = (s1 * 0.0625).astype(numpy.float32)
    zeros = g.constant(numpy.zeros(6), numpy.int32)
    bias = g.node(
        "DequantizeLinear", g.constant(b1, numpy.int32), g.constant(bias_scale), zeros, axis=0
    )
    x = g.node("Conv", x, weights, bias, pads=[1, 1, 1, 1])
    x = pair(g.node("Relu", x), 0.046875, 0, 15, dtype=numpy.uint8)
    x = g.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = pair(g.node("Flatten", x), 0.03125, 100, 140, 113, numpy.uint8)
    weights = pair(g.constant(w2), 0.125, -7, 7)
    out = g.node("Gemm", x, weights, g.constant(numpy.zeros(10)), transB=1)

    def compute(x):
        x = quantize(x, 0.0625, -8, 7)
        x = functional.conv2d(
            x, tensor(w1 * s1[:, None, None, None]), tensor(b1 * bias_scale), padding=1
        )
        x = functional.avg_pool2d(quantize(torch.relu(x), 0.046875, 0, 15), 2)
        x = quantize(x.flatten(1), 0.03125, 100, 140, 113)
        return functional.linear(x, quantize(tensor(w2), 0.125, -7, 7))

    return g.model("qcdq", [1, 8, 8], out), (1, 8, 8), compute


def qonnx():
    """QONNX: ternary weights by Quant, BipolarQuant on weights and activations, MultiThreshold."""
    g = Graph(3)
    w1, w2, w3 = g.weights(8, 2, 3, 3), g.weights(12, 8, 2, 2), g.weights(12 * 9, 10)
    s1 = g.random.uniform(0.1, 0.3, (8, 1, 1, 1)).astype(numpy.float32)
    b1 = g.weights(8)  # so that no sum is 0, which floats would miss on either side
    levels = numpy.sort(g.weights(12, 3, scale=2.0), axis=1)

    def quant(x, scale, bits, signed, narrow, mode="ROUND"):
        numbers = [g.constant(scale), g.constant(0.0), g.constant(bits)]
        return g.node(
            "Quant", x, *numbers, domain=QONNX, signed=signed, narrow=narrow, rounding_mode=mode
        )

    x = quant("x", 0.125, 4.0, 1, 0)
    weights = quant(g.constant(w1), s1, 2.0, 1, 1)
    x = g.node("Conv", x, weights, g.constant(b1), pads=[1, 1, 1, 1])
    x = g.node("BipolarQuant", x, g.constant(0.5), domain=QONNX)
    x = g.node("Conv", x, g.node("BipolarQuant", g.constant(w2), g.constant(1.0), domain=QONNX),
               strides=[2, 2], pads=[1, 1, 1, 1])  # fmt: skip
    x = g.node("MultiThreshold", x, g.constant(levels), domain=QONNX, out_dtype="UINT2",
               out_scale=1.0, out_bias=-1.5, data_layout="NCHW")  # fmt: skip
    x = g.node("Reshape", x, g.constant([0, -1], numpy.int64))
    x = quant(x, 0.25, 3.0, 0, 0, "FLOOR")
    out = g.node("MatMul", x, quant(g.constant(w3), 0.2, 2.0, 1, 1))

    def compute(x):
        x = quantize(x, 0.125, -8, 7)
        x = functional.conv2d(x, quantize(tensor(w1), tensor(s1), -1, 1), tensor(b1), padding=1)
        x = torch.where(x >= 0, 0.5, -0.5)
        x = functional.conv2d(x, tensor(numpy.where(w2 >= 0, 1, -1)), stride=2, padding=1)
        x = (x[:, :, None] >= tensor(levels)[None, :, :, None, None]).sum(2).float() - 1.5
        x = torch.floor(x.flatten(1) / 0.25).clamp(0, 7) * 0.25
        return x @ quantize(tensor(w3), 0.2, -1, 1)

    return g.model("qonnx", [2, 5, 5], out), (2, 5, 5), compute


def multi_threshold():
    """FINN after streamlining: thresholds alone between products, one row for all channels."""
    g = Graph(4)
    w1, w2 = g.weights(64, 20), g.weights(20, 10)
    rows = numpy.sort(g.random.integers(-6, 7, (20, 7)), axis=1) * 0.5
    one = numpy.arange(-3, 4)[None] / 2 + 0.25
    domain = {"domain": "finn.custom_op.general", "out_dtype": "INT4", "data_layout": "NC"}
    x = g.node("Flatten", "x")
    x = g.node("MultiThreshold", x, g.constant(one), out_bias=-3.0, **domain)
    x = g.node("MatMul", x, g.constant(numpy.sign(w1)))
    x = g.node("MultiThreshold", x, g.constant(rows), out_scale=0.5, **domain)
    out = g.node("MatMul", x, g.constant(w2))

    def compute(x):
        x = (x.flatten(1)[:, :, None] >= tensor(one)[None]).sum(2).float() - 3
        x = ((x @ tensor(numpy.sign(w1)))[:, :, None] >= tensor(rows)[None]).sum(2).float() * 0.5
        return x @ tensor(w2)

    return g.model("multi_threshold", [1, 8, 8], out), (1, 8, 8), compute


def keras():
    """tf2onnx: channels last at the input, Transposes around convolutions, SAME padding, MatMul."""
    g = Graph(5)
    w1, w2 = g.weights(6, 3, 3, 3), g.weights(8, 6, 3, 3)
    b1, b2, b3 = g.weights(6), g.weights(8), g.weights(10)
    dense = g.weights(3 * 3 * 8, 10)
    first, last = {"perm": [0, 3, 1, 2]}, {"perm": [0, 2, 3, 1]}
    same = {"auto_pad": "SAME_UPPER", "strides": [2, 2], "kernel_shape": [3, 3]}
    x = g.node("Mul", "x", g.constant(0.5))
    x = g.node("Conv", g.node("Transpose", x, **first), g.constant(w1), **same)
    x = g.node("Relu", g.node("Add", g.node("Transpose", x, **last), g.constant(b1)))
    x = g.node("Conv", g.node("Transpose", x, **first), g.constant(w2), g.constant(b2), **same)
    x = g.node("Relu", x)
    x = g.node("Reshape", g.node("Transpose", x, **last), g.constant([-1, 72], numpy.int64))
    x = g.node("Add", g.node("MatMul", x, g.constant(dense)), g.constant(b3))
    out = g.node("Softmax", x, axis=-1)

    def compute(x):
        x = functional.pad(x * 0.5, (0, 1, 0, 1))
        x = torch.relu(functional.conv2d(x, tensor(w1), tensor(b1), stride=2))
        x = functional.pad(x, (0, 1, 0, 1))
        x = torch.relu(functional.conv2d(x, tensor(w2), tensor(b2), stride=2))
        return x.permute(0, 2, 3, 1).flatten(1) @ tensor(dense) + tensor(b3)

    return g.model("keras", [12, 12, 3], out), (3, 12, 12), compute


NETWORKS = {
    "sign_mlp_784": sign_mlp_784,
    "qcdq": qcdq,
    "qonnx": qonnx,
    "multi_threshold": multi_threshold,
    "keras": keras,
}
