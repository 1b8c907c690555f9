"""A training that dies before each of its writes in turn, and is resumed every time."""

import contextlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_facealign.config import load_config
from tf_facealign.files import replacing
from tf_facealign.training import checkpoints
from tf_facealign.training.checkpoints import read_history
from tf_facealign.training.fit import train

TOY = """
name: toy
seed: 3
data: {dataset: synthetic, scheme: aflw19, count: 16, validation_fraction: 0.25}
model: {width: 0.05, num_refinements: 1}
phase_one: {epochs: 1, batch_size: 6, loss: wing, learning_rate: 3.0e-3}
phase_two: {epochs: 1, batch_size: 6, dropout: 0.3, learning_rate: 1.0e-3}
"""
ONE, TWO = "phase_one_last.keras", "phase_two_last.keras"


class Killed(BaseException):
    """Like a signal, nothing catches it."""


def kill_at(number, patch, killed):
    """Let the writes before that number pass; the next ends the run."""
    done = iter(range(number))

    @contextlib.contextmanager
    def mortal(path, **options):
        if next(done, None) is None:
            killed.append(path.name)
            raise Killed
        with replacing(path, **options) as temporary:
            yield temporary

    patch.setattr(checkpoints, "replacing", mortal)


@pytest.mark.slow  # nine trainings, of two steps each
@pytest.mark.filterwarnings("ignore:Even though the `tf.config.experimental_run")
def test_a_run_killed_before_each_write_ends_as_if_it_had_not_been(tmp_path, monkeypatch):
    (tmp_path / "toy.yaml").write_text(TOY)
    config = load_config(tmp_path / "toy.yaml")
    tf.config.run_functions_eagerly(True)  # a graph would take longer to build than to run
    try:
        train(config, tmp_path / "whole")
        killed = []
        # Counted from each start; phase two writes its checkpoint before its first epoch, once.
        for number in (0, 1, 2, 3, 1, 1, 2):
            with monkeypatch.context() as patch:
                kill_at(number, patch, killed)
                with pytest.raises(Killed):
                    train(config, tmp_path / "run", resume=True)
        train(config, tmp_path / "run", resume=True)
    finally:
        tf.config.run_functions_eagerly(False)
    epoch = ["history.csv", "best.keras"]
    assert killed == [*epoch, ONE, TWO, *epoch, TWO]
    assert rows_of(tmp_path / "run") == rows_of(tmp_path / "whole")
    for name in ("best.keras", ONE, TWO):
        one, two = (keras.models.load_model(tmp_path / run / name) for run in ("run", "whole"))
        for mine, expected in zip(one.get_weights(), two.get_weights(), strict=True):
            np.testing.assert_allclose(mine, expected, rtol=1e-6, atol=1e-7)


def rows_of(run):
    apart = {"seconds", "faces_per_second"}
    return [{k: v for k, v in row.items() if k not in apart} for row in read_history(run)]
