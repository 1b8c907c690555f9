import os

import numpy as np
import pytest

from tf_facealign.data.datasets import DATA_VARIABLE, load_faces
from tf_facealign.errors import BadInput
from tf_facealign.export.crops import crops_of, evenly
from tf_facealign.export.export import Options, export
from tf_facealign.export.operators import moved
from tf_facealign.export.running import predict_tflite, takes
from tf_facealign.export.verify import verify
from tf_facealign.model_spec import read_spec


def failed(found):
    return {gate.name for gate in found.failed}


def test_a_true_copy_passes(contents, aligner, spec, faces):
    found = verify(contents["float32"], aligner, spec, "float32", faces)
    assert failed(found) == set()
    assert {gate.name for gate in found.gates} == {
        *("operators", "parity", "nme", "far_away", "malformed_sizes", "batch")
    }
    assert found.mean_px < 1e-3
    assert found.nme_percent == pytest.approx(found.nme_keras_percent, rel=1e-4)


def test_each_gate_can_fail(contents, aligner, spec, faces):
    elsewhere = moved(contents["float32"], 0.5)
    found = verify(elsewhere, aligner, spec, "float32", faces)
    assert {"parity", "far_away", "batch"} <= failed(found)
    found = verify(contents["int8"], aligner, spec, "float32", faces)
    assert "parity" in failed(found)


def test_moved_moves_the_points(contents, faces, spec):
    crops = crops_of(faces[:1], spec)
    for content in contents.values():
        near, far = predict_tflite(content, crops), predict_tflite(moved(content, 3.0), crops)
        assert (far - near).min() > 2
        assert np.isfinite(far).all()


def test_only_its_own_image_size_is_taken(contents):
    for content in contents.values():
        assert takes(content, (1, 112, 112, 3))
        for shape in ((1, 111, 112, 3), (1, 224, 224, 3), (1, 112, 112, 1), (3, 112, 112, 3)):
            assert not takes(content, shape)


def test_the_spec_says_what_the_file_is(keras_file, faces, spec, tmp_path):
    path = tmp_path / "toy.tflite"
    found = export(keras_file, path, Options(licence="none"), faces, "synthetic test")
    written = read_spec(path)
    assert written.scheme == spec.scheme
    assert written.variant == "float32"
    assert written.licence == "none"
    assert written.made_by.startswith("tf_facealign ")
    assert written.nme_percent == {"synthetic test": pytest.approx(found.nme_percent, abs=1e-4)}
    path.write_bytes(path.read_bytes().replace(b"image", b"imagf", 1))
    with pytest.raises(BadInput, match="sha256"):
        read_spec(path)


def test_a_file_that_fails_is_written_only_by_force(
    keras_file, contents, faces, tmp_path, monkeypatch
):
    from tf_facealign.export import export as module

    wrong = moved(contents["float32"], 0.1)
    monkeypatch.setattr(module, "convert", lambda *_, **__: wrong)
    with pytest.raises(BadInput, match="not written: float32 fails parity"):
        export(keras_file, tmp_path / "m.tflite", Options(), faces, "synthetic test")
    assert list(tmp_path.iterdir()) == []
    found = export(keras_file, tmp_path / "m.tflite", Options(force=True), faces, "synthetic test")
    assert "parity" in failed(found)
    assert (tmp_path / "m.tflite").exists()


def test_bad_input_leaves_nothing_behind(keras_file, faces, tmp_path):
    cases = [
        ({"model_path": tmp_path / "absent.keras"}, "no such model file"),
        ({"model_path": __file__}, "not a model of ours"),
        ({"options": Options("int4")}, "unknown variant 'int4'"),
        ({"options": Options("int8")}, "needs face crops"),
        ({"options": Options(batch=0)}, "no batch"),
        ({"output_path": tmp_path / "model.onnx"}, "ends in .tflite"),
    ]
    for change, message in cases:
        arguments = {
            "model_path": keras_file,
            "output_path": tmp_path / "m.tflite",
            "options": Options(),
            **change,
        }
        with pytest.raises(BadInput, match=message):
            export(**arguments, faces=faces, dataset="synthetic test")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.dataset
def test_real_faces(contents, aligner, spec):
    if DATA_VARIABLE not in os.environ:
        pytest.skip(f"set {DATA_VARIABLE} to the folder that holds 300w/")
    real = evenly(load_faces("300w", split="lfpw_test"), 16)
    crops = crops_of(real, spec)
    expected = aligner.predict(crops.astype("float32"), verbose=0)["shape_2"]
    np.testing.assert_allclose(predict_tflite(contents["float32"], crops), expected, atol=1e-4)
