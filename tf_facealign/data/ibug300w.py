"""300-W: 68 landmarks on the faces of AFW, HELEN, LFPW and IBUG, in the folders as distributed.

Boxes: `bb_ground_truth` of the official `bounding_boxes_*.mat` where those files are there,
otherwise the tight box of the landmarks. Both are the annotation's box, so scores with and without
the .mat files are comparable; `bb_detector` is a detector's box, of another size, and nothing could
stand in for it where the .mat files are missing.
"""

import logging
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.pts_file import read_pts
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box

NUM_LANDMARKS = 68

OFFICIAL_COUNTS = {
    "afw": 337,
    "helen/trainset": 2000,
    "lfpw/trainset": 811,
    "lfpw/testset": 224,
    "helen/testset": 330,
    "ibug": 135,
}
"""Folder → faces in the complete distribution."""

_TRAIN = ("afw", "helen/trainset", "lfpw/trainset")
_COMMON = ("lfpw/testset", "helen/testset")

SPLITS: Mapping[str, tuple[str, ...]] = {
    "train": _TRAIN,
    "common": _COMMON,
    "challenging": ("ibug",),
    "full": (*_COMMON, "ibug"),
    "afw": ("afw",),
    "helen_train": ("helen/trainset",),
    "lfpw_train": ("lfpw/trainset",),
    "lfpw_test": ("lfpw/testset",),
    "helen_test": ("helen/testset",),
    "ibug": ("ibug",),
}
"""Split → folders; a split that takes several folders, and every folder alone."""

_log = logging.getLogger(__name__)


def read_300w(root: str | Path, split: str, faults: list[str] | None = None) -> list[FaceSample]:
    """Read the annotations of one split; images are named, not opened.

    What is on disk is read: a folder that is missing or incomplete is named in one warning.

    Args:
        root: the folder that holds `afw/`, `helen/`, `lfpw/` and `ibug/`.
        split: one of `SPLITS`.
        faults: as in `usable_faces`.

    Raises:
        BadInput: the split is unknown, no face of it is under `root`, or a file is malformed.
    """
    root = Path(root)
    if split not in SPLITS:
        raise BadInput(f"300-W has no split {split!r}; it has: {', '.join(SPLITS)}")
    if not root.is_dir():
        raise BadInput(f"{root}: no such folder (300-W is looked for there)")
    folders = {folder: _read_folder(root, folder, split, faults) for folder in SPLITS[split]}
    faces = [face for members in folders.values() for face in members]
    if not faces:
        wanted = ", ".join(f"{folder}/" for folder in folders)
        raise BadInput(f"{root}: no face of the 300-W split {split!r} ({wanted}) is there")
    _warn_of_gaps(split, {folder: len(members) for folder, members in folders.items()})
    return faces


def _read_folder(root: Path, folder: str, split: str, faults: list[str] | None) -> list[FaceSample]:
    """The faces of one folder, by name; none where the folder is missing.

    Their subsets are those the split takes whole: LFPW's test faces alone are not "common".
    """
    if not (root / folder).is_dir():
        return []
    files = sorted((root / folder).iterdir())
    images = {path.stem: path for path in files if path.suffix.lower() in (".jpg", ".jpeg", ".png")}
    boxes = _official_boxes(root, folder)
    subsets = tuple(
        name
        for name, folders in SPLITS.items()
        if folder in folders and set(folders) <= set(SPLITS[split])
    )

    def face(path: Path) -> FaceSample:
        if path.stem not in images:
            raise BadInput(f"{path}: no image (.jpg or .png) beside it")
        landmarks_px = read_pts(path, NUM_LANDMARKS)
        return FaceSample(
            name=images[path.stem].relative_to(root).as_posix(),
            landmarks_px=landmarks_px,
            box_px=_box(path, landmarks_px, boxes),
            path=images[path.stem],
            group=_photo(folder, path.stem),
            subsets=subsets,
        )

    annotations = [p for p in files if p.suffix == ".pts" and not p.name.startswith(".")]
    return usable_faces((("", partial(face, path)) for path in annotations), faults)


def _photo(folder: str, stem: str) -> str:
    """The photo a face is from: AFW, HELEN and IBUG name PHOTO_FACE, LFPW has one face a photo."""
    photo = stem if folder.startswith("lfpw") else re.sub(r"_\d+$", "", stem).strip()
    return f"{folder}/{photo}"


def _box(
    pts: Path, landmarks_px: NDArray[np.float64], boxes: Mapping[str, NDArray[np.float64]] | None
) -> NDArray[np.float64]:
    tight = landmarks_box(landmarks_px)
    if boxes is None:
        return tight
    if pts.stem not in boxes:
        raise BadInput(f"{pts}: not in the bounding_boxes_*.mat of its folder")
    box = boxes[pts.stem]
    centre = (tight[:2] + tight[2:]) / 2
    # Resized or cropped copies of the images come with the original boxes; they would cut thin air.
    if (centre < box[:2]).any() or (centre > box[2:]).any():
        raise BadInput(
            f"{pts}: the box {box.tolist()} of its bounding_boxes_*.mat misses the landmarks"
        )
    return box


def _official_boxes(root: Path, folder: str) -> dict[str, NDArray[np.float64]] | None:
    """Image name without suffix → x0 y0 x1 y1, 0-based pixels; None without a .mat file."""
    pattern = f"bounding_boxes_{folder.replace('/', '_')}.mat"
    path = next(iter(sorted(root.rglob(pattern))), None)
    if path is None:
        return None
    from scipy.io import loadmat  # slow to import, and most copies have no .mat files

    try:
        entries = np.atleast_1d(loadmat(path, simplify_cells=True)["bounding_boxes"])
        # MATLAB counts pixels from 1, as the .pts files do.
        boxes = {
            Path(str(entry["imgName"])).stem: np.asarray(
                entry["bb_ground_truth"], np.float64
            ).ravel()
            - 1.0
            for entry in entries
        }
    except Exception as error:  # scipy raises whatever its parser trips over
        raise BadInput(f"{path}: not the 300-W box file ({type(error).__name__})") from None
    if any(box.shape != (4,) or not np.isfinite(box).all() for box in boxes.values()):
        raise BadInput(f"{path}: a bb_ground_truth is not four finite numbers")
    return boxes


def _warn_of_gaps(split: str, counts: Mapping[str, int]) -> None:
    gaps = [
        f"{folder} has {count} of {OFFICIAL_COUNTS[folder]} faces"
        for folder, count in counts.items()
        if count < OFFICIAL_COUNTS[folder]
    ]
    if gaps:
        _log.warning("300-W %s is incomplete: %s", split, ", ".join(gaps))
