"""Points and 2×3 affines.

Points are (x, y) in the last axis, in one of two units:

- `_px`: pixels, the centre of the first pixel is (0, 0);
- `_unit`: u = (x + 0.5) / width, v = (y + 0.5) / height, so 0..1 spans the image edge to edge
  and means the same place on a crop, on a feature map of it and on a phone.

Sizes are (height, width). An affine is a 2×3 matrix that maps column vectors (x, y, 1).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Affine = NDArray[np.float64]


def px_to_unit(points_px: Any, size: tuple[int, int]) -> Any:
    """Pixel coordinates of an image of `size` (height, width) → unit coordinates.

    Only arithmetic operators are used, so arrays and tensors of every backend pass through alike.
    """
    height, width = size
    return (points_px + 0.5) / np.array([width, height], "float32")


def unit_to_px(points_unit: Any, size: tuple[int, int]) -> Any:
    """Unit coordinates → pixel coordinates of an image or feature map of `size` (height, width)."""
    height, width = size
    return points_unit * np.array([width, height], "float32") - 0.5


def apply_affine(affine: ArrayLike, points: ArrayLike) -> NDArray[np.float64]:
    """Map points (..., 2) by a 2×3 affine."""
    matrix = np.asarray(affine, np.float64)
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def compose_affines(outer: ArrayLike, inner: ArrayLike) -> Affine:
    """The affine that applies `inner` first, then `outer`."""
    last = np.asarray(outer, np.float64)
    composed = last[:, :2] @ np.asarray(inner, np.float64)
    composed[:, 2] += last[:, 2]
    return composed


def invert_affine(affine: ArrayLike) -> Affine:
    """The affine that undoes `affine`.

    Raises:
        numpy.linalg.LinAlgError: the affine flattens the plane and has no inverse.
    """
    matrix = np.asarray(affine, np.float64)
    inverse = np.linalg.inv(matrix[:, :2])
    return np.column_stack([inverse, -inverse @ matrix[:, 2]])


def scale_and_shift(scale: ArrayLike, shift: ArrayLike) -> Affine:
    """The affine x → scale · x + shift, each a number or a pair (x, y)."""
    affine = np.zeros((2, 3))
    affine[[0, 1], [0, 1]] = scale
    affine[:, 2] = shift
    return affine


def rotation(degrees: float) -> Affine:
    """Rotation about the origin; positive turns +x towards +y: clockwise as seen, y points down."""
    radians = np.deg2rad(degrees)
    cos, sin = np.cos(radians), np.sin(radians)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
