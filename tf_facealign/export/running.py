"""Running a model on face crops, before it is written to a file."""

import contextlib
from collections.abc import Iterator

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from tf_facealign.export.tflite import SINGLE
from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.models.aligner import is_stage
from tf_facealign.models.branches import shape_heads

Points = NDArray[np.float32]


def predict_keras(aligner: keras.Model, crops: NDArray[np.uint8]) -> Points:
    """The last stage of a model for crops (N, S, S, 3): (N, L, 2) in unit coordinates."""
    answer = max(filter(is_stage, aligner.output))
    starts = range(0, len(crops), 32)
    runs = [aligner.predict_on_batch(crops[i : i + 32].astype(np.float32)) for i in starts]
    return np.concatenate([run[answer] for run in runs])


def predict_tflite(content: bytes, crops: NDArray[np.uint8], signature: str = SINGLE) -> Points:
    """The same of a file; the last batch is filled up with other crops."""
    run = Interpreter(model_content=content, num_threads=2).get_signature_runner(signature)
    (image,) = run.get_input_details().values()
    size = int(image["shape"][0])
    whole = -(-len(crops) // size)
    images = np.resize(crops, (whole, size, *crops.shape[1:])).astype(np.float32)
    shapes = np.concatenate([next(iter(run(image=image).values())) for image in images])
    return shapes[: len(crops)]


def signatures_of(content: bytes) -> list[str]:
    """The names of the signatures of a file."""
    return list(Interpreter(model_content=content).get_signature_list())


def takes(content: bytes, shape: tuple[int, ...]) -> bool:
    """Whether a file gives an answer to an image of that shape."""
    try:
        run = Interpreter(model_content=content).get_signature_runner(SINGLE)
        run(image=np.zeros(shape, np.float32))
    except (ValueError, RuntimeError):
        return False
    return True


@contextlib.contextmanager
def moved_start(aligner: keras.Model, offset_unit: float) -> Iterator[None]:
    """While it lasts the first shape lies elsewhere, by `offset_unit` in x and y."""
    biases = [head.bias for head in shape_heads(aligner)]
    before = [np.array(bias) for bias in biases]
    for bias in biases:
        bias.assign(bias + offset_unit * CROP_SIZE)
    try:
        yield
    finally:
        for bias, value in zip(biases, before, strict=True):
            bias.assign(value)
