"""What the released files find in the golden pictures; other implementations are held to it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.model_spec import content_sha256
from tf_facealign.released_models import FOLDER

Pictures = dict[str, NDArray[np.uint8]]
_PLACES = 2
"""Rounded by 0.005 pixels, a twentieth of what others may be off by."""


def golden(pictures: Pictures, box_px: list[float]) -> dict[str, Any]:
    """Each released file's digest and landmarks.

    Args:
        pictures: name → picture of a face.
        box_px: where the face is in all of them.

    Returns:
        "300w-tiny/int8.tflite" → `sha256`, and in `landmarks_px` the landmarks of each name.
    """
    return {
        path.relative_to(FOLDER).as_posix(): {
            "sha256": content_sha256(path),
            "landmarks_px": _landmarks(FaceAligner.load(path), pictures, box_px),
        }
        for path in sorted(FOLDER.glob("*/*.tflite"))
    }


def _landmarks(aligner: FaceAligner, pictures: Pictures, box_px: list[float]) -> dict[str, Any]:
    faces = aligner.batch(list(pictures.values()), [[box_px]] * len(pictures))
    found = [face.landmarks_px.round(_PLACES).tolist() for (face,) in faces]
    return dict(zip(pictures, found, strict=True))
