"""What an evaluation found: every error, every score, of every system and stage.

Arrays hold fractions and pixels; a `Score` holds percent, as papers print them, and an AUC is a
share of 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.protocols import VISIBLE, Protocol
from tf_facealign.landmark_scheme import LandmarkScheme

Interval = tuple[float, float]
"""The ends of a 95 % confidence interval."""


@dataclass(frozen=True)
class Score:
    """The score of one stage on one subset; NaN where no face of it has a prediction.

    Attributes:
        faces: how many faces the subset has, with the missing ones.
        missing: how many of them have no prediction: not in `nme`, failures in `failure_rate`, zero
            in the CED of `auc`, and of infinite error in `percentiles`.
        nme: mean over the predicted faces of their normalised mean error, percent.
        failure_rate: share of faces with an NME above the threshold, percent.
        auc: area under the CED up to the threshold, 0..1.
        percentiles: 50, 90, 95 and 99 → the error that so many percent of the faces do not exceed,
            percent.
        nme_interval: what the mean would be with other faces, percent.
        failure_rate_interval: the same of the failure rate, percent.
        auc_interval: the same of the AUC, 0..1.
    """

    faces: int
    missing: int
    nme: float
    failure_rate: float
    auc: float
    percentiles: Mapping[int, float]
    nme_interval: Interval
    failure_rate_interval: Interval
    auc_interval: Interval


@dataclass(frozen=True, eq=False)
class StageResult:
    """What one stage of one system predicted, and how far off it is.

    Attributes:
        points_px: (N, L, 2) pixels of each face's image; NaN for a face without prediction.
        errors: normaliser → (N, L) distance of every point from the true one, divided by the
            normaliser, a fraction; infinite for a face without prediction.
        scores: normaliser → subset → score.
    """

    points_px: NDArray[np.float64]
    errors: Mapping[str, NDArray[np.float64]]
    scores: Mapping[str, Mapping[str, Score]]

    def face_errors(self, normalizer: str) -> NDArray[np.float64]:
        """The NME of every face, (N,) fractions; infinite without prediction."""
        return self.errors[normalizer].mean(axis=1)

    def landmark_errors(self, normalizer: str) -> NDArray[np.float64]:
        """The mean error of every landmark over the predicted faces, (L,) fractions."""
        errors = self.errors[normalizer]
        predicted = errors[np.isfinite(errors).all(axis=1)]
        return predicted.mean(axis=0) if len(predicted) else np.full(errors.shape[1], np.nan)

    def region_errors(self, normalizer: str, scheme: LandmarkScheme) -> dict[str, float]:
        """Region of the face → the mean error of its landmarks, a fraction."""
        errors = self.landmark_errors(normalizer)
        return {name: float(errors[list(where)].mean()) for name, where in scheme.regions.items()}


@dataclass(frozen=True)
class Cost:
    """What a stage takes, with all that comes before it.

    Attributes:
        parameters: trainable parameters.
        maccs: multiply-accumulates for one face; None where not known.
    """

    parameters: int
    maccs: int | None = None


@dataclass(frozen=True, eq=False)
class SystemResult:
    """One system: a model, or whatever wrote a predictions file.

    Attributes:
        name: what it is called.
        stages: stage → result, in the order of the cascade; the last one is the answer, "shape_0"
            is GRegNet alone.
        missing: the names of the faces without prediction.
        costs: stage → cost, of the stages where it is known.
    """

    name: str
    stages: Mapping[str, StageResult]
    missing: tuple[str, ...] = ()
    costs: Mapping[str, Cost] = field(default_factory=dict)

    @property
    def answer(self) -> StageResult:
        """The last stage."""
        return list(self.stages.values())[-1]


@dataclass(frozen=True)
class Difference:
    """How much more one system's NME is than another's, on the faces that both predicted.

    Attributes:
        system: the one.
        reference: the other.
        normalizer: what the errors are divided by.
        subset: the faces.
        faces: how many faces of it both predicted.
        nme: mean of NME(system) − NME(reference), percentage points; negative: `system` is better.
        interval: its 95 % confidence interval, percentage points.
        p_value: of a paired t-test, of no difference; None for fewer than two faces.
    """

    system: str
    reference: str
    normalizer: str
    subset: str
    faces: int
    nme: float
    interval: Interval
    p_value: float | None


@dataclass(frozen=True, eq=False)
class Report:
    """Everything an evaluation found; `report_table` and `report_json` write it down.

    Attributes:
        protocol: how it was scored; its first normaliser is the benchmark's.
        scheme: what the landmarks are.
        faces: the N faces, in the order of every (N, ...) array here.
        subsets: subset → (M,) indices of its faces, those of the protocol first.
        systems: one or more, in the order they were given.
        differences: every later system against the first one, by every normaliser and subset.
    """

    protocol: Protocol
    scheme: LandmarkScheme
    faces: Sequence[FaceSample]
    subsets: Mapping[str, NDArray[np.int64]]
    systems: Sequence[SystemResult]
    differences: Sequence[Difference] = field(default=())

    @property
    def normalizer(self) -> str:
        """The benchmark's normaliser."""
        return self.protocol.normalizers[0]

    def face_errors(self, stage: StageResult, normalizer: str, subset: str) -> NDArray[np.float64]:
        """The NME of every face of a subset, (M,) fractions; infinite without prediction."""
        return subset_errors(stage.errors[normalizer], self.faces, subset, self.subsets[subset])

    @property
    def incomplete(self) -> dict[str, tuple[int, int]]:
        """Subset → (faces here, official number), where the two are not the same.

        Such a subset's scores cannot be compared with published ones.
        """
        official = self.protocol.subsets or {}
        found = {name: len(self.subsets[name]) for name in official if name in self.subsets}
        return {name: (n, official[name]) for name, n in found.items() if n != official[name]}

    def mean_shape(self) -> NDArray[np.float64]:
        """The mean of the true shapes, (L, 2): each moved and scaled so that its box is 0..1."""
        boxes = np.stack([face.box_px for face in self.faces])[:, None]
        truth = np.stack([face.landmarks_px for face in self.faces])
        return ((truth - boxes[..., :2]) / (boxes[..., 2:] - boxes[..., :2])).mean(axis=0)


def subset_errors(
    errors: NDArray[np.float64],
    faces: Sequence[FaceSample],
    subset: str,
    members: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The NME of every face of a subset: the mean over its landmarks, or its visible ones.

    Args:
        errors: (N, L) as in `StageResult.errors`.
        faces: N faces.
        subset: its name; `VISIBLE` leaves hidden landmarks out.
        members: (M,) the indices of its faces.

    Returns:
        (M,) fractions; infinite without prediction.
    """
    of_subset = errors[members]
    if subset != VISIBLE:
        return of_subset.mean(axis=1)
    visible = np.stack([faces[index].visible for index in members.tolist()])
    return of_subset.mean(axis=1, where=visible)
