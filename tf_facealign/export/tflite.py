"""The cascade as a TFLite file of builtin operators, float32; `quantization` shrinks it."""

import tempfile

import keras
import tensorflow as tf

from tf_facealign.export.deployment import Deployment
from tf_facealign.face_crop import CROP_SIZE

SINGLE, BATCH = "serving_default", "batch"
"""The signatures: one crop, and a fixed number of crops at once."""


def convert(aligner: keras.Model, batch: int = 1, depthwise: bool = True) -> bytes:
    """Convert a cascade to TFLite, float32.

    Each signature takes `image` (B, 112, 112, 3) float32 RGB in 0..255 and gives the last stage
    under its own name, `shape_T`: (B, L, 2) float32 in unit coordinates.

    Args:
        aligner: from `models.build_aligner`.
        batch: above 1, a second signature takes that many crops; both share the weights.
        depthwise: see `Deployment`; false for what will be quantised to integers.
    """
    deployment = Deployment(aligner, depthwise)
    sizes = {SINGLE: 1} if batch == 1 else {SINGLE: 1, BATCH: batch}
    archive = keras.export.ExportArchive()
    archive.track(deployment.features)
    for name, size in sizes.items():
        image = tf.TensorSpec((size, CROP_SIZE, CROP_SIZE, 3), tf.float32, "image")
        archive.add_endpoint(name, deployment.__call__, [image])
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(sizes))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return converter.convert()
