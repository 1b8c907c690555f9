"""Drawing landmarks on a picture."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

LINE_RGB = (0, 220, 120)
POINT_RGB = (255, 255, 255)
EDGE_RGB = (20, 20, 20)
BOX_RGB = (255, 170, 0)
_SUBPIXEL_BITS = 4


def draw_landmarks(
    image_rgb: NDArray[np.uint8],
    landmarks_px: ArrayLike,
    scheme: LandmarkScheme,
    box_px: ArrayLike | None = None,
) -> NDArray[np.uint8]:
    """Draw one face: the lines of its scheme, its points and, if given, its box.

    Line width and dot size follow the size of the face, so the drawing reads alike on a face of
    100 and of 4000 pixels.

    Args:
        image_rgb: (H, W, 3) uint8; left as it is.
        landmarks_px: (L, 2), (x, y) in pixels; points outside the image are left out.
        scheme: what the L landmarks are.
        box_px: x0 y0 x1 y1 in pixels.

    Returns:
        A drawn copy, (H, W, 3) uint8.

    Raises:
        BadInput: the landmarks are not L finite points.
    """
    points = np.asarray(landmarks_px, np.float64)
    if points.shape != (scheme.num_landmarks, 2) or not np.isfinite(points).all():
        raise BadInput(
            f"{scheme.name} needs {scheme.num_landmarks} finite points, got shape {points.shape}"
        )
    canvas = np.ascontiguousarray(image_rgb).copy()
    # A shape gone astray is drawn no thicker than a face that fills the image.
    face_px = min(float(np.ptp(points, axis=0).max()), max(canvas.shape))
    if box_px is not None:
        x0, y0, x1, y1 = np.asarray(box_px, np.float64)
        _polyline(
            canvas,
            np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]),
            BOX_RGB,
            face_px / 120,
        )
    for line in scheme.lines:
        _polyline(canvas, points[list(line)], LINE_RGB, face_px / 120)
    for point in points:
        _dot(canvas, point, face_px / 110)
    return canvas


def _polyline(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], rgb: tuple[int, ...], width: float
) -> None:
    thickness = max(1, round(width))
    cv2.polylines(canvas, [_fixed(points)], False, rgb, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)


def _dot(canvas: NDArray[np.uint8], point: NDArray[np.float64], radius: float) -> None:
    """A light dot, with a dark rim where there is room, to show on skin and beard alike."""
    center = tuple(_fixed(point).tolist())
    rims = [(EDGE_RGB, radius * 1.5)] if radius > 0.8 else []
    for rgb, size in [*rims, (POINT_RGB, radius)]:
        fixed_size = round(size * 2**_SUBPIXEL_BITS)
        cv2.circle(canvas, center, fixed_size, rgb, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Pixels → the fixed-point integers OpenCV draws with, clipped lest they overflow."""
    return np.round(np.clip(points, -1e5, 1e5) * 2**_SUBPIXEL_BITS).astype(np.int32)
