"""Runs that are stopped, broken or starved of disk, and what --resume makes of them.

Keras runs eagerly here: building a graph would take longer than these trainings. The file still
takes most of a minute of processor time, for twelve starts of a training.
"""

import json
import os
import resource
import shutil
import signal
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_facealign import cli
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.errors import BadInput
from tf_facealign.training import fit
from tf_facealign.training.checkpoints import last_path, read_history
from tf_facealign.training.divergence import NONFINITE, StopOnNonFinite
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.run_state import ENTRY, RunState, read_state

pytestmark = pytest.mark.filterwarnings("ignore:Even though the `tf.config.experimental_run")

STEPS = 2  # of an epoch: 12 of the 16 faces are trained on
EPOCHS = 3
COMMON = """
name: toy
seed: 3
data: {dataset: synthetic, scheme: aflw19, count: 16, validation_fraction: 0.25}
"""
RUNS = {
    "phase_one": COMMON
    + """
model: {width: 0.05, branches: 2, num_refinements: 1, auxiliary: true}
phase_one: {epochs: 3, batch_size: 6, optimizer: sgd, momentum: 0.9, learning_rate: 0.02, ema: 0.9,
            loss: wing, schedule: plateau, plateau_patience: 1, plateau_factor: 0.5}
phase_two: {epochs: 0}
""",
    "phase_two": COMMON
    + """
model: {width: 0.05, num_refinements: 1}
phase_one: {epochs: 0}
phase_two: {epochs: 3, batch_size: 6, optimizer: adamw, learning_rate: 1.0e-3, ema: 0.9,
            schedule: cosine, warmup_epochs: 1.5, dropout: 0.3}
""",
}


@pytest.fixture(scope="module", autouse=True)
def _eager():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


class Hook(keras.callbacks.Callback):
    """Acts after batch `number` of a run, and keeps the log of every epoch."""

    def __init__(self, epochs, number=None, act=None):
        super().__init__()
        self._left, self._act, self._epochs = number, act, epochs

    def on_train_batch_end(self, batch, logs=None):
        if self._left is not None:
            self._left -= 1
            if not self._left:
                self._act()

    def on_epoch_end(self, epoch, logs=None):
        self._epochs[epoch] = {k: v for k, v in logs.items() if k != "faces_per_second"}


def training(patch, folder, name, number=None, act=None, resume=False, sets=(), more=()):
    """`facealign train` with an act after a batch; the exit code and the log of each epoch."""
    (folder / "toy.yaml").write_text(RUNS[name])
    inner, epochs = fit._callbacks, {}
    arguments = ["--config", str(folder / "toy.yaml"), "--workdir", str(folder / "run")]
    arguments += ["--resume"] * resume + [word for s in sets for word in ("--set", s)] + [*more]
    with patch.context() as patch:
        patch.setattr(fit, "_callbacks", lambda *a: [*inner(*a), Hook(epochs, number, act)])
        code = cli.main(["train", *arguments])
    return code, epochs


