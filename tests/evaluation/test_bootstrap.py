"""Confidence intervals against scipy's, the normal approximation and their promised coverage."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from tf_facealign.evaluation.bootstrap import mean_intervals


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation():
    # The mean of N values has a standard error of s/√N; with N = 4000 its distribution is normal
    # for all that 2000 resamples can show: their 2.5th percentile scatters by 0.06 of it.
    values = np.random.default_rng(0).gamma(3.0, 1.0, 4000)
    error = values.std() / np.sqrt(4000)
    low, high = mean_intervals(values[:, None])[0]
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_scipy_gives_the_same_interval():
    values = np.random.default_rng(1).gamma(1.0, 1.0, 60)  # skewed and few: not symmetric
    theirs = bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(2)
    )
    ours = mean_intervals(values[:, None])[0]
    scatter = 0.2 * theirs.standard_error
    assert ours == pytest.approx(theirs.confidence_interval, abs=scatter)
    assert ours[1] - values.mean() > values.mean() - ours[0]  # it leans to the long tail


def test_intervals_cover_the_truth_as_often_as_they_say():
    # 200 experiments whose true mean is 1, as columns. 95 % of them should cover it; the count has
    # a deviation of √(200 · 0.95 · 0.05) = 3.1, and a percentile interval of 50 exponential values
    # covers somewhat less than it promises.
    samples = np.random.default_rng(3).exponential(1.0, (50, 200))
    low, high = mean_intervals(samples).T
    covered = int(((low <= 1) & (high >= 1)).sum())
    assert 175 <= covered <= 199


def test_the_interval_of_a_rate():
    # 40 failures of 400 faces: 0.1 ± 1.96 · √(0.1 · 0.9 / 400) = 0.1 ± 0.0294.
    low, high = mean_intervals((np.arange(400) < 40).astype(float)[:, None])[0]
    assert (low, high) == pytest.approx((0.0706, 0.1294), abs=0.003)


def test_columns_share_their_resamples_and_do_not_disturb_each_other():
    values = np.random.default_rng(4).gamma(3.0, 1.0, (30, 2))
    both = mean_intervals(values)
    np.testing.assert_allclose(mean_intervals(values[:, :1])[0], both[0], rtol=1e-12)
    # A difference of columns that differ by a constant has no width.
    low, high = mean_intervals(values[:, :1] + 2.0 - values[:, :1])[0]
    assert low == pytest.approx(2.0, abs=1e-12) == high


def test_nan_leaves_a_face_out():
    values = np.array([1.0, np.nan, 1.0, np.nan])[:, None]
    assert mean_intervals(values)[0].tolist() == [1.0, 1.0]
    assert np.isnan(mean_intervals(np.full((3, 1), np.nan))).all()
    assert mean_intervals(np.array([[7.0]])).tolist() == [[7.0, 7.0]]


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(5).gamma(3.0, 1.0, (30, 1))
    np.testing.assert_array_equal(mean_intervals(values), mean_intervals(values))
    assert (mean_intervals(values) != mean_intervals(values, seed=1)).any()
