"""COFW-68: the COFW test faces annotated again, with 68 landmarks; the images are COFW's."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.cofw import TEST_FILES, boxes_from_matlab, cell_images
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.mat_file import read_mat_v5, read_mat_v73
from tf_facealign.data.paths import find_file, need_file
from tf_facealign.errors import BadInput

NUM_LANDMARKS = 68

OFFICIAL_COUNTS: Mapping[str, int] = {"test": 507}
"""Split → faces."""


def read_cofw68(root: str | Path, faults: list[str] | None = None) -> list[FaceSample]:
    """Read the annotations, and the images where COFW's test file is there.

    Without it the faces name the file that is missing, and using an image says so.

    Args:
        root: the folder that holds, at any depth, `cofw68_test_bboxes.mat` with
            `test_annotations/` beside it, and `COFW_test_color.mat` or `COFW_test.mat`.
        faults: as in `usable_faces`.

    Raises:
        BadInput: an annotation is missing or malformed, or the images are not as many.
    """
    root = Path(root)
    path = need_file(root, "cofw68_test_bboxes.mat")
    boxes = read_mat_v5(path, ["bboxes"])["bboxes"]
    if boxes.ndim != 2 or boxes.shape[1] != 4 or len(boxes) == 0:
        raise BadInput(f"{path}: boxes of shape {boxes.shape}, expected (N, 4)")
    images = _images(root, len(boxes))
    folder = path.parent / "test_annotations"

    def face(number: int, box_px: NDArray[np.float64]) -> FaceSample:
        points = folder / f"{number}_points.mat"
        landmarks_px, visible = _read_points(points)
        return FaceSample(
            name=points.relative_to(root).as_posix(),
            landmarks_px=landmarks_px,
            box_px=box_px,
            pixels=images[number - 1] if images else None,
            path=None if images else root / TEST_FILES[-1],
            visible=visible,
        )

    numbered = enumerate(boxes_from_matlab(boxes), start=1)
    return usable_faces((("", partial(face, number, box)) for number, box in numbered), faults)


def _images(root: Path, expected: int) -> list[NDArray[np.uint8]]:
    """The images, of which COFW-68 has number N in N_points.mat; none without COFW's file."""
    path = find_file(root, *TEST_FILES)
    if path is None:
        return []
    images = cell_images(path, read_mat_v73(path, ["IsT"])["IsT"])
    if len(images) != expected:
        raise BadInput(f"{path}: {len(images)} images, but COFW-68 has {expected} boxes")
    return images


def _read_points(path: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The landmarks (68, 2) in pixels from 0, and which of them are visible (68,)."""
    points, hidden = read_mat_v5(path, ["Points", "Occ"]).values()
    if points.shape != (NUM_LANDMARKS, 2) or hidden.size != NUM_LANDMARKS:
        raise BadInput(
            f"{path}: points of shape {points.shape} and {hidden.size} flags, "
            f"expected ({NUM_LANDMARKS}, 2) and {NUM_LANDMARKS}"
        )
    return points.astype(np.float64) - 1.0, hidden.ravel() == 0  # MATLAB counts pixels from 1
