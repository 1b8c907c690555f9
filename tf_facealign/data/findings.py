"""What the faces of a dataset are like, in numbers, and what is wrong with them, in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.data.duplicates import near_copies, same_faces, same_pictures
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.image_scan import Look
from tf_facealign.data.pose_balance import balance, pose_bins
from tf_facealign.face_crop import Padding, crop_affine, landmarks_to_unit
from tf_facealign.landmark_scheme import LandmarkScheme

LEAK = ": one to train on, one to test on"


def numbers_of(
    faces: Sequence[FaceSample], usable: Sequence[tuple[FaceSample, Look]], padding: Padding
) -> dict[str, Any]:
    """Sizes, places of landmarks, and poses, fit for JSON.

    Args:
        faces: all of them.
        usable: those whose images can be read, with what was seen there.
        padding: of the boxes.

    Returns:
        "faces"; smallest, median and largest "image_height_px", "image_width_px", "box_height_px"
        and "box_width_px"; landmarks (and faces with any) that are outside the image and outside
        the crop; "hidden_landmarks_percent", None where it is not known; and the "pose" of the
        faces, before and after balancing.
    """
    boxes = np.array([face.box_px for face in faces])
    sizes = np.array([look.size for _, look in usable] or np.empty((0, 2)))
    outside = [int(_outside(face.landmarks_px, look.size).sum()) for face, look in usable]
    outside_crop = [_outside_crop(face, padding) for face in faces]
    known = [face.visible for face in faces if face.visible is not None]
    return {
        "faces": len(faces),
        "image_height_px": _spread(sizes[:, 0]),
        "image_width_px": _spread(sizes[:, 1]),
        "box_height_px": _spread(boxes[:, 3] - boxes[:, 1]),
        "box_width_px": _spread(boxes[:, 2] - boxes[:, 0]),
        "landmarks_outside_image": _total(outside),
        "landmarks_outside_crop": _total(outside_crop),
        "hidden_landmarks_percent": _percent(np.concatenate(known)) if known else None,
        "pose": _pose(faces),
    }


def _pose(faces: Sequence[FaceSample]) -> dict[str, list[int]]:
    """Faces by the turn of the head, from one side to the other, before and after balancing."""
    extended = [face for face in faces if np.ptp(face.landmarks_px, axis=0).any()]
    if not extended:
        return {}
    bins = pose_bins([face.landmarks_px for face in extended])
    bin_of = {id(face): int(number) for face, number in zip(extended, bins, strict=True)}
    balanced = [bin_of[id(face)] for face in balance(extended)]
    count = max(bins) + 1
    return {
        "faces": np.bincount(bins, minlength=count).tolist(),
        "balanced": np.bincount(balanced, minlength=count).tolist(),
    }


def problems_of(
    faces: Sequence[FaceSample],
    looks: Sequence[Look],
    scheme: LandmarkScheme,
    trained_and_tested: tuple[set[str], set[str]],
) -> dict[str, list[str]]:
    """Kind → one line for each face, or pair of faces, that is not as it should be.

    Args:
        faces: all of them.
        looks: one for each.
        scheme: its first normaliser must have a length.
        trained_and_tested: names of faces; a pair between the two sets is pointed out.
    """
    normalizer = next(iter(scheme.normalizers))
    pairs = list(zip(faces, looks, strict=True))

    def names(pair: tuple[int, int]) -> str:
        one, other = (faces[index].name for index in pair)
        trained, tested = trained_and_tested
        leaks = (one in trained and other in tested) or (other in trained and one in tested)
        return f"{one} and {other}" + (LEAK if leaks else "")

    copies = [f"{value:.3f} {names(pair)}" for pair, value in near_copies(looks)]
    return {
        "unreadable_images": [f"{face.name}: {look.fault}" for face, look in pairs if look.fault],
        "boxes_outside_image": [
            f"{face.name}: the box {face.box_px.round(1).tolist()} is outside its image"
            for face, look in pairs
            if not look.fault and _misses(face.box_px, look.size)
        ],
        f"zero_{normalizer}": [
            face.name
            for face in faces
            if not scheme.normalizer_distance(face.landmarks_px, normalizer) > 0
        ],
        "same_faces": [names(pair) for pair in same_faces(faces, looks)],
        "same_pictures": [names(pair) for pair in same_pictures(faces, looks)],
        "near_copies": sorted(copies, key=lambda line: (LEAK in line, line), reverse=True),
    }


def _outside(points_px: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which of the points (L, 2) no pixel of an image (height, width) covers."""
    height, width = size
    beyond = (points_px < -0.5) | (points_px > np.array([width, height]) - 0.5)
    return np.logical_or(beyond[:, 0], beyond[:, 1])


def _outside_crop(face: FaceSample, padding: Padding) -> int:
    """How many landmarks a model cannot see, because the crop ends before them."""
    affine = crop_affine(face.box_px, padding)
    points = landmarks_to_unit(face.landmarks_px, affine)
    return int(((points < 0) | (points > 1)).any(axis=1).sum())


def _total(counts: Sequence[int]) -> dict[str, int]:
    return {"landmarks": sum(counts), "faces": sum(count > 0 for count in counts)}


def _misses(box_px: NDArray[np.float64], size: tuple[int, int]) -> bool:
    height, width = size
    x0, y0, x1, y1 = box_px
    return bool(x1 <= -0.5 or y1 <= -0.5 or x0 >= width - 0.5 or y0 >= height - 0.5)


def _spread(values: ArrayLike) -> dict[str, float]:
    values = np.asarray(values, np.float64)
    if not values.size:
        return {}
    parts = {"min": values.min(), "median": np.median(values), "max": values.max()}
    return {name: round(float(value), 1) for name, value in parts.items()}


def _percent(visible: NDArray[np.bool_]) -> float:
    return round(100 * float((~visible).mean()), 2)
