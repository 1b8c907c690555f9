"""WFLW: 98 landmarks on faces of WIDER FACE, with six flags that say what makes a face hard.

Its lists count pixels from 0. Nobody documents it, but other readers take the numbers as they are,
and the data agree: the patches around mirrored landmarks match best if the landmarks of 82 test
faces lie 0.2 ± 0.1 pixels too far right, where counting from 1 would make it 1.
"""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.paths import inside, need_file
from tf_facealign.errors import BadInput
from tf_facealign.images import IMAGE_SUFFIXES

NUM_LANDMARKS = 98

FLAGS = ("largepose", "expression", "illumination", "makeup", "occlusion", "blur")
"""The test subsets, in the order of the flags."""

OFFICIAL_COUNTS: Mapping[str, int] = {"train": 7500, "test": 2500}
"""Split → faces."""

_NUM_NUMBERS = 2 * NUM_LANDMARKS + 4 + len(FLAGS)

_log = logging.getLogger(__name__)


def read_wflw(root: str | Path, split: str, faults: list[str] | None = None) -> list[FaceSample]:
    """Read the list of one split; images are named, not opened.

    The box is the list's rectangle, the tight box of the landmarks in whole pixels.

    Args:
        root: the folder that holds `WFLW_images/` and, at any depth, the list.
        split: "train" or "test".
        faults: as in `usable_faces`.

    Raises:
        BadInput: there is no list, or a line of it is malformed.
    """
    root = Path(root)
    path = need_file(root, f"list_98pt_rect_attr_{split}.txt")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInput(f"{path}: cannot read the list ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not a text file") from None
    entries = (
        (f"{path}: line {number}", partial(_face, root / "WFLW_images", line, number))
        for number, line in enumerate(lines, start=1)
    )
    faces = usable_faces(entries, faults)
    if not lines:
        raise BadInput(f"{path}: the file is empty")
    if len(faces) < OFFICIAL_COUNTS[split]:
        _log.warning(
            "WFLW %s is incomplete: %d of %d faces", split, len(faces), OFFICIAL_COUNTS[split]
        )
    return faces


def _face(images: Path, line: str, number: int) -> FaceSample:
    """One line: 98 x y, x_min y_min x_max y_max, six flags, image path."""
    *words, image = line.split(maxsplit=_NUM_NUMBERS) or [""]
    if len(words) != _NUM_NUMBERS or not image.lower().endswith(IMAGE_SUFFIXES):
        raise BadInput(f"expected {_NUM_NUMBERS} numbers and the path of an image")
    try:
        numbers = np.array(words, np.float64)
    except ValueError as error:
        raise BadInput(str(error)) from None
    landmarks_px, box_px, flags = np.split(numbers, [2 * NUM_LANDMARKS, 2 * NUM_LANDMARKS + 4])
    if not np.isin(flags, (0, 1)).all():
        raise BadInput(f"a flag of {flags.tolist()} is neither 0 nor 1")
    return FaceSample(
        name=f"{image}#{number}",  # a photo has several faces
        landmarks_px=landmarks_px.reshape(NUM_LANDMARKS, 2),
        box_px=box_px,
        path=inside(images, image),
        group=image,
        subsets=tuple(name for name, flag in zip(FLAGS, flags, strict=True) if flag),
    )
