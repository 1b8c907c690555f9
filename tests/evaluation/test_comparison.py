"""Paired comparisons: known differences, a known p-value, and what pairing is for."""

import math

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.comparison import p_value
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.scoring import score
from tf_facealign.face_crop import landmarks_box

IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(5)
COUNT = 40
IMAGE = np.zeros((8, 8, 3), np.uint8)


def _face(name):
    points = RNG.uniform(0, 50, (68, 2))
    points[36], points[45] = [0, 0], [100, 0]  # a pixel is a percent
    return FaceSample(name, points, landmarks_box(points), pixels=IMAGE)


FACES = [_face(f"{number:03d}.png") for number in range(COUNT)]
TRUTH = np.stack([face.landmarks_px for face in FACES])
HARDNESS = RNG.gamma(3.0, 2.0, COUNT)  # what makes a face hard for every system


def _system(name, errors_px):
    return Predictions(name, {"shape": TRUTH + np.stack([errors_px, 0 * errors_px], -1)[:, None]})


def _difference(*systems):
    report = score(FACES, list(systems), IBUG68)
    return next(found for found in report.differences if found.normalizer == "inter_ocular")


def test_a_small_difference_shows_through_what_makes_faces_hard():
    noise = RNG.normal(0, 0.1, COUNT)
    found = _difference(_system("old", HARDNESS), _system("new", HARDNESS - 0.2 + noise))
    assert (found.system, found.reference, found.subset) == ("new", "old", "all")
    assert found.faces == COUNT
    assert found.nme == pytest.approx(noise.mean() - 0.2, abs=1e-9)
    error = noise.std() / math.sqrt(COUNT)
    expected = (found.nme - 1.96 * error, found.nme + 1.96 * error)
    assert found.interval == pytest.approx(expected, abs=0.3 * error)
    assert found.interval[1] < 0
    assert found.p_value < 1e-6
    # The two scores' own intervals, which do not pair the faces, overlap.
    report = score(FACES, [_system("old", HARDNESS), _system("new", HARDNESS - 0.2)], IBUG68)
    old, new = (one.answer.scores["inter_ocular"]["all"].nme_interval for one in report.systems)
    assert new[1] > old[0]


def test_equal_systems():
    found = _difference(_system("one", HARDNESS), _system("other", HARDNESS))
    assert (found.nme, found.interval, found.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_only_faces_that_both_predicted_are_compared():
    one, other = HARDNESS.copy(), HARDNESS + 1
    one[:3], other[2:5] = np.nan, np.nan
    found = _difference(_system("one", one), _system("other", other))
    assert found.faces == COUNT - 5
    assert found.nme == pytest.approx(1.0)


def test_systems_without_a_face_in_common_are_not_compared():
    half = np.where(np.arange(COUNT) < 20, 1.0, np.nan)
    other = np.where(np.arange(COUNT) < 20, np.nan, 1.0)
    assert score(FACES, [_system("one", half), _system("other", other)], IBUG68).differences == ()


def test_every_later_system_is_compared_with_the_first():
    systems = [_system(name, HARDNESS + plus) for name, plus in (("a", 0), ("b", 1), ("c", 2))]
    report = score(FACES, systems, IBUG68)
    found = {(d.system, d.normalizer): d.nme for d in report.differences}
    assert found["b", "inter_ocular"] == pytest.approx(1.0)
    assert found["c", "inter_ocular"] == pytest.approx(2.0)
    assert {name for name, _ in found} == {"b", "c"}
    assert {normalizer for _, normalizer in found} == set(IBUG68.normalizers)


def test_the_p_value_of_a_t_test_by_hand():
    # Differences 1 to 5: mean 3, s = √2.5, t = 3 / √(2.5 / 5) = 4.2426 with 4 degrees of freedom.
    # Two tails of Student's t with 4 degrees: 1 - x(1.5 - x²/2) with x = t / √(4 + t²) = 0.904534.
    x = 18**0.5 / 22**0.5
    assert p_value(np.arange(1.0, 6.0)) == pytest.approx(1 - x * (1.5 - x * x / 2), rel=1e-9)


def test_where_no_test_is_possible():
    assert p_value(np.array([0.3])) is None
    assert p_value(np.array([0.3, 0.3])) is None  # no scatter to judge by
