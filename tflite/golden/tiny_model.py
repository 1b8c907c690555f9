"""The model of the golden vectors: small, untrained, and moved by what it sees."""

from pathlib import Path

import keras
import numpy as np

from tf_facealign.export.quantization import quantize
from tf_facealign.export.tflite import convert
from tf_facealign.model_spec import ModelSpec, embed_spec
from tf_facealign.models.aligner import build_aligner

SCHEME = {
    "name": "five_points",
    "landmarks": [
        *("image_left_eye", "image_right_eye", "nose_tip"),
        *("image_left_mouth_corner", "image_right_mouth_corner"),
    ],
    "normalizers": {"inter_ocular": ["image_left_eye", "image_right_eye"]},
    "regions": {"eyes": ["image_left_eye", "image_right_eye"]},
    "lines": [["image_left_mouth_corner", "image_right_mouth_corner"]],
}
_MEAN_PX = np.array([[38, 45], [74, 45], [56, 65], [42, 85], [70, 85]])
_SPREAD_PX = 6.0
"""How far the crops of noise below move a landmark, so that a wrong pixel shows."""


def write_model(path: Path) -> None:
    """Write the model with its spec, float16."""
    keras.utils.set_random_seed(8)
    aligner = build_aligner(len(SCHEME["landmarks"]), width=0.05)
    _scale(aligner)
    path.write_bytes(quantize(convert(aligner), "float16", {}))
    spec = ModelSpec(
        "golden",
        SCHEME,
        112,
        (0.1, 0.1, 0.15, 0.05),
        licence="MIT",
        nme_percent={"none": 0.0},
        variant="float16",
        made_by="tflite/golden/make_golden.py",
    )
    embed_spec(path, spec)


def _scale(aligner: keras.Model) -> None:
    """Give the first shape a sensible mean and spread."""
    dense = aligner.get_layer("gregnet").get_layer("shape_px")
    noise = np.random.default_rng(0).uniform(0, 255, (16, 4, 4, 3))
    crops = np.stack([np.kron(each, np.ones((28, 28, 1))) for each in noise]).astype("float32")
    found = aligner.predict_on_batch(crops)["shape_0"]
    gain = _SPREAD_PX / 112 / found.std(0).mean()
    kernel, bias = dense.get_weights()
    centred = bias - 112 * found.mean(0).ravel()
    dense.set_weights([kernel * gain, centred * gain + _MEAN_PX.ravel()])
