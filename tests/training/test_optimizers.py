import keras
import numpy as np
import pytest

from tf_facealign.config import PhaseConfig
from tf_facealign.training.optimizers import build_optimizer


def rate_at(phase, step, steps_per_epoch=10):
    optimizer = build_optimizer(phase, steps_per_epoch)
    optimizer.build([keras.Variable(np.zeros(1))])
    optimizer.iterations.assign(step)
    return float(optimizer.learning_rate)


def test_cosine_rises_falls_and_ends_at_zero():
    phase = PhaseConfig(epochs=12, warmup_epochs=2, learning_rate=0.1)
    assert rate_at(phase, 0) == pytest.approx(0.001)
    assert rate_at(phase, 10) == pytest.approx((0.001 + 0.1) / 2)
    assert rate_at(phase, 20) == pytest.approx(0.1)
    assert rate_at(phase, 20 + 50) == pytest.approx(0.05)  # half-way down: cos(π/2)
    assert rate_at(phase, 120) == pytest.approx(0.0, abs=1e-8)


def test_other_schedules_leave_the_rate_to_callbacks():
    assert rate_at(PhaseConfig(schedule="plateau", learning_rate=0.3), 500) == pytest.approx(0.3)


def test_sgd_decays_weights_as_pytorch_does():
    """One step after another with a zero gradient: PyTorch's decay goes through the momentum.

    v ← m·v + wd·w, w ← w − lr·v. Once the momentum has filled, each step takes lr·wd / (1 − m).
    """
    phase = PhaseConfig(optimizer="sgd", schedule="constant", learning_rate=0.01, weight_decay=5e-4)
    kernel, bias = (keras.Variable(np.ones(1), name=name) for name in ("kernel", "bias"))
    optimizer = build_optimizer(phase, 1)
    w, v = 1.0, 5e-4 / (1 - 0.9)
    optimizer.build([kernel, bias])
    for _ in range(50):
        optimizer.apply([np.zeros(1, "float32")] * 2)
        v = 0.9 * v + 5e-4 * w
        w -= 0.01 * v
    assert float(kernel.value[0]) == pytest.approx(w, abs=1e-6)
    assert 1 - w > 1e-4  # it did decay
    assert float(bias.value[0]) == 1.0
