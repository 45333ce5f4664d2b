"""Run in the trainer's environment: the ear as an ONNX model. Needs onnx and numpy, nothing of the project."""

import importlib
from typing import Any

import numpy as np

OPSET = 20
IR_VERSION = 9


def model_bytes(weights: dict[str, Any], dilations: tuple[int, ...]) -> bytes:
    """Return the model: `frames` [1, time, values] and `speech` [1], in seconds, in; `chances` [1, sounds] out.

    weights: as the training leaves them, by name; taps are [tap, from, to]. They are kept in half precision.
    """
    onnx: Any = importlib.import_module("onnx")
    graph = _Graph(onnx.helper, onnx.numpy_helper)
    node, constant = graph.node, graph.constant
    values = node("Div", node("Sub", "frames", constant(weights["mean"])), constant(weights["deviation"]))
    values = node("Transpose", values, perm=[0, 2, 1])
    hidden = node(
        "Gelu", graph.convolution(values, weights["input"][None], weights["input_bias"], 1), approximate="tanh"
    )
    for layer, dilation in enumerate(dilations):
        more = graph.convolution(hidden, weights[f"taps_{layer}"], weights[f"taps_{layer}_bias"], dilation)
        hidden = node("Add", hidden, node("Gelu", more, approximate="tanh"))
    over_time = node("Transpose", hidden, perm=[0, 2, 1])
    attention = node("Softmax", node("MatMul", over_time, constant(weights["attention"])), axis=1)
    heads = node("MatMul", node("Transpose", attention, perm=[0, 2, 1]), over_time)
    flat = node("Reshape", heads, graph.integers([1, -1]))
    mean = node("ReduceMean", hidden, graph.integers([2]), keepdims=0)
    highest = node("ReduceMax", hidden, graph.integers([2]), keepdims=0)
    seconds = node("Reshape", "speech", graph.integers([1, 1]))
    at_most_one = node("Min", seconds, constant(np.float32(1.0)))
    pooled = node("Concat", flat, mean, highest, seconds, at_most_one, axis=1)
    features = node("Add", node("MatMul", pooled, constant(weights["pooled"])), constant(weights["pooled_bias"]))
    features = node("Gelu", features, approximate="tanh")
    logits = node("Add", node("MatMul", features, constant(weights["output"])), constant(weights["output_bias"]))
    node("Softmax", logits, output="chances", axis=1)
    return graph.serialized(onnx, [1, None, len(weights["mean"])], len(weights["output_bias"]))


class _Graph:
    def __init__(self, helper: Any, numpy_helper: Any) -> None:
        self._helper, self._numpy = helper, numpy_helper
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"n{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any) -> str:
        """Kept in half precision, computed with in single precision."""
        name = f"w{len(self._weights)}"
        self._weights.append(self._numpy.from_array(np.asarray(value, np.float16), name))
        return self.node("Cast", name, to=1)

    def integers(self, values: list[int]) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(self._numpy.from_array(np.array(values, np.int64), name))
        return name

    def convolution(self, values: str, taps: Any, bias: Any, dilation: int) -> str:
        kernel = np.ascontiguousarray(np.transpose(np.asarray(taps), (2, 1, 0)))
        reach = len(taps) // 2 * dilation
        inputs = (values, self.constant(kernel), self.constant(bias))
        return self.node("Conv", *inputs, dilations=[dilation], pads=[reach, reach], kernel_shape=[len(taps)])

    def serialized(self, onnx: Any, shape: list[int | None], sounds: int) -> bytes:
        single = onnx.TensorProto.FLOAT
        frames = self._helper.make_tensor_value_info("frames", single, shape)
        speech = self._helper.make_tensor_value_info("speech", single, [1])
        chances = self._helper.make_tensor_value_info("chances", single, [1, sounds])
        graph = self._helper.make_graph(self._nodes, "ear", [frames, speech], [chances], self._weights)
        opset = [self._helper.make_opsetid("", OPSET)]
        model = self._helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())
