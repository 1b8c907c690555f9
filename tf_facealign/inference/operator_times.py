"""What each operator of a `.tflite` file takes, one thread.

LiteRT's Python package has no profiler, so each operator becomes a model of its own, which is
timed on what it gets inside the whole one. What a runtime gains by fusing neighbours is therefore
missing: the sum may exceed the time of the whole. TensorFlow's benchmark tool has a profiler (see
`android_benchmark`).
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tf_facealign.errors import BadInput


@dataclass(frozen=True)
class OperatorTime:
    """All operators of one kind.

    Attributes:
        operator: the kind, as TFLite calls it.
        count: how many the model has.
        cpu_ms: the sum of their median processor times.
    """

    operator: str
    count: int
    cpu_ms: float


def operator_times(path: str | Path, runs: int = 20) -> list[OperatorTime]:
    """Time the operators of a model's first subgraph, the slowest kind first.

    Args:
        path: a `.tflite` file.
        runs: timed runs of each operator.

    Raises:
        BadInput: the file is missing or no TFLite model.
    """
    times: dict[str, list[float]] = defaultdict(list)
    parts = list(one_operator_models(path))
    whole = _run_once(path)
    for part in parts:
        times[part.operator].append(_time(part, whole, runs))
    rows = [OperatorTime(operator, len(each), sum(each)) for operator, each in times.items()]
    return sorted(rows, key=lambda row: -row.cpu_ms)


@dataclass(frozen=True)
class Part:
    """A model of one operator.

    Attributes:
        operator: its kind.
        content: the `.tflite` model.
        inputs: the tensors of the whole model that its inputs are, in order.
        outputs: likewise.
    """

    operator: str
    content: bytes
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def one_operator_models(path: str | Path) -> Iterator[Part]:
    """The operators of a model's first subgraph, in the order they run.

    Weights that an operator expands first (float16 to float32) stay with the operator that uses
    them: a runtime expands them once, when it loads the model.
    """
    from ai_edge_litert import schema_py_generated as schema

    model = _parse(path)
    graph = model.subgraphs[0]
    kinds = {value: name for name, value in vars(schema.BuiltinOperator).items() if name.isupper()}
    expands = {
        operator.outputs[0]: operator
        for operator in graph.operators
        if kinds[_code(model, operator)] == "DEQUANTIZE"
        and _is_constant(model, graph, operator.inputs[0])
    }
    for operator in graph.operators:
        if operator.outputs[0] in expands:
            continue
        before = [expands[tensor] for tensor in operator.inputs if tensor in expands]
        yield _part(kinds[_code(model, operator)], model, graph, [*before, operator])


def _parse(path: str | Path) -> Any:
    from ai_edge_litert import schema_py_generated as schema

    try:
        content = Path(path).read_bytes()
        model = schema.ModelT.InitFromPackedBuf(content, 0)
    except OSError as error:
        raise BadInput(f"{path}: cannot read it ({error.strerror})") from None
    except Exception:  # a damaged flatbuffer makes its reader fail in every way there is
        raise BadInput(f"{path}: not a TFLite model") from None
    for buffer in model.buffers:
        if buffer.offset > 1:  # its data lies behind the flatbuffer
            buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return model


def _part(kind: str, model: Any, graph: Any, operators: list[Any]) -> Part:
    from ai_edge_litert import schema_py_generated as schema

    read = {tensor for operator in operators for tensor in operator.inputs if tensor >= 0}
    written = {tensor for operator in operators for tensor in operator.outputs}
    inputs = [t for t in sorted(read - written) if not _is_constant(model, graph, t)]
    part, alone = schema.ModelT(), schema.SubGraphT()
    part.version, part.operatorCodes, part.subgraphs = 3, model.operatorCodes, [alone]
    numbers = {tensor: number for number, tensor in enumerate(sorted(read | written))}
    part.buffers = [schema.BufferT()]
    alone.tensors = [_tensor(model, graph.tensors[tensor], part) for tensor in numbers]
    alone.inputs = [numbers[tensor] for tensor in inputs]
    alone.outputs = [numbers[tensor] for tensor in operators[-1].outputs]
    alone.operators = [_renumbered(operator, numbers) for operator in operators]
    return Part(kind, _pack(part), tuple(inputs), tuple(operators[-1].outputs))


def _tensor(model: Any, tensor: Any, part: Any) -> Any:
    """A copy of the tensor whose buffer is one of `part`; the first one is empty."""
    import copy

    tensor = copy.copy(tensor)
    buffer = model.buffers[tensor.buffer]
    tensor.buffer = 0
    if buffer.data is not None and len(buffer.data):
        part.buffers.append(buffer)
        tensor.buffer = len(part.buffers) - 1
    return tensor


def _renumbered(operator: Any, numbers: dict[int, int]) -> Any:
    import copy

    operator = copy.copy(operator)
    operator.inputs = [numbers.get(tensor, -1) for tensor in operator.inputs]
    operator.outputs = [numbers[tensor] for tensor in operator.outputs]
    operator.intermediates = []
    return operator


def _is_constant(model: Any, graph: Any, tensor: int) -> bool:
    data = model.buffers[graph.tensors[tensor].buffer].data
    return data is not None and len(data) > 0


def _code(model: Any, operator: Any) -> int:
    code = model.operatorCodes[operator.opcodeIndex]
    # Old files have the kind in a byte, newer kinds do not fit into it.
    return max(code.builtinCode, code.deprecatedBuiltinCode)


def _pack(model: Any) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _run_once(path: str | Path) -> Any:
    """An interpreter that has seen noise and still has what every tensor held."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    whole = Interpreter(
        model_path=str(path),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    whole.allocate_tensors()
    generator = np.random.default_rng(0)
    for details in whole.get_input_details():
        noise = generator.uniform(0, 255, details["shape"]).astype(details["dtype"])
        whole.set_tensor(details["index"], noise)
    whole.invoke()
    return whole


def _time(part: Part, whole: Any, runs: int) -> float:
    """Median processor time of one run in milliseconds."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=part.content, num_threads=1)
    interpreter.allocate_tensors()
    for details, tensor in zip(interpreter.get_input_details(), part.inputs, strict=True):
        interpreter.set_tensor(details["index"], whole.get_tensor(tensor))
    times = []
    for _ in range(runs + 1):  # the first one does not count
        start = time.thread_time()
        interpreter.invoke()
        times.append(time.thread_time() - start)
    return 1e3 * float(np.median(times[1:]))
