"""Drawing landmarks on a picture."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LEFT, RIGHT, LandmarkScheme

Colour = tuple[int, int, int]

LINE_RGB = (0, 220, 120)
"""Of a line of no region, and of every line where there is one colour for all."""

REGION_RGB = {
    "face_contour": (86, 180, 233),
    "brow": (230, 159, 0),
    "eye": (0, 158, 115),
    "nose": (240, 228, 66),
    "mouth": (213, 94, 0),
    "mouth_outer": (213, 94, 0),
    "mouth_inner": (204, 121, 167),
}
"""Region, without its side → colour: those that the colour-blind tell apart as well.

Source: M. Okabe & K. Ito, Color Universal Design, 2008.
"""

POINT_RGB = (255, 255, 255)
EDGE_RGB = (20, 20, 20)
BOX_RGB = (255, 170, 0)
PREDICTED_RGB = (255, 60, 120)
"""Of a predicted shape beside the true one, its points included."""

_SUBPIXEL_BITS = 4
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_landmarks(
    image_rgb: NDArray[np.uint8],
    landmarks_px: ArrayLike,
    scheme: LandmarkScheme,
    box_px: ArrayLike | None = None,
    line_rgb: Colour | None = LINE_RGB,
    point_rgb: Colour = POINT_RGB,
    numbers: bool = False,
) -> NDArray[np.uint8]:
    """Draw one face: the lines of its scheme, its points and, if given, its box.

    Line width and dot size follow the size of the face, so the drawing reads alike on a face of
    100 and of 4000 pixels.

    Args:
        image_rgb: (H, W, 3) uint8; left as it is.
        landmarks_px: (L, 2), (x, y) in pixels; points outside the image are left out.
        scheme: what the L landmarks are.
        box_px: x0 y0 x1 y1 in pixels.
        line_rgb: colour of the lines, 0..255; None gives each region its own, `REGION_RGB`.
        point_rgb: colour of the points, 0..255.
        numbers: whether each point's number, from 0, stands beside it.

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
        _polyline(canvas, points[list(line)], line_rgb or region_rgb(line, scheme), face_px / 120)
    for point in points:
        _dot(canvas, point, face_px / 110, point_rgb)
    if numbers:
        _numbers(canvas, points, face_px)
    return canvas


def region_rgb(line: Sequence[int], scheme: LandmarkScheme) -> Colour:
    """The colour of the region that most of a line's points lie in."""
    inside = {name: len({*line} & {*indices}) for name, indices in scheme.regions.items()}
    region = max(inside, key=lambda name: inside[name], default="")
    if not inside.get(region):
        return LINE_RGB
    return REGION_RGB.get(region.removeprefix(LEFT).removeprefix(RIGHT), LINE_RGB)


def _polyline(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], rgb: Colour, width: float
) -> None:
    thickness = max(1, round(width))
    cv2.polylines(canvas, [_fixed(points)], False, rgb, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)


def _dot(canvas: NDArray[np.uint8], point: NDArray[np.float64], radius: float, rgb: Colour) -> None:
    """A dot, with a dark rim where there is room, to show on skin and beard alike."""
    center = tuple(_fixed(point).tolist())
    rims = [(EDGE_RGB, radius * 1.5)] if radius > 0.8 else []
    for colour, size in [*rims, (rgb, radius)]:
        fixed_size = round(size * 2**_SUBPIXEL_BITS)
        cv2.circle(canvas, center, fixed_size, colour, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)


def _numbers(canvas: NDArray[np.uint8], points: NDArray[np.float64], face_px: float) -> None:
    """Beside each point its number, dark-rimmed."""
    scale, thickness = face_px / 1600, max(1, round(face_px / 1200))
    for number, (x, y) in enumerate(points):
        place = (int(np.clip(x + face_px / 90, -1e5, 1e5)), int(np.clip(y, -1e5, 1e5)))
        for rgb, width in ((EDGE_RGB, 3 * thickness), (POINT_RGB, thickness)):
            cv2.putText(canvas, str(number), place, _FONT, scale, rgb, width, cv2.LINE_AA)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Pixels → the fixed-point integers OpenCV draws with, clipped lest they overflow."""
    return np.round(np.clip(points, -1e5, 1e5) * 2**_SUBPIXEL_BITS).astype(np.int32)
