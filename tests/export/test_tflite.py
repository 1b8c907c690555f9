"""The file is judged on a cascade with weights that move its points as a trained one does."""

import os
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import DATA_VARIABLE, load_faces
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.export.tflite import convert, export_tflite
from tf_facealign.face_crop import Padding, crop_affine, cut
from tf_facealign.model_spec import ModelSpec, embed_spec, read_spec
from tf_facealign.models.aligner import build_aligner, set_mean_shape

SCHEME = get_scheme("wflw98")
SPEC = ModelSpec("test", SCHEME.name, 112, (0.1, 0.1, 0.1, 0.1))

BUILTINS = {
    *("ABS", "ADD", "BATCH_MATMUL", "CAST", "CONV_2D", "DEPTHWISE_CONV_2D", "FLOOR"),
    *("FULLY_CONNECTED", "GATHER", "LESS", "MAXIMUM", "MINIMUM", "MUL", "RELU", "RESHAPE"),
    *("SELECT", "SELECT_V2", "STRIDED_SLICE", "SUB"),
}


@pytest.fixture(scope="module")
def model():
    model = build_aligner(SCHEME.num_landmarks, width=0.25)
    rng = np.random.default_rng(0)
    set_mean_shape(model, rng.uniform(-0.5, 1.5, (SCHEME.num_landmarks, 2)))  # many outside
    for weight in model.weights:
        if weight.path.endswith("shape_px/kernel"):
            weight.assign(rng.normal(0, 0.3, weight.shape))
        if weight.path.endswith("dense_kernel"):  # ΔS of a few pixels
            weight.assign(rng.normal(0, 0.1, weight.shape))
    return model


@pytest.fixture(scope="module")
def content(model):
    return convert(model)


@pytest.fixture(scope="module")
def keras_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "model.keras"
    model.save(path)
    embed_spec(path, SPEC)
    return path


def drawn_faces():
    return synthetic_faces(8, SCHEME)


def real_faces():
    if DATA_VARIABLE not in os.environ:
        pytest.skip(f"set {DATA_VARIABLE} to the folder that holds 300w/")
    return load_faces("300w", split="lfpw_test")[:32]


def crops(faces):
    cuts = [cut(face.image_rgb(), crop_affine(face.box_px, Padding())) for face in faces]
    return np.stack(cuts).astype("float32")


def lite_shapes(interpreter, images):
    run = interpreter.get_signature_runner()
    return np.concatenate([run(image=image[None])["shape_2"] for image in images])


@pytest.mark.parametrize(
    "faces", [drawn_faces, pytest.param(real_faces, marks=pytest.mark.dataset)]
)
def test_equals_keras_also_outside_the_crop(model, content, faces):
    images = crops(faces())
    interpreter = Interpreter(model_content=content)
    expected = model.predict(images, verbose=0)
    assert expected["shape_2"].min() < -0.3
    assert expected["shape_2"].max() > 1.3
    assert np.abs(expected["shape_2"] - expected["shape_0"]).max() > 1 / 112
    np.testing.assert_allclose(lite_shapes(interpreter, images), expected["shape_2"], atol=1e-4)


def test_has_builtin_operators_only(content):
    # Delegates would hide the operators they take over.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    used = {details["op_name"] for details in interpreter._get_ops_details()}
    assert used <= BUILTINS, used - BUILTINS


def test_contract_of_the_file(content):
    interpreter = Interpreter(model_content=content)
    assert interpreter.get_signature_list() == {
        "serving_default": {"inputs": ["image"], "outputs": ["shape_2"]}
    }
    (image,), (shape,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert tuple(image["shape"]) == (1, 112, 112, 3)
    assert tuple(shape["shape"]) == (1, 98, 2)
    assert image["dtype"] == shape["dtype"] == np.float32


def test_spec_travels_along(keras_file, tmp_path):
    export_tflite(keras_file, tmp_path / "m.tflite")
    assert read_spec(tmp_path / "m.tflite") == SPEC
    Interpreter(model_path=str(tmp_path / "m.tflite")).allocate_tensors()


def test_gregnet_alone_is_exported_as_its_only_stage(tmp_path):
    content = convert(build_aligner(5, width=0.1, num_refinements=0))
    signature = Interpreter(model_content=content).get_signature_list()["serving_default"]
    assert signature["outputs"] == ["shape_0"]


def test_bad_input_leaves_nothing_behind(keras_file, tmp_path):
    cases = [
        ({"model_path": tmp_path / "absent.keras"}, "no such model file"),
        ({"model_path": Path(__file__)}, "not a model of ours"),
        ({"variant": "int4"}, "unknown variant 'int4'"),
        ({"output_path": tmp_path / "model.onnx"}, "ends in .tflite"),
    ]
    for change, message in cases:
        arguments = {"model_path": keras_file, "output_path": tmp_path / "m.tflite", **change}
        with pytest.raises(BadInput, match=message):
            export_tflite(**arguments)
    assert os.listdir(tmp_path) == []
