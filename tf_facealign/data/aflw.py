"""AFLW-Full and AFLW-Frontal: 19 landmarks, as Zhu and others (CVPR 2016) prepared AFLW.

Whether its landmarks and boxes count pixels from 0 or from 1 is documented nowhere; they are taken
as they are, as other readers do. The permutation `ra` counts from 1.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.mat_file import read_mat_v5
from tf_facealign.data.paths import inside, need_file
from tf_facealign.errors import BadInput

NUM_LANDMARKS = 19

NUM_TRAINING = 20000
"""The first faces of the permutation train, the others test."""

OFFICIAL_COUNTS: Mapping[str, int] = {"train": 20000, "test": 4386, "frontal": 1314}
"""Split → faces."""


def read_aflw(root: str | Path, split: str, faults: list[str] | None = None) -> list[FaceSample]:
    """Read the annotations of one split; images are named, not opened.

    Args:
        root: the folder that holds `AFLWinfo_release.mat`, at any depth, and the images' folders
            `0/`, `2/` and `3/`, themselves or in `flickr/` or `data/flickr/`.
        split: "train"; "test", which is AFLW-Full; or "frontal", its faces without a hidden
            landmark.
        faults: as in `usable_faces`.

    Raises:
        BadInput: there is no such file, or it is malformed.
    """
    root = Path(root)
    path = need_file(root, "AFLWinfo_release.mat")
    names, shapes, masks, boxes, permutation = read_mat_v5(
        path, ["nameList", "data", "mask_new", "bbox", "ra"]
    ).values()
    order = _order(path, names.size, shapes, masks, boxes, permutation)
    # Each row: 19 x, then 19 y.
    landmarks_px = shapes.astype(np.float64).reshape(-1, 2, NUM_LANDMARKS).transpose(0, 2, 1)
    boxes_px = boxes.astype(np.float64)[:, [0, 2, 1, 3]]  # x_min x_max y_min y_max, as stored
    visible = masks == 1
    rows = order[:NUM_TRAINING] if split == "train" else order[NUM_TRAINING:]
    if split == "frontal":
        rows = rows[visible[rows].all(axis=1)]
    if len(rows) == 0:
        raise BadInput(f"{path}: no face of the split {split!r} among {len(order)} faces")
    images = _image_folder(root)

    def face(row: int) -> FaceSample:
        image = _text(names.flat[row])
        return FaceSample(
            name=f"{image}#{row + 1}",  # a photo has several faces
            landmarks_px=landmarks_px[row],
            box_px=boxes_px[row],
            path=inside(images, image),
            group=image,
            subsets=_subsets(split, visible[row]),
            visible=visible[row],
        )

    return usable_faces(((str(path), partial(face, row)) for row in rows.tolist()), faults)


def _order(path: Path, count: int, *fields: NDArray[Any]) -> NDArray[np.int64]:
    """The permutation, counted from 0, once the shapes of all fields agree."""
    expected = [(count, 2 * NUM_LANDMARKS), (count, NUM_LANDMARKS), (count, 4)]
    *tables, permutation = fields
    shapes = [table.shape for table in tables]
    if shapes != expected:
        raise BadInput(f"{path}: data, mask_new and bbox have shapes {shapes}, expected {expected}")
    order = permutation.ravel()
    if not np.array_equal(np.sort(order), np.arange(1, count + 1)):
        raise BadInput(f"{path}: ra is not a permutation of 1 to {count}")
    return order.astype(np.int64) - 1


def _image_folder(root: Path) -> Path:
    for name in ("data/flickr", "flickr"):
        if (root / name).is_dir():
            return root / name
    return root


def _text(cell: Any) -> str:
    """The text of a cell, which scipy gives as an array of one string."""
    if not isinstance(cell, np.ndarray) or cell.size != 1 or cell.dtype.kind != "U":
        raise BadInput("an entry of nameList is not the name of an image")
    return str(cell.item())


def _subsets(split: str, visible: NDArray[np.bool_]) -> tuple[str, ...]:
    full = ("full",) if split == "test" else ()
    return (*full, "frontal") if split != "train" and visible.all() else full
