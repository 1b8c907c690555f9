import math

import keras
import numpy as np
import pytest

from tf_facealign.losses import LOSSES, L2Loss, SoftWingLoss, WingLoss

TRUTH = np.zeros((1, 2, 2), "float32")


def predicted(*errors_px):
    return np.array(errors_px, "float32").reshape(1, 2, 2) / 112


def test_l2_is_the_mean_squared_error_in_crop_pixels():
    # (1² + 2² + 3² + 0²) / 4 coordinates
    assert float(L2Loss()(TRUTH, predicted(1, -2, 3, 0))) == pytest.approx(14 / 4, rel=1e-5)


def test_wing_on_both_sides_of_its_joint():
    # Below 10 px: 10·ln(1 + d/2); above: d − (10 − 10·ln 6).
    expected = (10 * math.log(1.5) + 10 * math.log(5.5) + (30 - 10 + 10 * math.log(6)) + 0) / 4
    assert float(WingLoss()(TRUTH, predicted(1, -9, 30, 0))) == pytest.approx(expected, rel=1e-5)


def test_wing_is_continuous_at_its_joint():
    below, above = (float(WingLoss()(TRUTH, predicted(*[d] * 4))) for d in (9.9999, 10.0001))
    assert above - below == pytest.approx(0.0002, abs=2e-4)


def test_soft_wing_on_both_sides_of_its_joint():
    # Below 2 px: d; above: 20·ln(1 + 2d) + 2 − 20·ln 5.
    constant = 2 - 20 * math.log(5)
    expected = (1 + 1.9 + 20 * math.log(7) + constant + 20 * math.log(61) + constant) / 4
    loss = float(SoftWingLoss()(TRUTH, predicted(1, -1.9, 3, 30)))
    assert loss == pytest.approx(expected, rel=1e-5)


def test_soft_wing_is_continuous_at_its_joint():
    below, above = (float(SoftWingLoss()(TRUTH, predicted(*[d] * 4))) for d in (1.9999, 2.0001))
    assert above - below == pytest.approx(0.0001 + 0.0001 * 20 / 2.5, abs=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_the_numerical_one(name):
    """A quadrature of ±h around points away from the kinks at 0 and w."""
    import tensorflow as tf

    loss = LOSSES[name]()
    rng = np.random.default_rng(0)
    errors = rng.uniform(1, 9, (1, 2, 2)) * rng.choice([-1, 1], (1, 2, 2))
    errors[0, 0, 0] = 25.0
    with tf.GradientTape() as tape:
        prediction = tf.constant(errors / 112, tf.float32)
        tape.watch(prediction)
        value = loss(TRUTH, prediction)
    gradient = tape.gradient(value, prediction).numpy()
    step = 0.05 / 112
    for index in np.ndindex(errors.shape):
        moved = [(errors / 112).copy() for _ in range(2)]
        moved[0][index] += step
        moved[1][index] -= step
        up, down = (float(loss(TRUTH, m.astype("float32"))) for m in moved)
        assert gradient[index] == pytest.approx((up - down) / (2 * step), rel=2e-2)


@pytest.mark.parametrize("name", LOSSES)
def test_every_face_counts_alike(name):
    faces = np.random.default_rng(1).normal(0, 0.1, (3, 5, 2)).astype("float32")
    each = [float(LOSSES[name]()(faces[i : i + 1] * 0, faces[i : i + 1])) for i in range(3)]
    assert float(LOSSES[name]()(faces * 0, faces)) == pytest.approx(np.mean(each), rel=1e-5)


def test_wing_survives_saving():
    loss = keras.losses.deserialize(keras.losses.serialize(WingLoss(w=7.0, epsilon=0.5)))
    assert (loss.w, loss.epsilon) == (7.0, 0.5)


def test_soft_wing_survives_saving():
    loss = SoftWingLoss(omega_1=3.0, omega_2=7.0, epsilon=0.25)
    revived = keras.losses.deserialize(keras.losses.serialize(loss))
    assert (revived.omega_1, revived.omega_2, revived.epsilon) == (3.0, 7.0, 0.25)
