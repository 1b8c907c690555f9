"""How far predicted landmarks lie from the true ones: NME, failure rate, CED and AUC.

Everything here is in float64 and returns fractions; percent appear in reports only. A face without
prediction has an infinite error: it fails, and adds nothing to the CED.

Reference: the paper, section 4.2.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput

THRESHOLD = 0.1
"""The NME above which a face counts as failed (paper, section 4.2)."""


def point_errors(truth: ArrayLike, predicted: ArrayLike) -> NDArray[np.float64]:
    """Distance of every predicted point from the true one: e = ‖predicted - truth‖₂.

    Args:
        truth: (N, L, 2), in any unit with square pixels.
        predicted: (N, L, 2), in the same unit.

    Returns:
        (N, L), in that unit.

    Raises:
        BadInput: the two are not of one shape (N, L, 2).
    """
    true, guess = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    # Without this check (N, L, 2) and (1, L, 2) would broadcast into a wrong score.
    if true.shape != guess.shape or true.ndim != 3 or true.shape[2] != 2:
        raise BadInput(f"shapes {true.shape} and {guess.shape} are not one (N, L, 2)")
    return np.asarray(np.linalg.norm(guess - true, axis=-1), np.float64)


def nme(truth_px: ArrayLike, predicted_px: ArrayLike, normalizer: ArrayLike) -> NDArray[np.float64]:
    """Normalised mean error of every face: NME = 1/(L·d) · Σ_l ‖predicted_l - truth_l‖₂.

    Args:
        truth_px: (N, L, 2) pixels.
        predicted_px: (N, L, 2) pixels.
        normalizer: (N,) pixels, the d of each face, measured on the truth; see
            `LandmarkScheme.normalizer_distance`.

    Returns:
        (N,) fractions; 0.03 is what papers print as 3 %.

    Raises:
        BadInput: the shapes do not fit, or a normaliser is not a positive number.
    """
    errors = point_errors(truth_px, predicted_px)
    distances = np.asarray(normalizer, np.float64)
    if distances.shape != errors.shape[:1]:
        raise BadInput(f"{len(errors)} faces need one normaliser each, got shape {distances.shape}")
    if not (np.isfinite(distances) & (distances > 0)).all():
        raise BadInput("a normaliser is not a positive number (the points it spans coincide)")
    return np.asarray(errors.mean(axis=1) / distances, np.float64)


def failure_rate(nme_values: ArrayLike, threshold: float = THRESHOLD) -> float:
    """Share of faces that fail: FR = |{i : e_i > threshold}| / N, a fraction.

    Raises:
        BadInput: there is no value, or one is not a number ≥ 0.
    """
    return float((_values(nme_values) > threshold).mean())


def ced(
    nme_values: ArrayLike, threshold: float = THRESHOLD
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The cumulative error distribution, CED(x) = |{i : e_i ≤ x}| / N, to be drawn as steps.

    Returns:
        Errors (K,) from 0 to `threshold`, rising, and the share of faces (K,) at or below each; the
        share holds from its error to the next (`where="post"` in plots).

    Raises:
        BadInput: there is no value, or one is not a number ≥ 0.
    """
    values = np.sort(_values(nme_values))
    jumps = np.unique(values[values <= threshold])
    errors = np.unique(np.concatenate([[0.0], jumps, [threshold]]))
    return errors, np.searchsorted(values, errors, side="right") / len(values)


def auc(nme_values: ArrayLike, threshold: float = THRESHOLD) -> float:
    """Area under the CED from 0 to the threshold, as a share of the whole: 1 is perfect.

        AUC = 1/t · ∫_0^t CED(x) dx = 1/(N·t) · Σ_i max(t - e_i, 0),  t = threshold

    The right side is exact, not an approximation: a face with error e_i adds a step of height 1/N
    that lasts from e_i to t. Papers usually sample the CED on a grid of x and apply the trapezoid
    or Simpson rule; that tends to this value as the grid gets finer. The trapezoid rule is off by
    at most half a grid spacing divided by t: 0.0005 on the common grid of 1,000 steps.

    Raises:
        BadInput: there is no value, or one is not a number ≥ 0.
    """
    return float(np.clip(threshold - _values(nme_values), 0.0, None).mean() / threshold)


def _values(nme_values: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(nme_values, np.float64)
    if values.ndim != 1 or not values.size:
        raise BadInput(f"errors of shape {values.shape}; expected one or more, (N,)")
    # NaN > threshold is false: a broken prediction would count as a success.
    if not (values >= 0).all():
        raise BadInput("an error is not a number of at least 0")
    return values
