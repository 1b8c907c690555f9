"""Face crops for calibration and verification, cut as everywhere else."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.model_spec import ModelSpec


def crops_of(faces: Sequence[FaceSample], spec: ModelSpec) -> NDArray[np.uint8]:
    """The crops (N, S, S, 3) of faces by their boxes.

    Raises:
        BadInput: there is no face, an image cannot be read, or a box has no area.
    """
    if not faces:
        raise BadInput("there are no faces to cut out")
    affines = affines_of(faces, spec)
    pairs = zip(faces, affines, strict=True)
    return np.stack([face_crop.cut(face.image_rgb(), at, spec.input_size) for face, at in pairs])


def affines_of(faces: Sequence[FaceSample], spec: ModelSpec) -> list[NDArray[np.float64]]:
    """Each face's affine, from unit coordinates of its crop to pixels of its image."""
    padding = face_crop.Padding(*spec.padding)
    return [face_crop.crop_affine(face.box_px, padding) for face in faces]


def evenly(faces: Sequence[FaceSample], count: int) -> list[FaceSample]:
    """At most `count` of the faces, the same ones each time, from all over the list."""
    if len(faces) <= count:
        return list(faces)
    return [faces[i] for i in np.linspace(0, len(faces) - 1, count).round().astype(int).tolist()]
