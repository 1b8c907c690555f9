"""From predicted points to a report: errors by every normaliser, scores of every subset.

Reference: the paper, section 4.2.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tf_facealign import metrics
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.bootstrap import mean_intervals
from tf_facealign.evaluation.comparison import compare
from tf_facealign.evaluation.predictions import Predictions, checked_points
from tf_facealign.evaluation.protocols import FACE_SIZE, Protocol, get_protocol
from tf_facealign.evaluation.report import (
    Interval,
    Report,
    Score,
    StageResult,
    SystemResult,
    subset_errors,
)
from tf_facealign.evaluation.subsets import Members, subsets_of
from tf_facealign.landmark_scheme import LandmarkScheme

PERCENTILES = (50, 90, 95, 99)

Errors = Mapping[str, NDArray[np.float64]]
"""Normaliser → (N, L) fractions."""


def score(
    faces: Sequence[FaceSample],
    systems: Sequence[Predictions],
    scheme: LandmarkScheme,
    protocol: Protocol | None = None,
) -> Report:
    """Score what one or several systems predicted, on every subset of the faces.

    Args:
        faces: N faces; the subset "all" is added unless one of theirs already holds them all.
        systems: their predictions of these faces; NaN where one has none for a face.
        scheme: what the landmarks are.
        protocol: how to score them; by default, by every normaliser of the scheme.

    Raises:
        BadInput: the faces do not fit the scheme or the protocol, two systems have one name, a
            prediction has the wrong shape or is not finite, or the normaliser of a face is zero;
            the message names the face.
    """
    check_faces(faces, scheme)
    protocol = protocol or get_protocol("these faces", scheme)
    _check_systems(systems)
    if not protocol.normalizers:
        raise BadInput(f"nothing to score: no normaliser in the scheme {scheme.name}")
    members = subsets_of(faces, protocol)
    distances = {name: face_distances(faces, scheme, name) for name in protocol.normalizers}
    results = [_system(system, faces, members, distances, protocol) for system in systems]
    report = Report(protocol, scheme, faces, members, results)
    return compare(report)


def face_distances(
    faces: Sequence[FaceSample], scheme: LandmarkScheme, normalizer: str
) -> NDArray[np.float64]:
    """The distance that the error of each face is divided by, (N,) pixels.

    Args:
        faces: N faces.
        scheme: what their landmarks are.
        normalizer: one of the scheme's, or `FACE_SIZE`: √(width · height) of the face's box.

    Raises:
        BadInput: there is no such normaliser, or the distance of a face is zero.
    """
    if normalizer == FACE_SIZE:
        corners = np.stack([face.box_px for face in faces]).reshape(-1, 2, 2)
        return np.sqrt((corners[:, 1] - corners[:, 0]).prod(axis=1))
    truth = np.stack([face.landmarks_px for face in faces])
    distances = scheme.normalizer_distance(truth, normalizer)
    if (distances <= 0).any():
        raise BadInput(f"{faces[int(distances.argmin())].name}: its {normalizer} distance is zero")
    return distances


def check_faces(faces: Sequence[FaceSample], scheme: LandmarkScheme) -> None:
    """Refuse, as BadInput, no faces, and a face that has not the landmarks of the scheme."""
    if not faces:
        raise BadInput("there are no faces to score")
    for face in faces:
        if face.landmarks_px.shape[0] != scheme.num_landmarks:
            raise BadInput(
                f"{face.name}: {face.landmarks_px.shape[0]} landmarks, "
                f"the scheme {scheme.name} has {scheme.num_landmarks}"
            )


def _check_systems(systems: Sequence[Predictions]) -> None:
    if not all(system.stages for system in systems) or not systems:
        raise BadInput("nothing to score: no stage")
    names = [system.system for system in systems]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"two of the systems to compare are called {name!r}")


def _system(
    system: Predictions,
    faces: Sequence[FaceSample],
    members: Members,
    distances: Mapping[str, NDArray[np.float64]],
    protocol: Protocol,
) -> SystemResult:
    points = {
        stage: checked_points(points_px, faces, stage, some_missing=True)
        for stage, points_px in system.stages.items()
    }
    errors = {stage: _errors(points_px, faces, distances) for stage, points_px in points.items()}
    scores = _scores(errors, faces, members, protocol)
    stages = {
        stage: StageResult(points[stage], errors[stage], scores[stage]) for stage in system.stages
    }
    names = tuple(faces[index].name for index in np.flatnonzero(system.missing()).tolist())
    return SystemResult(system.system, stages, names, system.costs)


def _errors(
    points_px: NDArray[np.float64],
    faces: Sequence[FaceSample],
    distances: Mapping[str, NDArray[np.float64]],
) -> Errors:
    truth = np.stack([face.landmarks_px for face in faces])
    errors_px = metrics.point_errors(truth, points_px)
    errors_px[np.isnan(errors_px)] = np.inf
    return {name: errors_px / distance[:, None] for name, distance in distances.items()}


def _scores(
    errors: Mapping[str, Errors],
    faces: Sequence[FaceSample],
    members: Members,
    protocol: Protocol,
) -> dict[str, dict[str, dict[str, Score]]]:
    """Stage → normaliser → subset → score."""
    scores: dict[str, dict[str, dict[str, Score]]] = {
        stage: {normalizer: {} for normalizer in of_stage} for stage, of_stage in errors.items()
    }
    keys = [(stage, normalizer) for stage, of_stage in errors.items() for normalizer in of_stage]
    for subset, who in members.items():
        columns = [subset_errors(errors[stage][name], faces, subset, who) for stage, name in keys]
        found = scores_of(np.stack(columns, axis=1), protocol.threshold)
        for (stage, normalizer), score_ in zip(keys, found, strict=True):
            scores[stage][normalizer][subset] = score_
    return scores


def scores_of(nme_values: NDArray[np.float64], threshold: float) -> list[Score]:
    """The scores of faces by several sets of errors of theirs.

    Args:
        nme_values: (N, K) fractions, infinite without prediction.
        threshold: a fraction.

    Returns:
        K scores.
    """
    predicted = np.where(np.isfinite(nme_values), nme_values, np.nan)
    areas = np.clip(threshold - nme_values, 0, None) / threshold
    per_face = np.concatenate([100 * predicted, 100.0 * (nme_values > threshold), areas], axis=1)
    intervals = mean_intervals(per_face).reshape(3, -1, 2).tolist()
    return [
        _score(column, threshold, [(low, high) for low, high in of_column])
        for column, *of_column in zip(nme_values.T, *intervals, strict=True)
    ]


def _score(nme_values: NDArray[np.float64], threshold: float, intervals: list[Interval]) -> Score:
    """The score of one column; the intervals are those of NME, failure rate and AUC."""
    predicted = nme_values[np.isfinite(nme_values)]
    percentiles = np.percentile(nme_values, PERCENTILES, method="inverted_cdf")
    nme, failure_rate, auc = intervals
    return Score(
        faces=len(nme_values),
        missing=len(nme_values) - len(predicted),
        nme=100 * float(predicted.mean()) if len(predicted) else float("nan"),
        failure_rate=100 * metrics.failure_rate(nme_values, threshold),
        auc=metrics.auc(nme_values, threshold),
        percentiles=dict(zip(PERCENTILES, (100 * percentiles).tolist(), strict=True)),
        nme_interval=nme,
        failure_rate_interval=failure_rate,
        auc_interval=auc,
    )
