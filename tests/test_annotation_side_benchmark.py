import sys
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    import annotation_side

    yield annotation_side
    del sys.modules["annotation_side"]


def test_a_known_offset_is_found_and_taken_away(benchmark):
    """Answers 2 % of the distance to the left and 1 % below the truth, and nowhere else."""
    truth = np.random.default_rng(0).random((5, 7, 2))
    distances = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    answer = truth + distances[:, None, None] * [-0.02, 0.01]
    found = benchmark.offsets(truth, answer, distances)
    assert found["x"] == -2
    assert found["y"] == 1
    assert found["x_error"] == found["y_error"] == 0
    assert found["nme"] == round(100 * np.hypot(0.02, 0.01), 3)
    assert found["nme_moved"] == 1


def test_the_error_is_that_of_the_mean(benchmark):
    """Faces of which half lie 1 % to the right and half 3 %: deviation 1, over √4."""
    truth = np.zeros((4, 3, 2))
    answer = truth + np.array([0.01, 0.03, 0.01, 0.03])[:, None, None] * [1, 0]
    found = benchmark.offsets(truth, answer, np.ones(4))
    assert (found["x"], found["x_error"]) == (2, 0.5)
