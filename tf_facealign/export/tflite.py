"""The cascade as one TFLite file of builtin operators: one crop in, the final shape out."""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing
from tf_facealign.model_spec import embed_spec, read_spec
from tf_facealign.models.loading import load_model


def export_tflite(
    model_path: str | Path, output_path: str | Path, variant: str = "float32"
) -> None:
    """Convert a trained `.keras` file; the spec inside it goes along.

    The file's one signature takes `image` (1, 112, 112, 3) float32 RGB in 0..255 and gives the last
    stage under its own name, `shape_T`: (1, L, 2) float32 in unit coordinates.

    Args:
        model_path: written by training.
        output_path: a `.tflite` file; appears whole or not at all.
        variant: "float32".

    Raises:
        BadInput: the model is missing, damaged or without a spec, or the output cannot be written.
    """
    if variant != "float32":
        raise BadInput(f"unknown variant {variant!r}; known: float32")
    if Path(output_path).suffix != ".tflite":
        raise BadInput(f"{output_path}: the name of a TFLite file ends in .tflite")
    if keras.backend.backend() != "tensorflow":
        raise BadInput("export needs KERAS_BACKEND=tensorflow")
    spec = read_spec(model_path)
    content = convert(load_model(model_path))
    with replacing(output_path) as temporary:
        temporary.write_bytes(content)
        embed_spec(temporary, spec)


def convert(aligner: keras.Model) -> bytes:
    """Convert a cascade to TFLite, float32.

    Args:
        aligner: from `models.build_aligner`.
    """
    last = max(aligner.output)  # of shape_0 … shape_T
    answer = keras.Model(aligner.input, {last: aligner.output[last]})
    image = keras.InputSpec(dtype="float32", shape=(1, *aligner.input_shape[1:]), name="image")
    with tempfile.TemporaryDirectory() as folder:
        answer.export(folder, format="tf_saved_model", input_signature=[image], verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return converter.convert()
