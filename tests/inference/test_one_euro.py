"""The One-Euro filter on trajectories that are known."""

import numpy as np
import pytest

from tf_facealign import geometry, get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.inference.one_euro import OneEuroFilter

# In face sizes, about what a small model's landmarks scatter from frame to frame.
NOISE = 0.005


@pytest.fixture(scope="module")
def still():
    """A face of 200 pixels about the origin, (68, 2)."""
    landmarks = synthetic_faces(1, get_scheme("ibug68"), seed=0)[0].landmarks_px
    centred = landmarks - (landmarks.min(0) + landmarks.max(0)) / 2
    return centred * 200 / np.ptp(centred, axis=0).max()


def smooth(points, seconds, **constants):
    run = OneEuroFilter(**constants)
    return np.stack([run(shape, time) for shape, time in zip(points, seconds, strict=True)])


def moved(still, seconds, speed=1.0):
    """A head that sways, nods, turns and comes closer: at most 0.45 face sizes a second."""
    phase = 2 * np.pi * 0.25 * speed * seconds
    shift = np.array([50 * np.sin(phase), 25 * np.sin(1.3 * phase + 0.5)])
    zoom = geometry.scale_and_shift(1 + 0.1 * np.sin(0.9 * phase + 1), shift)
    turn = geometry.rotation(8 * np.sin(0.7 * phase))
    return geometry.apply_affine(geometry.compose_affines(zoom, turn), still)


def jitter(points):
    """Root mean square of the second differences from frame to frame."""
    return np.sqrt(np.mean(np.sum(np.diff(points, 2, axis=0) ** 2, axis=-1)))


def lag_frames(points, truth_at, seconds, rate):
    """By how many frames the known motion must be delayed to fit best."""
    lags = np.arange(-1, 6, 0.1)
    truths = [np.stack([truth_at(time - lag / rate) for time in seconds]) for lag in lags]
    return lags[np.argmin([np.mean((truth - points) ** 2) for truth in truths])]


@pytest.mark.parametrize("rate", [25, 30])
def test_halves_the_jitter_and_lags_less_than_two_frames(still, rate):
    seconds = np.arange(6 * rate) / rate
    truth = np.stack([moved(still, time) for time in seconds])
    noise = np.random.default_rng(0).normal(0, NOISE * 200 / np.sqrt(2), truth.shape)
    found = smooth(truth + noise, seconds)
    settled = slice(rate, None)
    assert jitter(found[settled]) < 0.5 * jitter((truth + noise)[settled])
    lag = lag_frames(found[settled], lambda time: moved(still, time), seconds[settled], rate)
    assert lag < 2
    # The measure itself: unsmoothed there is no lag, three frames late are three frames.
    assert abs(lag_frames(truth, lambda time: moved(still, time), seconds, rate)) < 0.05
    late = np.stack([moved(still, time - 3 / rate) for time in seconds])
    assert abs(lag_frames(late, lambda time: moved(still, time), seconds, rate) - 3) < 0.05


def test_a_face_at_rest_hardly_trembles(still):
    seconds = np.arange(150) / 30
    noisy = still + np.random.default_rng(1).normal(0, NOISE * 200 / np.sqrt(2), (150, 68, 2))
    found = smooth(noisy, seconds)[30:]
    assert jitter(found) < 0.2 * jitter(noisy[30:])
    assert np.mean((found - still) ** 2) < 0.5**2 * np.mean((noisy[30:] - still) ** 2)


def test_a_fast_face_is_followed_closely(still):
    """A flick of four face sizes a second: it trails by 15 % of the face; 1 Hz alone by half."""
    seconds = np.arange(60) / 30
    truth = still + np.clip(seconds - 1, 0, 0.5)[:, None, None] * [800, 0]
    error = np.abs(smooth(truth, seconds) - truth).max()
    assert error < 0.15 * 200
    assert np.abs(smooth(truth, seconds, hz_per_speed=0) - truth).max() > 0.5 * 200


def test_is_the_filter_of_the_paper():
    """Casiez, Roussel, Vogel 2012, appendix A, for one landmark that moves along x."""
    run, times = OneEuroFilter(1.2, 7.0), [0.0, 0.04, 0.07, 0.15, 0.16]
    xs = [10.0, 14.0, 9.0, 30.0, 31.0]
    smooth_x, slope = xs[0], 0.0
    found = [run([[xs[0], 0], [xs[0] - 100, 50]], 0.0)]
    expected = [smooth_x]
    for (x0, t0), (x, t) in zip(
        zip(xs, times, strict=True), list(zip(xs, times, strict=True))[1:], strict=False
    ):
        step = t - t0
        slope_alpha = 1 / (1 + 1 / (2 * np.pi * 1.0 * step))
        slope = slope_alpha * (x - x0) / step + (1 - slope_alpha) * slope
        alpha = 1 / (1 + 1 / (2 * np.pi * (1.2 + 7.0 * abs(slope) / 100) * step))
        smooth_x = alpha * x + (1 - alpha) * smooth_x
        expected.append(smooth_x)
        found.append(run([[x, 0], [x - 100, 50]], t))
    np.testing.assert_allclose(np.stack(found)[:, 0, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(np.stack(found)[:, 0, 1], 0, atol=1e-12)


def test_resolution_and_place_and_direction_make_no_difference(still):
    seconds = np.arange(20) / 30
    shapes = np.stack([moved(still, time, speed=2) for time in seconds])
    found = smooth(shapes, seconds)
    np.testing.assert_allclose(smooth(shapes * 7, seconds), found * 7, rtol=1e-9, atol=1e-9)
    away = np.array([900, -300])
    shifted = smooth(shapes + away, seconds + 55)
    np.testing.assert_allclose(shifted, found + away, rtol=1e-9, atol=1e-9)
    turn = geometry.rotation(90)  # keeps the longer side of the box, by which speed is measured
    turned = smooth(geometry.apply_affine(turn, shapes), seconds)
    np.testing.assert_allclose(turned, geometry.apply_affine(turn, found), rtol=1e-9, atol=1e-9)


def test_the_frame_rate_makes_little_difference(still):
    """Both lag by 1 / (2π f) seconds up to a frame, at any rate, so they differ by a frame."""
    coarse, fine = np.arange(60) / 30, np.arange(240) / 120
    truth = np.stack([moved(still, time) for time in coarse])
    at_30 = smooth(truth, coarse)
    at_120 = smooth(np.stack([moved(still, time) for time in fine]), fine)[::4]
    of_a_frame = np.abs(np.diff(truth, axis=0)).max()
    assert np.abs(at_30 - at_120).max() < of_a_frame


def test_what_does_not_move_stays(still):
    np.testing.assert_array_equal(smooth([still] * 5, range(5)), [still] * 5)


@pytest.mark.parametrize("later", [1.0, 0.5, np.nan])
def test_refuses_a_frame_that_is_not_later(still, later):
    run = OneEuroFilter()
    run(still, 1.0)
    with pytest.raises(BadInput, match="cannot follow"):
        run(still, later)


def test_a_shape_at_one_point_is_no_division_by_zero():
    found = smooth(np.zeros((3, 68, 2)) + np.arange(3)[:, None, None], range(3))
    assert np.isfinite(found).all()
