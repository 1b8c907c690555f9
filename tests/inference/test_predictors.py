"""Running model files, and refusing what is none."""

import dataclasses

import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.predictors import KerasPredictor, LiteRTPredictor
from tf_facealign.model_spec import ModelSpec, embed_spec

SPEC = ModelSpec("dot", "ibug68", 112, (0.1, 0.1, 0.1, 0.1))


def test_litert_and_keras_agree_on_the_whole_cascade(tmp_path):
    from tf_facealign.export.tflite import convert
    from tf_facealign.models.aligner import build_aligner

    model = build_aligner(68, width=0.05)
    randomize(model)
    model.save(tmp_path / "m.keras")
    (tmp_path / "m.tflite").write_bytes(convert(model))
    crops = np.random.default_rng(0).integers(0, 256, (3, 112, 112, 3), np.uint8)
    by_keras = KerasPredictor(tmp_path / "m.keras", 112, 68)
    by_litert = LiteRTPredictor(tmp_path / "m.tflite", 112, 68)
    assert by_keras.stages == ("shape_0", "shape_1", "shape_2")
    assert by_litert.stages == ("shape_2",)
    shapes = by_keras(crops)["shape_2"]
    assert np.ptp(shapes, axis=0).max() > 1e-3  # the crops differ, and so do their shapes
    np.testing.assert_allclose(by_litert(crops)["shape_2"], shapes, atol=1e-5)


def randomize(model):
    """Untrained last layers are zero; give every weight something to say."""
    generator = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(generator.normal(0, 0.1, weight.shape))


def test_several_threads_give_the_same(dot_tflite):
    crops = np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), np.uint8)
    one, two = (LiteRTPredictor(dot_tflite, 112, 68, num_threads)(crops) for num_threads in (1, 2))
    np.testing.assert_allclose(one["shape_2"], two["shape_2"], atol=1e-6)


@pytest.mark.parametrize("suffix", [".keras", ".tflite"])
@pytest.mark.parametrize("content", [b"", b"no model at all" * 100])
def test_refuses_a_file_that_is_no_model(tmp_path, suffix, content):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    refused(path)
    embed_spec(path, SPEC)  # the spec alone makes no model
    refused(path)


@pytest.mark.parametrize("model", ["dot_keras", "dot_tflite"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_refuses_a_truncated_model(tmp_path, request, model, share):
    whole = request.getfixturevalue(model)
    path = tmp_path / whole.name
    path.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    refused(path)


def test_refuses_a_missing_file_and_another_format(tmp_path):
    refused(tmp_path / "none.tflite")
    refused(tmp_path / "model.onnx")
    refused(tmp_path)


@pytest.mark.parametrize("model", ["dot_keras", "dot_tflite"])
@pytest.mark.parametrize(
    "change", [{"scheme": "wflw98"}, {"scheme": "no such"}, {"input_size": 128}]
)
def test_refuses_a_model_that_does_not_fit_its_spec(tmp_path, request, remake, model, change):
    whole = request.getfixturevalue(model)
    path = tmp_path / whole.name
    remake(path)
    embed_spec(path, dataclasses.replace(SPEC, **change))
    refused(path)


def test_refuses_landmarks_that_are_not_numbers(tmp_path, remake):
    path = tmp_path / "nan.keras"
    remake(path, offset=np.nan)
    embed_spec(path, SPEC)
    with pytest.raises(BadInput, match="not finite"):
        FaceAligner.load(path)(np.zeros((20, 20, 3), np.uint8), [[0, 0, 9, 9]])


def test_refuses_a_keras_file_with_code_in_it(tmp_path):
    import keras

    image = keras.Input((112, 112, 3))
    shape = keras.layers.Lambda(lambda x: x[:, :68, :2, 0], output_shape=(68, 2))(image)
    path = tmp_path / "code.keras"
    keras.Model(image, {"shape_0": shape}).save(path)
    embed_spec(path, SPEC)
    refused(path)


def refused(path):
    """One line that names the file."""
    with pytest.raises(BadInput) as refusal:
        FaceAligner.load(path)
    message = str(refusal.value)
    assert str(path) in message
    assert "\n" not in message
