import keras
import numpy as np
import pytest

from tf_facealign.config import PhaseConfig
from tf_facealign.training.optimizers import MUON_TO_ADAM, build_optimizer


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


def muon_step(kernel, gradient, rate, momentum=0.95):
    """The first step, in float64: Nesterov, five Newton-Schulz steps, RMS 0.2 where full rank."""
    flat = (1 + momentum) * gradient.reshape(-1, kernel.shape[-1]).astype("float64")
    x = flat / np.linalg.norm(flat)
    for _ in range(5):
        square = x.T @ x
        x = 3.4445 * x + x @ (-4.7750 * square + 2.0315 * square @ square)
    length = 0.2 * max(flat.shape) ** 0.5
    return kernel - rate * length * x.reshape(kernel.shape), x


def test_muon_makes_the_directions_of_a_convolutions_step_equally_long():
    random = np.random.default_rng(0)
    kernel = random.normal(size=(3, 3, 8, 16)).astype("float32")
    gradient = (kernel * np.geomspace(1, 1e-2, 16)).astype("float32")  # outputs of unequal weight
    phase = PhaseConfig(optimizer="muon", schedule="constant", learning_rate=0.01, weight_decay=0.0)
    variable = keras.Variable(kernel)
    optimizer = build_optimizer(phase, 1)
    optimizer.build([variable])
    optimizer.apply([gradient])
    expected, step = muon_step(kernel, gradient, 0.01)
    np.testing.assert_allclose(variable.numpy(), expected, atol=1e-5)
    lengths = np.linalg.svd(step, compute_uv=False)
    assert 0.6 < lengths.min() < lengths.max() < 1.3  # the quintic's band, from 1 : 100 before


@pytest.mark.parametrize("shape", [(7, 7, 16, 1), (16, 8), (5, 12, 4), (16,)])
def test_muon_leaves_all_but_convolutions_to_adamw(shape):
    """Depthwise kernels, dense layers, LRefNets' kernels, biases; all but the bias decay."""
    random = np.random.default_rng(1)
    start, *gradients = random.normal(size=(4, *shape)).astype("float32")
    ends = []
    for name, rate in (("muon", 0.01), ("adamw", 0.01 * MUON_TO_ADAM)):
        phase = PhaseConfig(
            optimizer=name, schedule="constant", learning_rate=rate, weight_decay=0.1
        )
        variable = keras.Variable(start, name="bias" if len(shape) == 1 else "kernel")
        optimizer = build_optimizer(phase, 1)
        optimizer.build([variable])
        for gradient in gradients:
            optimizer.apply([gradient])
        ends.append(variable.numpy())
    np.testing.assert_allclose(*ends, rtol=1e-6, atol=1e-7)
    assert not np.allclose(ends[0], start, atol=1e-3)
