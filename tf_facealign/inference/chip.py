"""The aligned crop that face recognition systems take."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop, geometry

TEMPLATE_PX: Final = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)
"""Where the `five_points` come to lie in a chip of 112 pixels.

Source: InsightFace, `python-package/insightface/utils/face_align.py`, the template of ArcFace.
"""
_TEMPLATE_SIZE: Final = (112, 112)


def chip(
    image_rgb: NDArray[np.uint8], five_points_px: NDArray[np.float64], size: int
) -> NDArray[np.uint8]:
    """Cut a face so that its five points come to lie as near to the template as they can.

    It may turn, scale and shift the face, but neither stretch nor mirror it. Outside the image its
    edge is repeated.

    Args:
        image_rgb: (H, W, 3) uint8.
        five_points_px: (5, 2) pixels of the image, in the order of `five_points`.
        size: side of the square crop in pixels, at least 1.

    Returns:
        (size, size, 3) uint8.
    """
    template_unit = geometry.px_to_unit(TEMPLATE_PX, _TEMPLATE_SIZE)
    return face_crop.cut(image_rgb, similarity(template_unit, five_points_px), size)


def similarity(points: NDArray[np.float64], targets: NDArray[np.float64]) -> geometry.Affine:
    """The rotation, scale and shift that bring points nearest to targets, in least squares.

    With points as complex numbers p and targets as q it is q ≈ a · p + b, linear in a and b.

    Args:
        points: (N, 2), not all at one place.
        targets: (N, 2).

    Returns:
        A 2×3 affine from `points` to `targets`.
    """
    p, q = (array[:, 0] + 1j * array[:, 1] for array in (points, targets))
    from_mean = p - p.mean()
    a = np.vdot(from_mean, q) / np.vdot(from_mean, from_mean)
    b = q.mean() - a * p.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
