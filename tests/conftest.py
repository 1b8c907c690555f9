"""Model files that several tests share; each is made once a run."""

import signal

import numpy as np
import pytest

from tf_facealign.model_spec import ModelSpec, embed_spec

SPEC = ModelSpec("dot", "ibug68", 112, (0.1, 0.1, 0.1, 0.1))


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard():
    """Also where the tests were started in the background, with SIGINT ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def dot_keras(tmp_path_factory, remake):
    """A model that finds the centre of what is bright, with all 68 landmarks (shape_2).

    Its shape_0 is the middle of the crop, its shape_1 a quarter from the left and the top.
    """
    path = tmp_path_factory.mktemp("models") / "dot.keras"
    remake(path)
    embed_spec(path, SPEC)
    return path


@pytest.fixture(scope="session")
def dot_tflite(dot_keras, remake):
    path = dot_keras.with_suffix(".tflite")
    remake(path)
    embed_spec(path, SPEC)
    return path


@pytest.fixture(scope="session")
def remake():
    """Writes the model of `dot_keras` without a spec; `offset` moves every landmark (unit)."""

    from tf_facealign.export.tflite import convert

    def write(path, offset=0.0):
        model = _dot_model(offset)
        if path.suffix == ".keras":
            model.save(path)
        else:
            path.write_bytes(convert(model))

    return write


def _dot_model(offset):
    import keras
    from keras import ops

    image = keras.Input((112, 112, 3), name="image")
    light = image[..., 0] + 1e-6
    unit = (np.arange(112, dtype="float32") + 0.5) / 112
    x = ops.sum(light * unit, (1, 2)) / ops.sum(light, (1, 2))
    y = ops.sum(light * unit[:, None], (1, 2)) / ops.sum(light, (1, 2))
    center = ops.stack([x, y], -1)[:, None] + np.full((68, 2), offset, "float32")
    return keras.Model(
        image, {"shape_0": center * 0 + 0.5, "shape_1": center * 0 + 0.25, "shape_2": center}
    )
