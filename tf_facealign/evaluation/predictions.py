"""What a system predicted for the faces of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.report import Cost


@dataclass(frozen=True, eq=False)
class Predictions:
    """The points of one system, ready to be scored.

    Attributes:
        system: what it is called.
        stages: stage → (N, L, 2) pixels of each face's image, in the order of the cascade, of which
            the last is the answer; NaN throughout for a face without prediction.
        costs: stage → cost, of the stages where it is known.
    """

    system: str
    stages: Mapping[str, NDArray[np.float64]]
    costs: Mapping[str, Cost] = field(default_factory=dict)

    def missing(self) -> NDArray[np.bool_]:
        """Which faces have no prediction, (N,)."""
        answer = list(self.stages.values())[-1]
        return np.asarray(np.isnan(answer).all(axis=(1, 2)))


def checked_points(
    predicted: Any, faces: Sequence[FaceSample], stage: str, some_missing: bool = False
) -> NDArray[np.float64]:
    """Predictions as float64 (N, L, 2), if they are finite and one shape for every face.

    Args:
        predicted: what a system gave, (N, L, 2) pixels.
        faces: N faces.
        stage: its name, for messages.
        some_missing: whether a face may be NaN throughout, as one without prediction.

    Raises:
        BadInput: the shape is another one, or a value is not finite; the message names the face.
    """
    points = np.asarray(predicted, np.float64)
    expected = (len(faces), *faces[0].landmarks_px.shape)
    if points.shape != expected:
        raise BadInput(
            f"{faces[0].name}: {stage} was predicted in the shape {points.shape}, "
            f"expected {expected}"
        )
    usable = np.isfinite(points).all(axis=(1, 2))
    if some_missing:
        usable |= np.isnan(points).all(axis=(1, 2))
    if not usable.all():
        name = faces[int(usable.argmin())].name
        raise BadInput(f"{name}: {stage} was predicted with a value that is not finite")
    return points
