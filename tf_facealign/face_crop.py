"""Cutting a face out of an image: box → affine → crop. Everything that cuts faces does it here.

The crop is a square: the padded box made square about its centre, with the longer side (a square
keeps the face's proportions when it turns). The affine maps unit coordinates of the crop to pixels
of the image.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign import geometry
from tf_facealign.errors import BadInput

CROP_SIZE = 112
"""Side of the square crop in pixels (paper, section 4.3)."""


@dataclass(frozen=True)
class Padding:
    """How far a box is moved outwards on each side, as a share of its width or height.

    Paper, section 4.3: 10 % all round for 300-W and COFW; `data.datasets` has every benchmark's.
    """

    left: float = 0.1
    top: float = 0.1
    right: float = 0.1
    bottom: float = 0.1


def landmarks_box(landmarks_px: ArrayLike) -> NDArray[np.float64]:
    """The tight box (x0, y0, x1, y1) of landmarks (L, 2)."""
    points = np.asarray(landmarks_px, np.float64)
    return np.concatenate([points.min(0), points.max(0)])


def crop_affine(box_px: ArrayLike, padding: Padding) -> geometry.Affine:
    """The 2×3 affine from unit coordinates of the crop to pixels of the image.

    Args:
        box_px: x0, y0, x1, y1 in pixels of the image; may leave the image.
        padding: how far the box is widened.

    Raises:
        BadInput: the box is not four finite numbers with x0 < x1 and y0 < y1, or the padding
            inverts it.
    """
    box = np.asarray(box_px, np.float64)
    if box.shape != (4,) or not np.isfinite(box).all():
        raise BadInput(f"box {box.tolist()} is not four finite numbers x0 y0 x1 y1")
    x0, y0, x1, y1 = box
    if x1 <= x0 or y1 <= y0:
        raise BadInput(f"box {box.tolist()} has no area (it needs x0 < x1 and y0 < y1)")
    width, height = x1 - x0, y1 - y0
    x0, x1 = x0 - padding.left * width, x1 + padding.right * width
    y0, y1 = y0 - padding.top * height, y1 + padding.bottom * height
    side = max(x1 - x0, y1 - y0)
    if min(x1 - x0, y1 - y0) <= 0:
        raise BadInput(f"box {box.tolist()} has no area after padding by {padding}")
    corner = np.array([x0 + x1 - side, y0 + y1 - side]) / 2
    return geometry.scale_and_shift(side, corner)


def cut(
    image: NDArray[np.uint8], affine: geometry.Affine, size: int = CROP_SIZE
) -> NDArray[np.uint8]:
    """Sample a square crop: bilinear, the image's edge repeated outside it.

    An image far larger than the crop is first averaged over whole blocks of pixels (the largest
    block that still leaves one pixel a crop pixel), because bilinear sampling alone would skip
    pixels and alias. OpenCV samples at the nearest 1/32 of a pixel.

    Args:
        image: (H, W, 3) uint8.
        affine: unit coordinates of the crop → pixels of `image`, from `crop_affine`, possibly
            composed.
        size: side of the crop in pixels.

    Returns:
        (size, size, 3) uint8.
    """
    (xx, xy), (yx, yy) = affine[:, :2]
    step_px = np.sqrt(abs(xx * yy - xy * yx)) / size
    # Rounding must not take a whole number of pixels for the next smaller one.
    block = int(np.clip(step_px + 1e-6, 1, max(image.shape[:2])))
    part, image_px_to_part = _average_blocks(image, affine, block)
    crop_px_to_unit = geometry.scale_and_shift(1 / size, 0.5 / size)
    crop_px_to_image = geometry.compose_affines(affine, crop_px_to_unit)
    return cv2.warpAffine(
        part,
        geometry.compose_affines(image_px_to_part, crop_px_to_image),
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def landmarks_to_unit(landmarks_px: ArrayLike, affine: geometry.Affine) -> NDArray[np.float64]:
    """Landmarks in pixels of the image → unit coordinates of the crop; (..., 2) both."""
    return geometry.apply_affine(geometry.invert_affine(affine), landmarks_px)


def landmarks_to_px(landmarks_unit: ArrayLike, affine: geometry.Affine) -> NDArray[np.float64]:
    """Landmarks in unit coordinates of the crop → pixels of the image; (..., 2) both."""
    return geometry.apply_affine(affine, landmarks_unit)


def _average_blocks(
    image: NDArray[np.uint8], affine: geometry.Affine, block: int
) -> tuple[NDArray[np.uint8], geometry.Affine]:
    """Average the part of the image under the crop over block×block pixels.

    OpenCV warps no image of 32767 pixels or more a side, so the part is cut out even if a block is
    one pixel.

    Returns:
        the averaged part, and the affine from pixels of the image to its pixels.
    """
    corners = geometry.apply_affine(affine, [[0, 0], [0, 1], [1, 0], [1, 1]])
    height, width = image.shape[:2]
    # Two blocks of margin keep the bilinear samples at the rim away from the cut.
    x0, y0 = np.clip(np.floor(corners.min(0)) - 2 * block, 0, [width - 1, height - 1]).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(0)) + 2 * block, [x0 + 1, y0 + 1], [width, height])
    columns, rows = max(int(x1 - x0) // block, 1), max(int(y1 - y0) // block, 1)
    part = image[y0 : y0 + rows * block, x0 : x0 + columns * block]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    # Pixel centres: x_small = (x + 0.5 - x0) / block - 0.5.
    return small, geometry.scale_and_shift(1 / block, (0.5 - np.array([x0, y0])) / block - 0.5)
