"""Telling a face from anything else by what the model says of the mirrored crop.

A model that sees a face finds the same landmarks in its mirror image. Elsewhere it has nothing to
hold on to, and what it makes up there is not symmetric. That needs no stage but the last, so it
works with every model file; the price is a second run.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tf_facealign import geometry
from tf_facealign.face_crop import landmarks_box
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_aligner import FaceAligner


def mirror_disagreement(
    aligner: FaceAligner, image_rgb: NDArray[np.uint8], faces: Sequence[Face]
) -> NDArray[np.float64]:
    """How far the landmarks of faces lie from those found in the mirrored image.

    Args:
        aligner: the model that found the faces.
        image_rgb: (H, W, 3) uint8.
        faces: K faces of the image.

    Returns:
        (K,) mean distances over the landmarks, in face sizes (the longer side of their box).
    """
    if not faces:
        return np.empty(0)
    boxes = np.stack([face.box_px for face in faces])
    last = image_rgb.shape[1] - 1
    mirrored_boxes = np.stack([last - boxes[:, 2], boxes[:, 1], last - boxes[:, 0], boxes[:, 3]], 1)
    mirrored = aligner(np.ascontiguousarray(image_rgb[:, ::-1]), mirrored_boxes)
    order = list(aligner.scheme.flip_permutation)
    back = geometry.scale_and_shift((-1, 1), (last, 0))
    others = [geometry.apply_affine(back, face.landmarks_px[order]) for face in mirrored]
    pairs = zip(faces, others, strict=True)
    return np.array([_distance(face.landmarks_px, other) for face, other in pairs])


def _distance(shape_px: NDArray[np.float64], other_px: NDArray[np.float64]) -> float:
    x0, y0, x1, y1 = landmarks_box(shape_px)
    return float(np.linalg.norm(shape_px - other_px, axis=-1).mean() / max(x1 - x0, y1 - y0, 1.0))