@pytest.fixture(scope="module", params=list(RUNS))
def whole(request, tmp_path_factory):
    """Name, folder and logs of a run that nothing disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("whole")
        code, epochs = training(patch, folder, request.param)
    assert code == 0
    return request.param, folder, epochs


def sigterm():
    os.kill(os.getpid(), signal.SIGTERM)


def crash():
    raise RuntimeError("crash")


def test_it_goes_on_with_the_very_next_batch(whole, tmp_path, monkeypatch, capsys):
    """Stopped in the middle of epoch 1, crashed in the middle of epoch 2, then to the end."""
    name, folder, expected = whole
    code, first = training(monkeypatch, tmp_path, name, STEPS + 1, sigterm)
    assert code == 128 + signal.SIGTERM
    (line,) = capsys.readouterr().err.splitlines()
    assert f"stopped by SIGTERM after step 1 of 2 in epoch 1 of {name}" in line
    assert "--resume" in line
    state = read_state(last_path(tmp_path / "run", name))
    assert (state.epoch, state.step) == (1, 1)

    with pytest.raises(RuntimeError, match="crash"):
        training(monkeypatch, tmp_path, name, 2, crash, resume=True)
    assert read_state(last_path(tmp_path / "run", name)).epoch == 2
    code, last = training(monkeypatch, tmp_path, name, resume=True)
    assert code == 0

    assert (sorted(first), sorted(last)) == ([0], [2])  # the crash lost the log of epoch 1
    for epoch, logs in {**first, **last}.items():
        assert logs == pytest.approx(expected[epoch], rel=1e-6)
    assert rows_of(tmp_path / "run") == rows_of(folder / "run")
    assert_same_variables(tmp_path / "run", folder / "run", name)


def test_other_processes_change_nothing(whole, tmp_path, monkeypatch):
    name, folder, _ = whole
    us, augmented = os.getpid(), FaceCrops.augmented

    def elsewhere(crops, *arguments):
        assert os.getpid() != us
        return augmented(crops, *arguments)

    monkeypatch.setattr(FaceCrops, "augmented", elsewhere)
    code, _ = training(monkeypatch, tmp_path, name, more=["--processes", "2"])
    assert code == 0
    assert rows_of(tmp_path / "run") == rows_of(folder / "run")


def rows_of(run):
    """The log, to its six digits, without what is measured on the way.

    The rate of an epoch is that of the first step after the last stop.
    """
    apart = {"seconds", "faces_per_second"}
    rows = [{k: v for k, v in row.items() if k not in apart} for row in read_history(run)]
    del rows[1]["learning_rate"]
    return rows


def assert_same_variables(run, other, name):
    one, two = (keras.models.load_model(last_path(path, name)) for path in (run, other))
    pairs = zip(
        one.weights + one.optimizer.variables,
        two.weights + two.optimizer.variables,
        strict=True,
    )
    for mine, expected in pairs:
        np.testing.assert_allclose(mine, expected, rtol=1e-6, atol=1e-7, err_msg=mine.path)
    seeds = [read_state(last_path(path, name)).seeds for path in (run, other)]
    assert seeds[0] == seeds[1]
    assert len(seeds[0]) == (name == "phase_two")  # which has the dropout


def test_these_runs_would_show_a_loss(whole):
    """The rate has fallen by the plateau, or follows the cosine; the weights are averaged."""
    name, folder, epochs = whole
    rates = [logs["learning_rate"] for logs in epochs.values()]
    assert len(set(rates)) > 1
    assert len(epochs) == EPOCHS
    model = keras.models.load_model(last_path(folder / "run", name))
    assert any("average" in variable.path for variable in model.optimizer.variables)


def copy_of(whole, tmp_path):
    shutil.copytree(whole[1] / "run", tmp_path / "run")
    return tmp_path / "run"


def contents(run):
    return {path.name: path.read_bytes() for path in run.glob("*.keras")}


def test_a_loss_that_is_not_finite(whole, tmp_path, monkeypatch, capsys):
    name = whole[0]
    if name == "phase_two":
        pytest.skip("one phase is enough")
    run = copy_of(whole, tmp_path)
    before = contents(run)
    sets = [f"{name}.epochs=9", f"{name}.learning_rate=1.0e+30"]
    code, epochs = training(monkeypatch, tmp_path, name, resume=True, sets=sets)
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(run / NONFINITE) in line
    assert "shape_1_loss" in line
    assert f"lower {name}.learning_rate" in line
    assert contents(run) == before
    with np.load(run / NONFINITE) as saved:
        assert saved["images"].shape == (6, 112, 112, 3)
        assert saved["images"].dtype == np.uint8
        assert saved["targets"].shape == (6, 19, 2)
        assert saved["epoch"] == EPOCHS + len(epochs)
        assert 0 <= saved["step"] < STEPS
        assert f"step {saved['step']} of epoch {saved['epoch']}" in line
        assert not np.isfinite(saved["loss"])
    # What the message says to do works.
    sets = [f"{name}.epochs=4", f"{name}.learning_rate=0.01"]
    code, epochs = training(monkeypatch, tmp_path, name, resume=True, sets=sets)
    assert code == 0
    assert epochs[EPOCHS]["learning_rate"] <= 0.5 * whole[2][0]["learning_rate"]


def test_a_full_disk(whole, tmp_path, monkeypatch, capsys):
    """No file may grow beyond 20 kB: the checkpoint's first bytes are written, the rest fails."""
    if whole[0] == "phase_one":
        pytest.skip("one phase is enough")
    run = copy_of(whole, tmp_path)
    before = contents(run)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))

    try:
        sets = ["phase_two.epochs=4"]
        code, _ = training(monkeypatch, tmp_path, whole[0], 1, fill, resume=True, sets=sets)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(".keras: cannot write here (File too large)")
    assert contents(run) == before
    assert list(run.glob(".*")) == [run / ".lock"]  # and no temporary file


def test_a_spoilt_validation_is_not_finite_either(tmp_path):
    callback = StopOnNonFinite(EpochPosition(RunState(), 1), iter, "phase_one", tmp_path)
    callback.on_epoch_end(0, {"val_loss": 1.0})
    with pytest.raises(BadInput, match="validation loss is not finite after epoch 0 of phase_one"):
        callback.on_epoch_end(0, {"val_loss": np.nan})


def test_a_damaged_checkpoint_is_named(whole, tmp_path, monkeypatch, capsys):
    if whole[0] == "phase_two":
        pytest.skip("one phase is enough")
    run = copy_of(whole, tmp_path)
    last = last_path(run, whole[0])
    last.write_bytes(last.read_bytes()[:1000])
    assert training(monkeypatch, tmp_path, whole[0], resume=True)[0] == 2
    assert f"{last}: not a checkpoint of a run" in capsys.readouterr().err


def test_a_checkpoint_of_another_model_is_refused(whole, tmp_path, monkeypatch, capsys):
    if whole[0] == "phase_one":
        pytest.skip("one phase is enough")
    run = copy_of(whole, tmp_path)
    sets = ["model.num_refinements=2", "phase_two.epochs=9"]
    assert training(monkeypatch, tmp_path, whole[0], resume=True, sets=sets)[0] == 2
    assert f"{last_path(run, whole[0])}: holds another model" in capsys.readouterr().err


def test_the_state_is_an_entry_of_the_checkpoint(whole):
    with zipfile.ZipFile(last_path(whole[1] / "run", whole[0])) as archive:
        state = json.loads(archive.read(ENTRY))
    assert (state["epoch"], state["step"]) == (EPOCHS, 0)
    assert set(state["plateau"]) == (
        {"best", "wait", "cooldown_counter"} if whole[0] == "phase_one" else set()
    )
