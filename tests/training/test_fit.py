"""Whole trainings at toy size, on drawn faces."""

import dataclasses
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tf_facealign.config import load_config
from tf_facealign.errors import BadInput
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.model_spec import read_spec
from tf_facealign.training.checkpoints import last_path, read_history
from tf_facealign.training.compiled_model import build_model
from tf_facealign.training.fit import train

TOY = """
name: toy
seed: 3
data: {dataset: synthetic, scheme: aflw19, count: 40, validation_fraction: 0.2}
model: {width: 0.05}
augmentation: {translate: 0, rotate_degrees: 0, scale: [1, 1], flip: 0}
phase_one: {epochs: 8, batch_size: 8, loss: wing, optimizer: muon, learning_rate: 2.0e-2}
phase_two: {epochs: 2, batch_size: 8, dropout: 0.3, learning_rate: 1.0e-3}
"""


@pytest.fixture
def toy(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_text(TOY)
    return load_config(path)


@pytest.fixture(scope="module")
def toy_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy.yaml").write_text(TOY)
    config = load_config(folder / "toy.yaml")
    train(config, folder / "run")
    return config, folder / "run"


def test_run_leaves_its_files(toy_run):
    config, workdir = toy_run
    assert {path.name for path in workdir.iterdir()} == {
        *("best.keras", "phase_one_last.keras", "phase_two_last.keras"),
        *("history.csv", "validation.jpg", "tensorboard", "config.yaml", "made_by.json", ".lock"),
    }
    assert load_config(workdir / "config.yaml") == config
    assert read_spec(workdir / "best.keras").scheme == "aflw19"
    assert all(float(row["seconds"]) > 0 for row in read_history(workdir))
    rows = [(row["phase"], row["epoch"]) for row in read_history(workdir)]
    assert rows == [("phase_one", str(e)) for e in range(8)] + [
        ("phase_two", "0"),
        ("phase_two", "1"),
    ]


def test_training_learns(toy_run):
    _, workdir = toy_run
    history = read_history(workdir)
    assert float(history[7]["shape_2_nme"]) < 0.9 * float(history[0]["shape_2_nme"])


def test_best_model_is_the_best_epoch(toy_run):
    """What the log calls best is what the file predicts, on the very faces that were held out."""
    from tf_facealign.data.datasets import load_faces, split_validation
    from tf_facealign.evaluation.evaluate import evaluate

    config, workdir = toy_run
    aligner = FaceAligner.load(workdir / "best.keras")
    faces = load_faces("synthetic", None, "train", aligner.scheme, config.data.count)
    held_out = split_validation(faces, 0.2, config.data.seed)[1]
    report = evaluate(aligner.stages, held_out, aligner.scheme)
    best = min(float(row["val_shape_2_nme"]) for row in read_history(workdir))
    score = report.systems[0].answer.scores[report.normalizer]["all"]
    assert score.nme == pytest.approx(best, rel=1e-4)


def test_phase_two_trains_refinements_only(toy_run):
    _, workdir = toy_run
    first, second = (
        keras.models.load_model(last_path(workdir, phase)) for phase in ("phase_one", "phase_two")
    )
    best_of_one = min(read_history(workdir)[:8], key=lambda row: float(row["val_shape_2_nme"]))
    if best_of_one["epoch"] == "7":  # phase two started from the last epoch of phase one
        for before, after in zip(
            first.get_layer("gregnet").get_weights(),
            second.get_layer("gregnet").get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(before, after)
    assert not second.get_layer("gregnet").trainable
    assert second.get_layer("gregnet").get_layer("dropout").rate == 0.3
    shapes = {row["val_shape_0_nme"] for row in read_history(workdir)[8:]}
    assert shapes == {best_of_one["val_shape_0_nme"]}  # S⁰ stands still
    before, after = (m.get_layer("lrefnet_1").get_weights()[0] for m in (first, second))
    assert np.abs(before - after).max() > 0


def test_gregnet_alone_has_one_phase(toy, tmp_path):
    model = dataclasses.replace(toy.model, num_refinements=0)
    phase = dataclasses.replace(toy.phase_one, epochs=1)
    train(dataclasses.replace(toy, model=model, phase_one=phase), tmp_path / "run")
    assert [row["phase"] for row in read_history(tmp_path / "run")] == ["phase_one"]
    assert list(build_model(dataclasses.replace(toy, model=model)).output) == ["shape_0"]


def test_killed_run_resumes_where_it_was(toy_run, tmp_path):
    """SIGKILL in the middle of an epoch; the resumed run logs what the whole one did."""
    _, whole = toy_run
    workdir = tmp_path / "run"
    (tmp_path / "toy.yaml").write_text(TOY)
    command = [sys.executable, "-m", "tf_facealign.cli", "train", "--config", tmp_path / "toy.yaml"]
    command += ["--workdir", workdir]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 240
    while not last_path(workdir, "phase_one").exists():
        assert running.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch ended"
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()

    keras.models.load_model(last_path(workdir, "phase_one"))
    train(load_config(tmp_path / "toy.yaml"), workdir, resume=True)
    resumed, expected = read_history(workdir), read_history(whole)
    assert [row["epoch"] for row in resumed] == [row["epoch"] for row in expected]
    for row, other in zip(resumed, expected, strict=True):
        assert float(row["loss"]) == pytest.approx(float(other["loss"]), rel=1e-5)


def test_folder_with_a_run_is_not_overwritten(toy_run):
    config, workdir = toy_run
    with pytest.raises(BadInput, match="holds a run already; continue it with --resume"):
        train(config, workdir)


def test_resuming_a_finished_run_changes_nothing(toy_run):
    config, workdir = toy_run
    before = {path.name: path.read_bytes() for path in workdir.glob("*.keras")}
    train(config, workdir, resume=True)
    assert before == {path.name: path.read_bytes() for path in workdir.glob("*.keras")}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "nope"}, "unknown dataset 'nope'"),
        ({"dataset": "300w", "scheme": "", "root": "/nowhere"}, "/nowhere"),
        ({"scheme": "nope"}, "nope"),
        ({"count": 1}, "both are needed|leaves none"),
    ],
)
def test_bad_data_stops_before_anything_is_written(toy, tmp_path, change, message):
    config = dataclasses.replace(toy, data=dataclasses.replace(toy.data, **change))
    with pytest.raises(BadInput, match=message):
        train(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("cache", [True, False])
def test_unreadable_training_image_is_named(toy, tmp_path, cache):
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.pts_file import write_pts
    from tf_facealign.data.synthetic_faces import synthetic_faces
    from tf_facealign.images import write_image

    for face in synthetic_faces(12, get_scheme("aflw19")):
        write_image(tmp_path / f"faces/{face.name}.png", face.image_rgb())
        write_pts(tmp_path / f"faces/{face.name}.pts", face.landmarks_px)
    victim = sorted((tmp_path / "faces").rglob("*.png"))[5]
    victim.write_bytes(b"")
    data = dataclasses.replace(
        toy.data, dataset="folder", root=str(tmp_path / "faces"), cache=cache
    )
    with pytest.raises(BadInput, match=f"{victim.name}.*empty"):
        train(dataclasses.replace(toy, data=data), tmp_path / "run")
