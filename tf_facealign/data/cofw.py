"""COFW: 29 landmarks on faces that something hides in part; images and annotations in one file."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.mat_file import read_mat_v73
from tf_facealign.data.paths import need_file
from tf_facealign.errors import BadInput

NUM_LANDMARKS = 29

OFFICIAL_COUNTS: Mapping[str, int] = {"train": 1345, "test": 507}
"""Split → faces."""

TEST_FILES = ("COFW_test_color.mat", "COFW_test.mat")
"""The colour file is preferred where both are there."""

_FILES = {"train": ("COFW_train_color.mat", "COFW_train.mat"), "test": TEST_FILES}
_FIELDS = {"train": ("IsTr", "phisTr", "bboxesTr"), "test": ("IsT", "phisT", "bboxesT")}


def read_cofw(root: str | Path, split: str, faults: list[str] | None = None) -> list[FaceSample]:
    """Read one split with its images, which stay in memory.

    Args:
        root: the folder that holds, at any depth, `COFW_train.mat` and `COFW_test.mat`, or the
            files `_color.mat` of the same names.
        split: "train" or "test".
        faults: as in `usable_faces`.

    Raises:
        BadInput: there is no such file, or it is malformed.
    """
    path = need_file(Path(root), *_FILES[split])
    images, shapes, boxes = read_mat_v73(path, _FIELDS[split]).values()
    rows = images.size
    if rows == 0 or shapes.shape != (rows, 3 * NUM_LANDMARKS) or boxes.shape != (rows, 4):
        raise BadInput(
            f"{path}: {rows} images, landmarks of shape {shapes.shape} and boxes of shape "
            f"{boxes.shape}; expected (N, {3 * NUM_LANDMARKS}) and (N, 4) for N images"
        )
    # Each row: 29 x, 29 y, 29 flags that are 1 where the landmark is hidden.
    x, y, hidden = shapes.astype(np.float64).reshape(rows, 3, NUM_LANDMARKS).transpose(1, 0, 2)
    landmarks_px = np.stack([x, y], axis=-1) - 1.0  # MATLAB counts pixels from 1
    boxes_px = boxes_from_matlab(boxes)

    def face(row: int, pixels: NDArray[np.uint8]) -> FaceSample:
        return FaceSample(
            name=f"{path.name}#{row + 1}",
            landmarks_px=landmarks_px[row],
            box_px=boxes_px[row],
            pixels=pixels,
            visible=hidden[row] == 0,
        )

    pictures = enumerate(cell_images(path, images))
    return usable_faces((("", partial(face, row, pixels)) for row, pixels in pictures), faults)


def boxes_from_matlab(boxes: NDArray[Any]) -> NDArray[np.float64]:
    """Rows of x y width height, pixels from 1 → x0 y0 x1 y1, pixels from 0; (N, 4) both."""
    corners, sizes = np.split(boxes.astype(np.float64), 2, axis=1)
    return np.concatenate([corners - 1.0, corners - 1.0 + sizes], axis=1)


def cell_images(path: Path, cells: NDArray[Any]) -> list[NDArray[np.uint8]]:
    """A cell array of images, grey (H, W) or colour (H, W, 3) → (H, W, 3) uint8 RGB each.

    Raises:
        BadInput: a cell is no such image; the message names `path`.
    """
    return [_rgb(f"{path}: image {row}", image) for row, image in enumerate(cells.flat, start=1)]


def _rgb(what: str, image: Any) -> NDArray[np.uint8]:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or 0 in image.shape:
        raise BadInput(f"{what} does not hold uint8 pixels")
    if image.ndim == 2:
        # A view of the grey pixels: copies would take three times the memory.
        return np.broadcast_to(np.ascontiguousarray(image)[..., None], (*image.shape, 3))
    if image.ndim != 3 or image.shape[2] != 3:
        raise BadInput(f"{what} is of shape {image.shape}, expected (H, W) or (H, W, 3)")
    return np.ascontiguousarray(image)
