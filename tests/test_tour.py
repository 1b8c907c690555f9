"""docs/tour.md runs from top to bottom; the pictures of docs/gallery.md are there."""

import re
from pathlib import Path

import numpy as np
import pytest

from tf_facealign import face_crop
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.images import write_image
from tf_facealign.model_spec import ModelSpec, embed_spec

DOCS = Path(__file__).parent.parent / "docs"
TOUR = (DOCS / "tour.md").read_text("utf-8")
BOX_PX = [60, 65, 145, 152]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A drawn face, `photo.png` by another name, and a model that knows its shape."""
    (sample,) = synthetic_faces(1, get_scheme("ibug68"), seed=5, size=200)
    write_image(tmp_path / "photo.jpg", sample.image_rgb())
    write_constant_model(tmp_path / "300w.tflite", sample.landmarks_px)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_constant_model(path, landmarks_px):
    import keras

    from tf_facealign.export.tflite import convert

    affine = face_crop.crop_affine(BOX_PX, face_crop.Padding())
    shape = face_crop.landmarks_to_unit(landmarks_px, affine).astype("float32")
    image = keras.Input((112, 112, 3), name="image")
    nothing = keras.ops.mean(image, (1, 2, 3))[:, None, None] * 0
    path.write_bytes(convert(keras.Model(image, {"shape_0": nothing + shape[None]})))
    embed_spec(path, ModelSpec("300w", "ibug68", 112, (0.1, 0.1, 0.1, 0.1)))


@pytest.mark.usefixtures("folder")
def test_the_blocks_run_one_after_the_other():
    scope: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", TOUR, re.DOTALL | re.MULTILINE):
        exec(block, scope)
    # The drawn face looks down to the image left (docs/pictures/poses_and_chips.jpg, the third).
    assert -40 < scope["yaw"] < -10
    assert np.ptp(scope["chip"]) > 50
