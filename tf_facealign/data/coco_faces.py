"""A user's own faces in a COCO keypoints JSON file, as labelling tools export it.

`images` (id, file_name: a path from the JSON file's folder), `categories` (id, keypoints: names)
and `annotations` (image_id, category_id, keypoints: x, y, v for each landmark, bbox: x, y, width,
height). v is 0 where a landmark is not labelled, 1 where it is labelled and hidden, 2 where it is
seen. Pixel centres lie on integers from 0. Other keys are left alone.
"""

import functools
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.annotation_file import Listing
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

UNLABELLED, HIDDEN, SEEN = 0, 1, 2
"""The values of v."""

_TOO_FAR_PX = 1e9

Entry = Mapping[str, Any]

_log = logging.getLogger(__name__)


def read_coco_faces(
    path: str | Path, scheme: LandmarkScheme, faults: list[str] | None = None
) -> list[FaceSample]:
    """Read the faces of a COCO keypoints file; images are named, not opened.

    Where a category names its keypoints, they are taken by name, in whatever order; where it does
    not, they are in the scheme's order. Training needs every landmark, so annotations with an
    unlabelled one are skipped, with one warning that counts them.

    Args:
        path: the JSON file.
        scheme: what the landmarks must be.
        faults: see `Listing`.

    Raises:
        BadInput: the file is missing or no COCO keypoints file, its keypoints are not those of the
            scheme, or an annotation is malformed; the message names its id.
    """
    path = Path(path)
    parts = _read(path)
    images = {image["id"]: image["file_name"] for image in _entries(path, parts, "images")}
    categories = _entries(path, parts, "categories")
    annotations = _entries(path, parts, "annotations")
    complete = [entry for entry in annotations if not _is_unlabelled(entry)]
    if len(complete) < len(annotations):
        skipped = len(annotations) - len(complete)
        _log.warning("%s: %d annotations with unlabelled landmarks are skipped", path, skipped)
    used = {entry["category_id"] for entry in complete}
    orders = {c["id"]: _order(path, c, scheme) for c in categories if c["id"] in used}
    listing = Listing(path, faults)
    return listing.read(
        (
            f"{path}: annotation {entry.get('id', number)}",
            functools.partial(_face, listing, entry, images, orders),
        )
        for number, entry in enumerate(complete)
    )


_REQUIRED = {
    "images": ("id", "file_name"),
    "categories": ("id",),
    "annotations": ("image_id", "category_id"),
}


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{path}: cannot read the faces ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path}: not JSON ({error})") from None


def _entries(path: Path, parts: Any, part: str) -> list[Entry]:
    entries = parts.get(part) if isinstance(parts, dict) else None
    if not isinstance(entries, list):
        raise BadInput(f"{path}: no COCO keypoints file (it has no list {part!r})")
    for number, entry in enumerate(entries):
        for key in _REQUIRED[part]:
            if not isinstance(entry, dict) or not isinstance(entry.get(key), str | int):
                raise BadInput(f"{path}: {part}[{number}] has no {key}")
    return entries


def _order(path: Path, category: Entry, scheme: LandmarkScheme) -> list[int]:
    """For each landmark of the scheme, which keypoint of the category it is."""
    names = category.get("keypoints") or list(scheme.landmark_names)
    if not isinstance(names, list) or sorted(map(str, names)) != sorted(scheme.landmark_names):
        odd = sorted(set(map(str, names)) ^ set(scheme.landmark_names)) or ["a name given twice"]
        raise BadInput(
            f"{path}: the keypoints of category {category['id']} are not the landmarks of the "
            f"scheme {scheme.name} (they differ in {', '.join(odd[:3])})"
        )
    return [names.index(name) for name in scheme.landmark_names]


def _is_unlabelled(annotation: Entry) -> bool:
    keypoints = annotation.get("keypoints", [])
    return not keypoints or (isinstance(keypoints, list) and UNLABELLED in keypoints[2::3])


def _face(
    listing: Listing,
    annotation: Entry,
    images: Mapping[Any, Any],
    orders: Mapping[Any, list[int]],
) -> FaceSample:
    for key, known in (("image_id", images), ("category_id", orders)):
        if annotation[key] not in known:
            raise BadInput(f"{key} {annotation[key]!r} is not in the file")
    order = orders[annotation["category_id"]]
    points = _numbers(annotation["keypoints"], "keypoints", 3 * len(order)).reshape(-1, 3)[order]
    if not np.isin(points[:, 2], (HIDDEN, SEEN)).all():
        raise BadInput("a v of its keypoints is not 0, 1 or 2")
    box_px = None
    if annotation.get("bbox"):
        x, y, width, height = _numbers(annotation["bbox"], "bbox", 4)
        box_px = np.array([x, y, x + width, y + height])
    image = str(images[annotation["image_id"]])
    return listing.face(image, points[:, :2].copy(), box_px, visible=points[:, 2] == SEEN)


def _numbers(values: Sequence[Any], what: str, count: int) -> NDArray[np.float64]:
    if not isinstance(values, list) or len(values) != count:
        raise BadInput(f"its {what} must be {count} numbers")
    if not all(type(value) in (int, float) and abs(value) < _TOO_FAR_PX for value in values):
        raise BadInput(f"its {what} has a value that is no number of pixels")
    return np.array(values, np.float64)
