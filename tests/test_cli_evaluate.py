"""`facealign evaluate`: models and predictions of others through the same code."""

import json

import numpy as np
import pytest

from tf_facealign import cli
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.folder import write_folder
from tf_facealign.data.synthetic_faces import synthetic_faces


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    write_folder(folder, synthetic_faces(4, get_scheme("ibug68"), seed=3))
    return folder


@pytest.fixture
def evaluate(folder, tmp_path, capsys):
    """Runs the command on the folder; gives the JSON and what was printed."""

    def run(*arguments):
        out = tmp_path / "scores.json"
        words = ["evaluate", "--dataset", "folder", "--root", folder, "--json", out, *arguments]
        assert cli.main([str(word) for word in words]) == 0
        return json.loads(out.read_text()), capsys.readouterr().out

    return run


@pytest.fixture
def refusal(folder, capsys):
    """The one line that the failing command writes to stderr."""

    def run(*arguments):
        words = ["evaluate", "--dataset", "folder", "--root", folder, *arguments]
        assert cli.main([str(word) for word in words]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return run


@pytest.fixture(scope="module")
def others(folder):
    """A file of another system: every point 3 px to the right of the true one."""
    faces = load_faces("folder", folder)
    right = np.array([3.0, 0.0])
    points = {face.name: (face.landmarks_px + right).tolist() for face in faces}
    return {"system": "others", "faces": points}


def test_keras_and_tflite_of_one_model_score_the_same(evaluate, dot_keras, dot_tflite):
    keras_scores, _ = evaluate("--model", dot_keras)
    tflite_scores, _ = evaluate("--model", dot_tflite)
    assert keras_scores["system"] == "dot"
    assert list(keras_scores["stages"]) == ["shape_0", "shape_1", "shape_2"]
    assert list(tflite_scores["stages"]) == ["shape_2"]  # what a phone needs
    for key in ("nme", "failure_rate", "auc"):
        # Sums of 12,544 products in float32, in another order: 1e-4 px of about 60 px at most.
        ours, theirs = (scores["subsets"]["all"][key] for scores in (keras_scores, tflite_scores))
        assert ours == pytest.approx(theirs, rel=1e-4)


def test_saved_predictions_score_as_the_model_does(evaluate, dot_tflite, tmp_path):
    saved = tmp_path / "dot.json"
    first, _ = evaluate("--model", dot_tflite, "--save-predictions", saved)
    again, _ = evaluate("--predictions", saved)
    for stage, subsets in first["stages"].items():
        found = again["stages"][stage]["all"]
        assert found["nme"] == pytest.approx(subsets["all"]["nme"], abs=1e-3)
        assert found["percentiles"] == pytest.approx(subsets["all"]["percentiles"], abs=1e-3)
    assert again["costs"] == first["costs"]


def test_systems_are_compared_in_one_report(evaluate, dot_tflite, others, tmp_path):
    (tmp_path / "others.json").write_text(json.dumps(others))
    scores, printed = evaluate("--model", dot_tflite, "--predictions", tmp_path / "others.json")
    assert scores["system"] == "dot"
    (other,) = scores["other_systems"]
    assert other["system"] == "others"
    assert other["subsets"]["all"]["nme"] < scores["subsets"]["all"]["nme"]
    (difference,) = [d for d in scores["differences"] if d["normalizer"] == "inter_ocular"]
    expected = other["subsets"]["all"]["nme"] - scores["subsets"]["all"]["nme"]
    assert difference["nme"] == pytest.approx(expected)
    assert difference["p_value"] < 0.05
    assert "NME − NME of dot" in printed
    assert "others" in printed


def test_two_files_of_one_name_are_told_apart_by_their_paths(evaluate, dot_keras, dot_tflite):
    scores, _ = evaluate("--model", dot_keras, "--model", dot_tflite)
    assert scores["system"] == str(dot_keras)
    assert [other["system"] for other in scores["other_systems"]] == [str(dot_tflite)]


def test_predictions_alone_need_no_model(evaluate, others, folder, tmp_path):
    (tmp_path / "others.json").write_text(json.dumps(others))
    scores, printed = evaluate("--predictions", tmp_path / "others.json")
    faces = load_faces("folder", folder)
    eyes = [np.linalg.norm(face.landmarks_px[36] - face.landmarks_px[45]) for face in faces]
    assert scores["subsets"]["all"]["nme"] == pytest.approx(np.mean([300 / eye for eye in eyes]))
    assert "others" in printed


def test_missing_faces_only_where_they_are_allowed(evaluate, refusal, others, tmp_path):
    names = list(others["faces"])
    path = tmp_path / "others.json"
    faces = {name: others["faces"][name] for name in names[1:]}
    path.write_text(json.dumps({**others, "faces": faces}))
    line = refusal("--predictions", path)
    assert f"others.json: {names[0]}: no prediction" in line
    scores, printed = evaluate("--predictions", path, "--allow-missing")
    assert scores["missing"] == [names[0]]
    assert scores["subsets"]["all"]["missing"] == 1
    assert scores["subsets"]["all"]["failure_rate"] >= 25.0
    assert f"others: no prediction for 1 of 4 faces ({names[0]})" in printed


def test_refusals(refusal, dot_tflite, others, tmp_path):
    assert "--model or --predictions" in refusal()
    assert "none.json" in refusal("--predictions", "none.json")
    saved = ["--save-predictions", tmp_path / "saved.json"]
    assert "give one --model" in refusal("--predictions", "others.json", *saved)
    assert "give one --model" in refusal("--model", dot_tflite, "--model", dot_tflite, *saved)
    wrong = refusal("--model", dot_tflite, "--scheme", "wflw98")
    assert "its landmarks are ibug68, not wflw98" in wrong
    path = tmp_path / "others.json"
    path.write_text(json.dumps({**others, "system": "dot"}))
    again = ["--predictions", path, "--predictions", path]
    assert "two of the systems" in refusal("--model", dot_tflite, *again)
    assert not (tmp_path / "saved.json").exists()
