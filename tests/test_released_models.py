"""Models by name, and the models that are released."""

import json
import shutil

import numpy as np
import pytest

from tf_facealign import FaceAligner, get_scheme, released_models
from tf_facealign.cli import main
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.head_pose import head_pose
from tf_facealign.metrics import nme
from tf_facealign.model_spec import content_sha256
from tf_facealign.released_models import DEFAULT_MODEL, DEFAULT_VARIANT, model_file, released_names


@pytest.fixture
def released(tmp_path, monkeypatch, dot_tflite):
    """A folder of released models that holds one, in one variant."""
    folder = tmp_path / "dot"
    folder.mkdir()
    shutil.copy(dot_tflite, folder / "int8.tflite")
    spec = {"sha256": {"int8.tflite": content_sha256(dot_tflite)}}
    (folder / "model_spec.json").write_text(json.dumps(spec))
    monkeypatch.setattr(released_models, "FOLDER", tmp_path)
    return folder


def test_a_path_stands_for_itself(released):
    assert str(model_file("no/such.keras")) == "no/such.keras"
    assert str(model_file("dot.tflite")) == "dot.tflite"


def test_a_name_stands_for_its_default_variant(released):
    assert model_file("dot") == model_file("dot/int8") == released / "int8.tflite"
    assert FaceAligner.load("dot").spec.name == "dot"


def test_a_folder_of_the_same_name_is_no_obstacle(released, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where the folder `dot` lies, as a dataset `300w` might
    assert model_file("dot") == released / "int8.tflite"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dog", r"neither a .tflite or .keras file nor a released model \(dot\)"),
        ("", "nor a released model"),
        ("../dot", "nor a released model"),
        ("dot/int4", "no such variant; there are dot/int8"),
        ("dot/../dot/int8", "no such variant"),
    ],
)
def test_what_is_not_there_is_refused(released, name, words):
    with pytest.raises(BadInput, match=words):
        model_file(name)


def test_another_file_in_its_place_is_refused(released, dot_tflite):
    """It is whole, so only its sha256 tells."""
    with (released / "int8.tflite").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BadInput, match=r"int8\.tflite: not the released file"):
        FaceAligner.load("dot")
    (released / "int8.tflite").unlink()
    with pytest.raises(BadInput, match=r"int8\.tflite: cannot read"):
        FaceAligner.load("dot")


def test_commands_know_the_name(released, capsys):
    assert main(["info", "--model", "dot"]) == 0
    assert "ibug68" in capsys.readouterr().out
    assert main(["benchmark", "--model", "dot", "--runs", "1"]) == 0
    assert capsys.readouterr().out.startswith("dot\n")
    assert main(["predict", "--model", "dog", "photo.jpg"]) == 2
    assert "nor a released model (dot)" in capsys.readouterr().err


@pytest.mark.parametrize("name", released_names())
def test_every_released_file_loads(name):
    spec = json.loads((released_models.FOLDER / name / "model_spec.json").read_text())
    variants = [file.removesuffix(".tflite") for file in spec["sha256"]]
    assert DEFAULT_VARIANT in variants
    for variant in variants:
        aligner = FaceAligner.load(f"{name}/{variant}")
        assert (aligner.spec.name, aligner.spec.variant) == (name, variant)
        assert aligner.spec.nme_percent == spec["nme_percent"][variant]
        assert "non-commercial" in aligner.spec.licence


@pytest.mark.parametrize("name", released_names())
def test_released_files_find_the_landmarks_of_drawn_faces(name):
    """They have only seen photos: the first released errs by 4.9 % here, by 3.4 % on photos."""
    scheme = get_scheme("ibug68")
    drawn = synthetic_faces(40, scheme, seed=5)
    truth = np.stack([face.landmarks_px for face in drawn])
    found = {
        variant: np.stack([_found(aligner, face) for face in drawn])
        for variant in ("int8", "dynamic_int8", "float16")
        for aligner in [FaceAligner.load(f"{name}/{variant}")]
    }
    distance_px = scheme.normalizer_distance(truth, "inter_ocular")
    assert np.median(nme(truth, found["float16"], distance_px)) < 0.07
    for variant in ("int8", "dynamic_int8"):
        assert np.median(nme(found["float16"], found[variant], distance_px)) < 0.005
    turned = [
        abs(head_pose(shape, scheme).yaw - head_pose(true, scheme).yaw)
        for shape, true in zip(found["int8"], truth, strict=True)
    ]
    assert np.median(turned) < 3
    assert np.quantile(turned, 0.9) < 7


def _found(aligner, face):
    return aligner(face.image_rgb(), [face.box_px])[0].landmarks_px


def test_the_default_model_is_released():
    assert DEFAULT_MODEL in released_names()


def test_released_models_fit_into_60_mb():
    files = released_models.FOLDER.rglob("*")
    assert sum(file.stat().st_size for file in files if file.is_file()) < 60e6
