"""Which faces belong to which subset."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.protocols import VISIBLE, Protocol

Members = Mapping[str, NDArray[np.int64]]
"""Subset → (M,) the indices of its faces."""


def subsets_of(faces: Sequence[FaceSample], protocol: Protocol) -> Members:
    """Every subset of the faces, the protocol's first; one of them, perhaps "all", is everything.

    Members are in the order of their names, so that a bootstrap does not depend on that of `faces`.

    Raises:
        BadInput: the protocol scores visible landmarks, and a face has none; the message names it.
    """
    order = sorted(range(len(faces)), key=lambda index: faces[index].name)
    found: dict[str, list[int]] = {"all": order}
    for index in order:
        for name in faces[index].subsets:
            found.setdefault(name, []).append(index)
    if any(len(found[name]) == len(faces) for name in found if name != "all"):
        del found["all"]
    if protocol.visible:
        _check_visible(faces)
        found[VISIBLE] = order
    known = [name for name in protocol.subsets or () if name in found]
    return {name: np.array(found[name]) for name in dict.fromkeys([*known, *found])}


def _check_visible(faces: Sequence[FaceSample]) -> None:
    for face in faces:
        if face.visible is None or not face.visible.any():
            raise BadInput(f"{face.name}: no landmark is marked as visible, which scoring needs")
