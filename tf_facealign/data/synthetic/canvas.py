"""A picture that polygons and lines are blended into, with exact sub-pixel edges."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Image = NDArray[np.float32]

SUPERSAMPLING = 4


class Canvas:
    """A square picture of `pixels` (3, size, size) float32 RGB, about 0..255.

    Channels come first because NumPy blends whole planes several times faster than triples.
    Points are (x, y) in pixels, pixel centres on integers. A colour is three numbers, or the pixels
    of another picture, of the same size, to show through the mask.
    """

    def __init__(self, size: int, colour: ArrayLike = 0.0) -> None:
        self.size = size
        self.pixels: Image = np.empty((3, size, size), np.float32)
        self.pixels[:] = planes(colour)

    def fill(
        self, colour: ArrayLike, *polygons_px: Array, opacity: float = 1.0, soft_px: float = 0.0
    ) -> None:
        """Blends the insides of polygons (N, 2), blurred by `soft_px`."""
        self._blend(colour, polygons_px, 0.0, opacity, soft_px)

    def stroke(
        self,
        colour: ArrayLike,
        thickness_px: float,
        *lines_px: Array,
        opacity: float = 1.0,
        soft_px: float = 0.0,
    ) -> None:
        """Blends polylines (N, 2), blurred by `soft_px`."""
        self._blend(colour, lines_px, thickness_px, opacity, soft_px)

    def _blend(
        self,
        colour: ArrayLike,
        shapes: tuple[Array, ...],
        thickness: float,
        opacity: float,
        soft: float,
    ) -> None:
        corners = np.concatenate(shapes)
        pad = 2 + int(3 * soft + thickness)
        x0, y0 = (max(0, int(low) - pad) for low in corners.min(axis=0))
        x1, y1 = (min(self.size, int(high) + pad + 2) for high in corners.max(axis=0))
        if x0 >= x1 or y0 >= y1:
            return
        mask = coverage([shape - (x0, y0) for shape in shapes], (y1 - y0, x1 - x0), thickness)
        if soft > 0:
            mask = cv2.GaussianBlur(mask, (0, 0), soft)
        paint = np.asarray(colour, np.float32)
        paint = paint[:, y0:y1, x0:x1] if paint.ndim == 3 else planes(paint)
        region = self.pixels[:, y0:y1, x0:x1]
        region += (mask * np.float32(opacity)) * (paint - region)


def planes(colour: ArrayLike) -> Image:
    """A colour as (3, 1, 1), to be combined with pictures (3, size, size)."""
    return np.asarray(colour, np.float32).reshape(-1, 1, 1)


def coverage(shapes_px: list[Array], size: tuple[int, int], thickness_px: float = 0.0) -> Image:
    """How much of each pixel polygons, or with a thickness lines, cover: (height, width), 0..1."""
    # OpenCV's own anti-aliasing grows a polygon by 0.6 px; plain fills at 4x grow it by 0.1 px.
    fine = np.zeros((size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING), np.uint8)
    corners = [
        np.round(((shape + 0.5) * SUPERSAMPLING - 0.5) * 16).astype(np.int32) for shape in shapes_px
    ]
    if thickness_px > 0:
        width = max(1, round(thickness_px * SUPERSAMPLING))
        cv2.polylines(fine, corners, False, 255, width, cv2.LINE_8, 4)
    else:
        for corner in corners:  # one by one: together, where two overlap is a hole
            cv2.fillPoly(fine, [corner], 255, cv2.LINE_8, 4)
    coarse = cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA)
    return coarse.astype(np.float32) * np.float32(1 / 255)


_ANGLE = np.linspace(0, 2 * np.pi, 32, endpoint=False)
CIRCLE = np.stack([np.cos(_ANGLE), np.sin(_ANGLE)], axis=-1)


def ellipse(centre_px: Array, radii_px: ArrayLike) -> Array:
    """An upright ellipse as a polygon (32, 2)."""
    return centre_px + CIRCLE * np.asarray(radii_px)
