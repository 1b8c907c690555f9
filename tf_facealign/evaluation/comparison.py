"""Whether one system is better than another: the same faces, so a paired comparison."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tf_facealign.evaluation.bootstrap import mean_intervals
from tf_facealign.evaluation.report import Difference, Report, SystemResult


def compare(report: Report) -> Report:
    """The report with the differences of every later system from the first one."""
    reference, *others = report.systems
    differences = [
        difference for system in others for difference in _differences(report, system, reference)
    ]
    return replace(report, differences=tuple(differences))


def _differences(
    report: Report, system: SystemResult, reference: SystemResult
) -> Iterator[Difference]:
    for normalizer in report.protocol.normalizers:
        for subset in report.subsets:
            first, second = (
                100 * report.face_errors(one.answer, normalizer, subset)
                for one in (system, reference)
            )
            both = np.isfinite(first) & np.isfinite(second)
            if both.any():
                names = (system.name, reference.name, normalizer, subset)
                yield Difference(*names, int(both.sum()), *_paired(first[both], second[both]))


def _paired(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[float, tuple[float, float], float | None]:
    """The mean of first − second, its interval, and the p-value of no difference."""
    differences = first - second
    low, high = mean_intervals(differences[:, None])[0].tolist()
    return float(differences.mean()), (low, high), p_value(differences)


def p_value(differences: NDArray[np.float64]) -> float | None:
    """That of a paired t-test; None where one face, or faces all alike, allow none.

    Args:
        differences: (N,) of the errors of each face.
    """
    from scipy.stats import ttest_1samp  # slow to import, and one system needs none

    if len(differences) < 2:
        return None
    if np.ptp(differences) <= 1e-9 * np.abs(differences).max():  # rounding, not scatter
        return 1.0 if differences[0] == 0 else None
    return float(ttest_1samp(differences, 0.0).pvalue)
