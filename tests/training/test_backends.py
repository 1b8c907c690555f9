"""One training on the backends of Keras: the same losses, and a stop loses nothing on any."""

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

from tf_facealign.config import load_config
from tf_facealign.training.checkpoints import read_history
from tf_facealign.training.fit import train

pytestmark = pytest.mark.slow

TOY = """
name: toy
seed: 3
data: {dataset: synthetic, scheme: aflw19, count: 24, validation_fraction: 0.25}
model: {width: 0.05}
phase_one: {epochs: 2, batch_size: 6, optimizer: muon, learning_rate: 1.0e-2, schedule: plateau,
            plateau_patience: 1, ema: 0.9, loss: wing}
phase_two: {epochs: 2, batch_size: 6, dropout: 0.3, learning_rate: 1.0e-3, loss: wing}
"""
# The third epoch, of three steps, is stopped in its second step: the fifth of this process.
SCRIPT = """
import os, signal, sys
from pathlib import Path

import keras

from tf_facealign.config import load_config
from tf_facealign.errors import Interrupted
from tf_facealign.training import fit

class StopAtFifth(keras.callbacks.Callback):
    steps = 0
    def on_train_batch_end(self, batch, logs=None):
        StopAtFifth.steps += 1
        if StopAtFifth.steps == 5:
            os.kill(os.getpid(), signal.SIGTERM)

config, folder = load_config(sys.argv[1]), Path(sys.argv[2])
fit.train(config, folder / "whole", resume=True)
inner = fit._callbacks
fit._callbacks = lambda *arguments: [*inner(*arguments), StopAtFifth()]
try:
    fit.train(config, folder / "stopped", resume=True)
    raise SystemExit("it did not stop")
except Interrupted:
    fit.train(config, folder / "stopped", resume=True)
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A configuration, and a run with the first of its epochs, here made by TensorFlow."""
    folder = tmp_path_factory.mktemp("begun")
    (folder / "toy.yaml").write_text(TOY)
    short = ["phase_one.epochs=1", "phase_two.epochs=0"]
    train(load_config(folder / "toy.yaml", short), folder / "run")
    return folder / "toy.yaml", folder / "run"


@pytest.fixture(scope="module")
def expected(begun, tmp_path_factory):
    """The second epoch as TensorFlow trains it."""
    config, run = begun
    workdir = tmp_path_factory.mktemp("tensorflow") / "run"
    shutil.copytree(run, workdir)
    train(load_config(config, ["phase_two.epochs=0"]), workdir, resume=True)
    return read_history(workdir)[1]


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_training_goes_on_alike(begun, expected, tmp_path, backend):
    """A run that TensorFlow began is continued, and stopped and continued, on another backend."""
    if not importlib.util.find_spec(backend):
        pytest.skip(f"{backend} is not installed (pip install '.[backends]')")
    config, run = begun
    for name in ("whole", "stopped"):
        shutil.copytree(run, tmp_path / name)
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "OMP_NUM_THREADS": "1",  # PyTorch's threads would wait for each other on a busy machine
        "JAX_COMPILATION_CACHE_DIR": str(tmp_path / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    subprocess.run(
        [sys.executable, "-c", SCRIPT, config, tmp_path], env=environment, check=True, timeout=580
    )
    whole, stopped = (read_history(tmp_path / name) for name in ("whole", "stopped"))
    assert len(whole) == len(stopped) == 4
    for key, value in expected.items():
        if key.endswith(("loss", "nme", "error_px")):
            # Sums of float32, rounded to 6e-8, in another order. Muon multiplies the smallest
            # directions of a step, with their rounding, by 3.4445⁵ = 485 at most: 3e-5. Another
            # batch or rate would change a loss by percents.
            assert float(whole[1][key]) == pytest.approx(float(value), rel=1e-4), key
            for row, other in zip(stopped, whole, strict=True):
                # To the last of the log's six digits.
                assert float(row[key]) == pytest.approx(float(other[key]), rel=1e-5), key
