"""Faces that a dataset has twice: the same face, the same picture, nearly the same picture."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.image_scan import Look

SAME_BOX = 0.8
"""Boxes that overlap by more (intersection over union) are of one face: a shift by a tenth of the
side along one axis leaves 0.82."""

NEAR_COPY = 0.96
"""Patches that correlate more are of one photograph: scaled, cut or compressed again."""

_BLOCK = 1024

Pair = tuple[int, int]
"""Two faces by their indices, the lower one first."""


def same_faces(faces: Sequence[FaceSample], looks: Sequence[Look]) -> list[Pair]:
    """Pairs of the same picture and nearly the same box, whatever the names."""
    return [
        (one, other)
        for one, other in _same_content(looks)
        if overlap(faces[one].box_px, faces[other].box_px) > SAME_BOX
    ]


def same_pictures(faces: Sequence[FaceSample], looks: Sequence[Look]) -> list[Pair]:
    """Pairs of image files with other names and the same bytes, but another face in the box."""
    return [
        (one, other)
        for one, other in _same_content(looks)
        if faces[one].path != faces[other].path
        and overlap(faces[one].box_px, faces[other].box_px) <= SAME_BOX
    ]


def near_copies(looks: Sequence[Look]) -> list[tuple[Pair, float]]:
    """Pairs of other content whose small grey faces look alike, with their correlation."""
    usable = [index for index, look in enumerate(looks) if look.patch is not None]
    if not usable:
        return []
    patches = np.stack([look.patch for look in looks if look.patch is not None])
    pairs = []
    for start in range(0, len(patches), _BLOCK):
        correlations = patches[start : start + _BLOCK] @ patches[start:].T
        for row, column in np.argwhere(correlations > NEAR_COPY):
            one, other = usable[start + row], usable[start + column]
            if one < other and looks[one].digest != looks[other].digest:
                pairs.append(((one, other), float(correlations[row, column])))
    return pairs


def _same_content(looks: Sequence[Look]) -> list[Pair]:
    members: defaultdict[bytes, list[int]] = defaultdict(list)
    for index, look in enumerate(looks):
        if not look.fault:
            members[look.digest].append(index)
    return [pair for indices in members.values() for pair in combinations(indices, 2)]


def overlap(box: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Intersection over union of two boxes x0 y0 x1 y1."""
    low, high = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    common = float(np.prod(np.clip(high - low, 0.0, None)))
    areas = float(np.prod(box[2:] - box[:2]) + np.prod(other[2:] - other[:2]))
    return common / (areas - common)
