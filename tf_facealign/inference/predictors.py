"""Running a model file on face crops, by LiteRT or by Keras; the two look alike from outside.

LiteRT runs `.tflite` files without TensorFlow and without Keras. LiteRT and Keras
are each imported only where they are used.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.model_spec import ModelSpec, read_spec
from tf_facealign.released_models import model_file

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


def load_predictor(path: str | Path, num_threads: int = 1) -> tuple[Predictor, ModelSpec]:
    """The predictor for a model file, and the spec inside it.

    Args:
        path: a `.tflite` file (needs neither TensorFlow nor Keras), a `.keras` file, or the name of
            a released model (`released_models.model_file`).
        num_threads: CPU threads LiteRT may use; Keras keeps to its backend's own setting.

    Raises:
        BadInput: the file is missing, damaged, without a spec, or does not fit its spec.
    """
    path = model_file(path)
    spec = read_spec(path)
    num_landmarks = get_scheme(spec.scheme).num_landmarks
    if path.suffix == ".keras":
        return KerasPredictor(path, spec.input_size, num_landmarks), spec
    return LiteRTPredictor(path, spec.input_size, num_landmarks, num_threads), spec


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
        self._path = path
        self._run, inputs, outputs = _open(path, num_threads)
        if len(inputs) != 1:
            raise BadInput(
                f"{path}: has {len(inputs)} inputs ({', '.join(inputs)}), expected one image"
            )
        if not outputs:
            raise BadInput(f"{path}: has no output")
        self._input = next(iter(inputs))
        self.stages = tuple(sorted(outputs, key=_stage_order))
        _check_tensor(path, self._input, inputs[self._input], (1, input_size, input_size, 3))
        for stage in self.stages:
            _check_tensor(path, stage, outputs[stage], (1, num_landmarks, 2))

    def __call__(self, crops: NDArray[np.uint8]) -> Stages:
        """See `Predictor`.

        Raises:
            BadInput: LiteRT cannot run the file.
        """
        images = [crop[None].astype(np.float32) for crop in crops]
        try:
            runs = [self._run(**{self._input: image}) for image in images]
        except (ValueError, RuntimeError) as error:
            raise BadInput(f"{self._path}: LiteRT cannot run it ({_one_line(error)})") from None
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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


Details = dict[str, dict[str, Any]]


def _open(path: Path, num_threads: int) -> tuple[Any, Details, Details]:
    """The signature for the smallest batch (a second one is for servers), its inputs, its outputs.

    Raises:
        BadInput: the file is no TFLite model, or has no signature.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(path), num_threads=num_threads)
        interpreter.allocate_tensors()
        names = interpreter.get_signature_list()
        runners = [interpreter.get_signature_runner(name) for name in names]
        found = [(run, run.get_input_details(), run.get_output_details()) for run in runners]
    except (ValueError, RuntimeError, LookupError):  # what damaged content makes of it
        raise BadInput(f"{path}: LiteRT cannot read it as a TFLite model") from None
    if not found:
        raise BadInput(f"{path}: has no signature, expected one that names its output")
    return min(found, key=lambda signature: _batch_size(signature[1]))


def _batch_size(inputs: Details) -> int:
    shapes = [details["shape"].tolist() for details in inputs.values()]
    return min((shape[0] for shape in shapes if shape), default=0)


def _check_tensor(
    path: Path, name: str, details: dict[str, Any], expected: tuple[int, ...]
) -> None:
    _check_shape(path, name, tuple(details["shape"].tolist()), expected)
    if details["dtype"] != np.float32:
        raise BadInput(f"{path}: {name} is {np.dtype(details['dtype']).name}, expected float32")


def _check_shape(path: Path, name: str, shape: Any, expected: tuple[int | None, ...]) -> None:
    if shape != expected:
        raise BadInput(f"{path}: {name} has the shape {shape}, expected {expected}")
