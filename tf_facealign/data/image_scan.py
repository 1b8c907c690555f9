"""A look at every image of a dataset, several at once: does it decode, how large, which faces."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign import face_crop
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput

PATCH_SIZE = 24
"""Side of the small grey crop that faces are compared by, in pixels."""


@dataclass(frozen=True, eq=False)
class Look:
    """What the image of one face tells.

    Attributes:
        fault: why the image cannot be used; empty if it can, and then the rest is there.
        size: (height, width) in pixels.
        digest: equal for images of equal content, whatever their names.
        patch: (24 · 24,) float32, the grey face with mean 0 and norm 1 (a uniform one is 0), so
            that the product of two patches is their correlation.
    """

    fault: str = ""
    size: tuple[int, int] = (0, 0)
    digest: bytes = b""
    patch: NDArray[np.float32] | None = None


def scan(faces: Sequence[FaceSample], padding: face_crop.Padding) -> list[Look]:
    """Open every image once.

    Args:
        faces: of any dataset.
        padding: of their boxes.

    Returns:
        One look for each face, in their order.
    """
    members: defaultdict[object, list[int]] = defaultdict(list)
    for index, face in enumerate(faces):
        members[face.path or id(face.pixels)].append(index)
    photos = [[faces[index] for index in indices] for indices in members.values()]
    looks: list[Look] = [Look()] * len(faces)
    with ThreadPoolExecutor() as threads:
        found = threads.map(lambda photo: _look(photo, padding), photos)
        progress = tqdm(found, desc="inspect", total=len(photos), disable=None)
        for indices, of_photo in zip(members.values(), progress, strict=True):
            for index, look in zip(indices, of_photo, strict=True):
                looks[index] = look
    return looks


def _look(photo: list[FaceSample], padding: face_crop.Padding) -> list[Look]:
    """The faces of one image."""
    first = photo[0]
    try:
        image_rgb = first.image_rgb()
        content = first.path.read_bytes() if first.path else image_rgb.tobytes()
    except (BadInput, OSError) as error:
        return [Look(fault=str(error))] * len(photo)
    digest = blake2b(content, digest_size=16).digest()
    height, width = image_rgb.shape[:2]
    return [
        Look("", (height, width), digest, _patch(image_rgb, face.box_px, padding)) for face in photo
    ]


def _patch(
    image_rgb: NDArray[np.uint8], box_px: NDArray[np.float64], padding: face_crop.Padding
) -> NDArray[np.float32]:
    affine = face_crop.crop_affine(box_px, padding)
    crop = face_crop.cut(image_rgb, affine, PATCH_SIZE)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32).ravel()
    grey -= grey.mean()
    return grey / max(float(np.linalg.norm(grey)), 1.0)
