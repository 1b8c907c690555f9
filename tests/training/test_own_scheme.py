"""From a CSV file and a scheme of one's own to a phone model that needs neither."""

import csv
import json

import numpy as np
import pytest

from tf_facealign import cli
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.images import write_image
from tf_facealign.inference.face_aligner import FaceAligner

SCHEME = """
name: five_points
landmarks: [image_left_pupil, image_right_pupil, nose_tip, image_left_mouth_corner,
            image_right_mouth_corner]
normalizers: {inter_pupil: [image_left_pupil, image_right_pupil]}
lines: [[image_left_mouth_corner, image_right_mouth_corner]]
"""
CONFIG = """
name: five
seed: 1
data: {dataset: folder, split: all, validation_fraction: 0.2}
model: {width: 0.05}
augmentation: {flip: 0.5}
phase_one: {epochs: 2, batch_size: 8, loss: wing, learning_rate: 3.0e-3}
phase_two: {epochs: 1, batch_size: 8, learning_rate: 1.0e-3}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with the data, the trained run and the exported model, and no scheme file left."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "five.yaml").write_text(SCHEME)
    (folder / "five_config.yaml").write_text(CONFIG)
    _write_faces(folder / "faces", get_scheme(str(folder / "five.yaml")))
    values = {"data.root": folder / "faces/faces.csv", "data.scheme": folder / "five.yaml"}
    sets = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
    config = ["--config", str(folder / "five_config.yaml"), "--workdir", str(folder / "run")]
    assert cli.main(["train", *config, *sets]) == 0
    (folder / "five.yaml").unlink()
    best, phone = str(folder / "run/best.keras"), str(folder / "five.tflite")
    assert cli.main(["export", "--model", best, "--output", phone]) == 0
    return folder


def _write_faces(folder, scheme):
    faces = synthetic_faces(24, scheme, size=96)
    folder.mkdir()
    with (folder / "faces.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", *(f"{axis}{i}" for i in range(5) for axis in "xy")])
        for number, face in enumerate(faces):
            write_image(folder / f"{number}.png", face.image_rgb())
            writer.writerow([f"{number}.png", *face.landmarks_px.ravel().tolist()])


def test_the_model_carries_its_scheme(trained):
    for name in ("run/best.keras", "five.tflite"):
        aligner = FaceAligner.load(trained / name)
        assert aligner.scheme.name == "five_points"
        assert aligner.scheme.flip_permutation == (1, 0, 2, 4, 3)
        assert aligner.scheme.normalizers == {"inter_pupil": ((0,), (1,))}
        assert aligner.scheme.lines == ((3, 4),)


def test_it_predicts_and_is_scored(trained, tmp_path, capsys):
    model, faces = str(trained / "five.tflite"), trained / "faces"
    scores = tmp_path / "scores.json"
    arguments = ["--model", model, "--dataset", "folder", "--root", str(faces / "faces.csv")]
    assert cli.main(["evaluate", *arguments, "--json", str(scores)]) == 0
    assert json.loads(scores.read_text())["normalizer"] == "inter_pupil"
    capsys.readouterr()
    arguments = ["--model", model, str(faces / "0.png"), "--boxes", "full"]
    assert cli.main(["predict", *arguments, "--draw", str(tmp_path / "drawn")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["scheme"] == "five_points"
    assert np.shape(result["images"][0]["faces"][0]["landmarks_px"]) == (5, 2)
    assert cli.main(["info", "--model", model]) == 0
    assert "5 (five_points)" in capsys.readouterr().out


def test_validation_error_is_divided_by_the_first_normalizer(trained):
    """The log's best epoch is what the evaluation of the held-out faces gives."""
    from tf_facealign.data.datasets import load_faces, split_validation
    from tf_facealign.evaluation.evaluate import evaluate
    from tf_facealign.training.checkpoints import read_history

    aligner = FaceAligner.load(trained / "run/best.keras")
    faces = load_faces("folder", trained / "faces/faces.csv", scheme=aligner.scheme)
    held_out = split_validation(faces, 0.2, seed=0)[1]
    report = evaluate(aligner.stages, held_out, aligner.scheme)
    best = min(float(row["val_shape_2_nme"]) for row in read_history(trained / "run"))
    score = report.systems[0].answer.scores[report.normalizer]["all"]
    assert score.nme == pytest.approx(best, rel=1e-4)
