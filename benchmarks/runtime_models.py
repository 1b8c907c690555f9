"""One cascade in other runtimes: converted by their own tools, quantised by their own tools.

Every function gives a call: crop (1, 112, 112, 3) float32 → shape (1, L, 2). All use one thread.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.float32]
Call = Callable[[Images], NDArray[np.float32]]
_ARITHMETIC = ["Add", "Subtract", "Multiply", "MatMul", "Gather", "ReduceSum"]


def write_onnx(function: Any, path: Path) -> None:
    """Convert a traced `tf.function` of one image, by tf2onnx."""
    import tf2onnx

    signature = function.input_signature
    tf2onnx.convert.from_function(function, signature, opset=17, output_path=str(path))


def litert(content: bytes) -> Call:
    """A `.tflite` model in LiteRT, with XNNPACK as it comes."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    run = interpreter.get_signature_runner()
    return lambda image: next(iter(run(image=image).values()))


def onnx_runtime(path: Path) -> Call:
    """An ONNX file in ONNX Runtime, all its graph optimisations on."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda image: session.run(None, {name: image})[0]


def onnx_runtime_int8(path: Path, crops: Images, output: Path, all_operators: bool) -> Call:
    """ONNX Runtime's static quantisation: QDQ, weights by channel, activations unsigned.

    Its convolutions take half as long with unsigned activations as with signed ones.

    Args:
        path: the float32 ONNX file.
        crops: (N, 112, 112, 3), to calibrate with.
        output: the ONNX file to write.
        all_operators: quantise all that it can, its default; else the convolutions.
    """
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Crops(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            self._rest = iter([{name: crop[None]} for crop in crops])

        def get_next(self) -> Any:
            return next(self._rest, None)

    ready = output.with_suffix(".ready.onnx")
    quant_pre_process(str(path), str(ready), skip_symbolic_shape=True)
    reader = Crops(_input_name(ready))
    quantize_static(
        str(ready),
        str(output),
        reader,
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=None if all_operators else ["Conv"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
    )
    return onnx_runtime(output)


def openvino(model: Any) -> Call:
    """A model in OpenVINO; float32 stays float32 where the processor has bfloat16 too."""
    import openvino as ov

    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    request = ov.Core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda image: next(iter(request.infer([image]).values()))


def openvino_int8(path: Path, crops: Images, all_operators: bool) -> Call:
    """OpenVINO's static quantisation, NNCF: weights by channel; see `onnx_runtime_int8`."""
    import nncf
    import openvino as ov

    model = ov.Core().read_model(path)
    data = nncf.Dataset([crop[None] for crop in crops])
    left_out = None if all_operators else nncf.IgnoredScope(types=_ARITHMETIC, validate=False)
    return openvino(nncf.quantize(model, data, subset_size=len(crops), ignored_scope=left_out))


def _input_name(path: Path) -> str:
    import onnx

    return onnx.load(str(path)).graph.input[0].name
