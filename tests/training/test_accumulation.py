"""Gradients of several batches in one update of the weights."""

import dataclasses

import keras
import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.config import Config, DataConfig, ModelConfig, PhaseConfig
from tf_facealign.training.compiled_model import compiled_model
from tf_facealign.training.optimizers import build_optimizer, steps_per_epoch

SCHEME = get_scheme("aflw19")
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (8, 112, 112, 3)).astype("float32")
SHAPES = RNG.uniform(0.3, 0.7, (8, 19, 2)).astype("float32")
PHASE = PhaseConfig(epochs=3, batch_size=8, warmup_epochs=1)


def trained(phase, batches):
    """Weights after so many batches; GRegNet is frozen, for its statistics depend on the batch."""
    keras.utils.set_random_seed(0)
    config = Config(data=DataConfig(scheme="aflw19"), model=ModelConfig(width=0.05))
    config = dataclasses.replace(config, phase_two=phase)
    model = compiled_model(config, "phase_two", SCHEME, steps_per_epoch(phase, len(IMAGES)))
    for number in range(batches):
        part = slice(
            number * phase.batch_size % 8, number * phase.batch_size % 8 + phase.batch_size
        )
        model.train_on_batch(IMAGES[part], dict.fromkeys(model.output, SHAPES[part]))
    return model


def test_two_halves_are_as_the_whole_batch():
    """Over two updates, with weight decay and a schedule: Adam's moments count updates too."""
    halves = dataclasses.replace(PHASE, batch_size=4, accumulate=2)
    whole, both = trained(PHASE, 2), trained(halves, 4)
    start = trained(PHASE, 0)
    assert int(both.optimizer.iterations) == int(whole.optimizer.iterations) == 2
    for before, weight, other in zip(start.weights, whole.weights, both.weights, strict=True):
        if "lrefnet" in weight.path:
            assert np.abs(weight - before).max() > 1e-6, weight.path
        # Adam divides a gradient by its size: where it is nearly zero, rounding shows.
        np.testing.assert_allclose(weight, other, atol=2e-5, err_msg=weight.path)


def test_an_epoch_ends_with_an_update():
    phase = PhaseConfig(batch_size=4, accumulate=3)
    assert steps_per_epoch(phase, 30) == 6  # 7 batches of 4 faces, hence two updates
    assert steps_per_epoch(phase, 5) == 3
    assert steps_per_epoch(PhaseConfig(batch_size=4), 30) == 7


def test_the_schedule_counts_updates():
    phase = PhaseConfig(epochs=12, warmup_epochs=2, learning_rate=0.1, batch_size=4)
    accumulating = dataclasses.replace(phase, accumulate=5)
    for update in (0, 7, 20, 70, 119):
        rate = rate_at(phase, 10, update)
        assert rate_at(accumulating, 50, 5 * update) == pytest.approx(rate)
        assert rate_at(accumulating, 50, 5 * update + 4) == pytest.approx(rate)


def rate_at(phase, steps, step):
    optimizer = build_optimizer(phase, steps)
    optimizer.build([keras.Variable(np.zeros(1))])
    optimizer._iterations.assign(step)
    return float(optimizer.learning_rate)


def test_the_schedule_survives_a_file():
    optimizer = build_optimizer(dataclasses.replace(PHASE, accumulate=2), 4)
    revived = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert revived.get_config() == optimizer.get_config()


def test_float16_scales_its_loss():
    optimizer = build_optimizer(PHASE, 1, "mixed_float16")
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    assert not isinstance(build_optimizer(PHASE, 1, "mixed_bfloat16"), type(optimizer))
