"""The metrics against hand-made numbers, known integrals, invariances and a naive loop."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tf_facealign import geometry
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.metrics import auc, ced, failure_rate, nme, point_errors

Array = NDArray[np.float64]
IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(7)
TRUTH = RNG.uniform(0, 200, (12, 68, 2))
PREDICTED = TRUTH + RNG.normal(0, 3, TRUTH.shape)


def _ocular_nme(truth: Array, predicted: Array) -> Array:
    return nme(truth, predicted, IBUG68.normalizer_distance(truth, "inter_ocular"))


# ----- by hand


def test_golden() -> None:
    truth = np.array([[[0.0, 0.0], [10.0, 0.0]], [[5.0, 5.0], [5.0, 25.0]]])
    # 3-4-5 and 6-8-10 triangles: errors 5 and 10; then 0 and 2.
    moves = np.array([[[3.0, 4.0], [-6.0, 8.0]], [[0.0, 0.0], [0.0, -2.0]]])
    predicted = truth + moves
    np.testing.assert_array_equal(point_errors(truth, predicted), [[5.0, 10.0], [0.0, 2.0]])
    # Means 7.5 and 1, divided by 10 and 20.
    np.testing.assert_allclose(nme(truth, predicted, [10.0, 20.0]), [0.75, 0.05], rtol=1e-15)


def test_golden_curve() -> None:
    values = [0.02, 0.1, 0.02, 0.06, 0.3]
    # 0.1 itself is no failure ("NME > 0.10"): one of five fails.
    assert failure_rate(values) == pytest.approx(0.2)
    # (0.08 + 0 + 0.08 + 0.04 + 0) / 5 / 0.1
    assert auc(values) == pytest.approx(0.4)
    errors, shares = ced(values)
    np.testing.assert_allclose(errors, [0, 0.02, 0.06, 0.1])
    np.testing.assert_allclose(shares, [0, 0.4, 0.6, 0.8])


def test_a_moved_threshold() -> None:
    assert failure_rate([0.04, 0.06], threshold=0.05) == 0.5
    assert auc([0.04, 0.06], threshold=0.05) == pytest.approx(0.1)  # (0.01 + 0) / 2 / 0.05


def test_extremes() -> None:
    assert (auc([0.0, 0.0]), failure_rate([0.0, 0.0])) == (1.0, 0.0)
    assert (auc([0.2, 9.0]), failure_rate([0.2, 9.0])) == (0.0, 1.0)


def test_a_face_without_prediction_fails_and_adds_nothing() -> None:
    # Of three faces one has none: (0.08 + 0.04 + 0) / 3 / 0.1, and the CED ends at 2/3.
    values = [0.02, np.inf, 0.06]
    assert failure_rate(values) == pytest.approx(1 / 3)
    assert auc(values) == pytest.approx(0.4)
    assert ced(values)[1][-1] == pytest.approx(2 / 3)


# ----- known integrals


def test_uniform_errors() -> None:
    # Midpoints of N cells of [0, 0.2]: CED(x) = x / 0.2, so AUC = 0.1² / (2 · 0.2) / 0.1 = 0.25.
    values = (np.arange(1000) + 0.5) * (0.2 / 1000)
    assert auc(values) == pytest.approx(0.25, abs=1e-12)
    assert failure_rate(values) == 0.5


def test_exponential_errors() -> None:
    # CED(x) = 1 - exp(-x/m): AUC = 1 - m/t · (1 - exp(-t/m)), FR = exp(-t/m).
    mean, steps = 0.04, 200_000
    values = -mean * np.log1p(-(np.arange(steps) + 0.5) / steps)
    assert auc(values) == pytest.approx(1 - 0.4 * (1 - math.exp(-2.5)), abs=1e-5)
    assert failure_rate(values) == pytest.approx(math.exp(-2.5), abs=1e-5)


@pytest.mark.parametrize("steps", [10, 100, 1000])
def test_auc_is_the_limit_of_the_trapezoid_rule(steps: int) -> None:
    values = RNG.gamma(3.0, 0.015, 500)
    grid = np.linspace(0, 0.1, steps + 1)
    shares = (values[:, None] <= grid).mean(0)
    trapezoid = np.trapezoid(shares, grid) / 0.1
    assert abs(trapezoid - auc(values)) <= 0.5 / steps


def test_auc_is_the_area_under_the_ced() -> None:
    values = RNG.gamma(3.0, 0.015, 500)
    errors, shares = ced(values)
    assert (np.diff(errors) * shares[:-1]).sum() / 0.1 == pytest.approx(auc(values), abs=1e-12)
    assert shares[-1] == pytest.approx(1 - failure_rate(values), abs=1e-12)


# ----- invariances


@pytest.mark.parametrize(
    "affine",
    [
        geometry.scale_and_shift(1, [13.0, -700.0]),
        geometry.rotation(37.0),
        geometry.scale_and_shift(0.21, 0),
    ],
    ids=["translation", "rotation", "scale"],
)
def test_nme_is_unchanged_by_similarities(affine: geometry.Affine) -> None:
    moved = [geometry.apply_affine(affine, shape) for shape in (TRUTH, PREDICTED)]
    np.testing.assert_allclose(_ocular_nme(*moved), _ocular_nme(TRUTH, PREDICTED), rtol=1e-11)


def test_nme_is_unchanged_by_a_mirror() -> None:
    mirrored = IBUG68.mirror(TRUTH), IBUG68.mirror(PREDICTED)
    np.testing.assert_allclose(_ocular_nme(*mirrored), _ocular_nme(TRUTH, PREDICTED), rtol=1e-11)


def test_nme_is_zero_only_for_equal_shapes() -> None:
    assert (_ocular_nme(TRUTH, TRUTH) == 0).all()
    for face in range(len(TRUTH)):
        touched = TRUTH.copy()
        touched[face, 5 * face, face % 2] += 1e-6
        np.testing.assert_array_equal(_ocular_nme(TRUTH, touched) > 0, np.arange(12) == face)


def test_faces_are_scored_alone_in_any_order() -> None:
    values = _ocular_nme(TRUTH, PREDICTED)
    order = RNG.permutation(12)
    np.testing.assert_array_equal(_ocular_nme(TRUTH[order], PREDICTED[order]), values[order])
    np.testing.assert_array_equal(_ocular_nme(TRUTH[3:4], PREDICTED[3:4]), values[3:4])
    many = RNG.gamma(3.0, 0.02, 300)
    for metric in (auc, failure_rate):
        assert metric(many[::-1]) == pytest.approx(metric(many), rel=1e-13)


# ----- a naive implementation


def _naive_nme(truth: Array, predicted: Array, normalizer: Array) -> list[float]:
    result = []
    for true_face, face, distance in zip(truth, predicted, normalizer, strict=True):
        total = 0.0
        for (true_x, true_y), (x, y) in zip(true_face, face, strict=True):
            total += math.hypot(x - true_x, y - true_y)
        result.append(total / len(true_face) / distance)
    return result


def test_the_naive_loop_agrees() -> None:
    distances = np.array([math.dist(face[36], face[45]) for face in TRUTH])
    naive = _naive_nme(TRUTH, PREDICTED, distances)
    np.testing.assert_allclose(_ocular_nme(TRUTH, PREDICTED), naive, rtol=0, atol=1e-12)
    failed = sum(1 for value in naive if value > 0.02)
    assert failure_rate(naive, 0.02) == failed / 12
    area = sum(max(0.02 - value, 0.0) for value in naive) / 12 / 0.02
    assert auc(naive, 0.02) == pytest.approx(area, abs=1e-12)


# ----- refusals


@pytest.mark.parametrize("predicted", [TRUTH[:1], TRUTH[:, :67], TRUTH[..., :1], TRUTH[0]])
def test_shapes_that_do_not_fit(predicted: Array) -> None:
    with pytest.raises(BadInput, match=r"are not one \(N, L, 2\)"):
        point_errors(TRUTH, predicted)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_normalizers_must_be_positive(bad: float) -> None:
    normalizer = np.full(12, 50.0)
    normalizer[4] = bad
    with pytest.raises(BadInput, match="not a positive number"):
        nme(TRUTH, PREDICTED, normalizer)


def test_one_normalizer_a_face() -> None:
    with pytest.raises(BadInput, match="12 faces need one normaliser each"):
        nme(TRUTH, PREDICTED, 50.0)


@pytest.mark.parametrize("metric", [auc, failure_rate, ced])
@pytest.mark.parametrize("values", [[], [[0.1]], [0.1, np.nan], [0.1, -np.inf], [-0.1]])
def test_errors_must_be_numbers(metric: Callable[[object], object], values: list[float]) -> None:
    with pytest.raises(BadInput, match="error"):
        metric(values)
