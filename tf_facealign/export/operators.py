"""What a TFLite file consists of: its operators, and a copy of it whose points lie elsewhere."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.tools import flatbuffer_utils as flatbuffer

from tf_facealign.errors import BadInput

ALLOWED = {
    *("ABS", "ADD", "CAST", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "DEQUANTIZE"),
    *("FLOOR", "FULLY_CONNECTED", "GATHER", "MAXIMUM", "MINIMUM", "MUL", "PACK", "QUANTIZE"),
    *("RELU", "RESHAPE", "STRIDED_SLICE", "SUB", "SUM"),
}
"""All that a cascade needs; LiteRT has each of them on every platform."""

_HEAD = "shape_px"  # the dense layer of GRegNet that gives the first shape


def operators_of(content: bytes) -> set[str]:
    """The kinds of operators in a file; those that are no builtin ones are called CUSTOM."""
    model = flatbuffer.read_model_from_bytearray(bytearray(content))
    return {
        str(flatbuffer.opcode_to_name(model, operator.opcodeIndex))
        for graph in model.subgraphs
        for operator in graph.operators
    }


def moved(content: bytes, offset_unit: float) -> bytes:
    """A copy of a file whose first shape lies elsewhere, by `offset_unit` in x and y.

    Raises:
        BadInput: no operator in it gives a first shape.
    """
    model = flatbuffer.read_model_from_bytearray(bytearray(content))
    found = False
    for graph in model.subgraphs:
        for operator in graph.operators:
            kind = flatbuffer.opcode_to_name(model, operator.opcodeIndex)
            name = graph.tensors[operator.outputs[0]].name.decode()
            if kind == "FULLY_CONNECTED" and _HEAD in name:
                _add_to_bias(model, graph, operator, offset_unit)
                found = True
    if not found:
        raise BadInput(f"no dense layer {_HEAD}: this is no cascade that we have converted")
    return bytes(flatbuffer.convert_object_to_bytearray(model))


def _add_to_bias(
    model: schema.ModelT, graph: schema.SubGraphT, operator: schema.OperatorT, offset: float
) -> None:
    count = int(graph.tensors[operator.outputs[0]].shape[-1])
    old = np.zeros(count, np.float32)
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        old = np.frombuffer(
            bytes(model.buffers[graph.tensors[operator.inputs[2]].buffer].data), np.float32
        )
    bias = schema.TensorT(name="moved_bias", shape=[count], type=schema.TensorType.FLOAT32)
    bias.buffer = len(model.buffers)
    model.buffers.append(schema.BufferT(data=list((old + np.float32(offset)).tobytes())))
    graph.tensors.append(bias)
    operator.inputs = [*operator.inputs[:2], len(graph.tensors) - 1]
