"""Many faces on one picture, cut as a model sees them, with their landmarks drawn."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.visualization import draw_landmarks

COLUMNS = 8
CROP_PX = 224
"""Side of a drawn crop: the model's, twice as large, so that its landmarks can be told apart."""

_CAPTION_PX = 18
_CAPTION_LETTERS = 31


def contact_sheet(
    faces: Sequence[FaceSample],
    scheme: LandmarkScheme,
    padding: face_crop.Padding,
    count: int = 40,
) -> NDArray[np.uint8]:
    """Draw faces in rows of eight, evenly chosen from first to last, each with its name.

    Args:
        faces: at least one, with images that can be read.
        scheme: what their landmarks are.
        padding: of their boxes.
        count: how many at most.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        BadInput: there is no face, or an image cannot be read.
    """
    if not faces:
        raise BadInput("there are no faces for a contact sheet")
    chosen = np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).round().astype(int))
    tiles = [_tile(faces[index], scheme, padding) for index in chosen]
    columns = min(COLUMNS, len(tiles))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    return np.vstack(rows)


def _tile(
    face: FaceSample, scheme: LandmarkScheme, padding: face_crop.Padding
) -> NDArray[np.uint8]:
    """A crop over its caption, (242, 224, 3)."""
    affine = face_crop.crop_affine(face.box_px, padding)
    crop = face_crop.cut(face.image_rgb(), affine)
    large = cv2.resize(crop, (CROP_PX, CROP_PX), interpolation=cv2.INTER_CUBIC)
    landmarks_px = face_crop.landmarks_to_unit(face.landmarks_px, affine) * CROP_PX - 0.5
    drawn = draw_landmarks(large, landmarks_px, scheme)
    return np.vstack([drawn, _caption(face.name)])


def _caption(name: str) -> NDArray[np.uint8]:
    """The end of a name; the font knows ASCII only."""
    text = name.encode("ascii", "replace").decode()
    if len(text) > _CAPTION_LETTERS:
        text = ".." + text[2 - _CAPTION_LETTERS :]
    strip = np.zeros((_CAPTION_PX, CROP_PX, 3), np.uint8)
    white = (255, 255, 255)
    cv2.putText(strip, text, (3, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, white, 1, cv2.LINE_AA)
    return strip
