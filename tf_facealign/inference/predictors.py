"""Running a model file on face crops, by LiteRT or by Keras; the two look alike from outside.

LiteRT runs `.tflite` files without TensorFlow and without Keras. LiteRT and Keras
are each imported only where they are used.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput

Stages = dict[str, NDArray[np.float32]]
_KERAS_BATCH = 32


class Predictor(Protocol):
    """A model that is ready to run; used by one thread at a time.

    Attributes:
        stages: the names of its outputs in the order of the cascade; the last one is the answer.
    """

    stages: tuple[str, ...]

    def __call__(self, crops: NDArray[np.uint8]) -> Stages:
        """Predict the shapes in crops (K, S, S, 3) RGB.

        Returns:
            For each of `stages`, in that order, shapes (K, L, 2) in unit coordinates of the crop.
        """
        ...


class LiteRTPredictor:
    """A `.tflite` file, run by LiteRT on the CPU, crop by crop (the file has a fixed batch of one).

    Args:
        path: the model file.
        input_size: side S of its crops in pixels.
        num_landmarks: L, what each of its outputs must have.
        num_threads: CPU threads of one run.

    Raises:
        BadInput: the file is no TFLite model, or its input or output does not fit.
    """

    def __init__(
        self, path: Path, input_size: int, num_landmarks: int, num_threads: int = 1
    ) -> None:
        self._run = _signature_runner(path, num_threads)
        inputs, outputs = self._run.get_input_details(), self._run.get_output_details()
        if len(inputs) != 1:
            raise BadInput(
                f"{path}: has {len(inputs)} inputs ({', '.join(inputs)}), expected one image"
            )
        self._input = next(iter(inputs))
        self.stages = tuple(sorted(outputs, key=_stage_order))
        _check_tensor(path, self._input, inputs[self._input], (1, input_size, input_size, 3))
        for stage in self.stages:
            _check_tensor(path, stage, outputs[stage], (1, num_landmarks, 2))

    def __call__(self, crops: NDArray[np.uint8]) -> Stages:
        """See `Predictor`."""
        runs = [self._run(**{self._input: crop[None].astype(np.float32)}) for crop in crops]
        return {stage: np.concatenate([run[stage] for run in runs]) for stage in self.stages}


class KerasPredictor:
    """A `.keras` file, run by Keras in batches.

    Args:
        path: the model file.
        input_size: side S of its crops in pixels.
        num_landmarks: L, what each of its outputs must have.

    Raises:
        BadInput: Keras cannot load the file, or its input or output does not fit.
    """

    def __init__(self, path: Path, input_size: int, num_landmarks: int) -> None:
        from tf_facealign.models.loading import load_model

        self._model = load_model(path)
        outputs = self._model.output
        if not isinstance(outputs, dict) or not outputs:
            raise BadInput(f"{path}: its output is no dict of stages such as shape_0")
        self.stages = tuple(sorted(outputs, key=_stage_order))
        _check_shape(path, "input", self._model.input_shape, (None, input_size, input_size, 3))
        for stage, output in outputs.items():
            _check_shape(path, stage, output.shape, (None, num_landmarks, 2))

    def __call__(self, crops: NDArray[np.uint8]) -> Stages:
        """See `Predictor`."""
        starts = range(0, len(crops), _KERAS_BATCH)
        runs = [
            self._model.predict_on_batch(crops[i : i + _KERAS_BATCH].astype(np.float32))
            for i in starts
        ]
        return {stage: np.concatenate([run[stage] for run in runs]) for stage in self.stages}


def _stage_order(stage: str) -> tuple[int, str]:
    """Sorts shape_2 before shape_10."""
    number = stage.rpartition("_")[2]
    return (int(number) if number.isdigit() else 0, stage)


def _signature_runner(path: Path, num_threads: int) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(path), num_threads=num_threads)
        interpreter.allocate_tensors()
        signatures = interpreter.get_signature_list()
    except (ValueError, RuntimeError):
        raise BadInput(f"{path}: LiteRT cannot read it as a TFLite model") from None
    if len(signatures) != 1:
        raise BadInput(
            f"{path}: has {len(signatures)} signatures, expected one that names its output"
        )
    return interpreter.get_signature_runner()


def _check_tensor(
    path: Path, name: str, details: dict[str, Any], expected: tuple[int, ...]
) -> None:
    _check_shape(path, name, tuple(details["shape"].tolist()), expected)
    if details["dtype"] != np.float32:
        raise BadInput(f"{path}: {name} is {np.dtype(details['dtype']).name}, expected float32")


def _check_shape(path: Path, name: str, shape: Any, expected: tuple[int | None, ...]) -> None:
    if shape != expected:
        raise BadInput(f"{path}: {name} has the shape {shape}, expected {expected}")
