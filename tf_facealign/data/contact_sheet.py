"""Many faces on one picture, cut as a model sees them, with their landmarks drawn."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign import face_crop
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.visualization import PREDICTED_RGB, Colour, draw_landmarks

COLUMNS = 8
CROP_PX = 224
"""Side of a drawn crop: the model's, twice as large, so that its landmarks can be told apart."""

_CAPTION_PX = 18
_CAPTION_LETTERS = 31
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SCALE = 0.38
_WHITE = (255, 255, 255)


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
    return grid([_annotated(faces[index], scheme, padding) for index in chosen])


def grid(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Lay tiles of one size out in rows of eight."""
    columns = min(COLUMNS, len(tiles))
    blank = [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    tiles = [*tiles, *blank]
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    return np.vstack(rows)


def tile(
    crop: NDArray[np.uint8],
    caption: str,
    scheme: LandmarkScheme,
    truth_unit: ArrayLike,
    predicted_unit: ArrayLike | None = None,
) -> NDArray[np.uint8]:
    """Draw a crop, twice as large, over its caption.

    Args:
        crop: (112, 112, 3) uint8 RGB.
        caption: its end is shown, if it is too long.
        scheme: what the landmarks are.
        truth_unit: (L, 2) in unit coordinates of the crop.
        predicted_unit: (L, 2) likewise, drawn over the truth in a colour of its own.

    Returns:
        (242, 224, 3) uint8 RGB.
    """
    drawn = cv2.resize(crop, (CROP_PX, CROP_PX), interpolation=cv2.INTER_CUBIC)
    drawn = draw_landmarks(drawn, np.asarray(truth_unit) * CROP_PX - 0.5, scheme)
    if predicted_unit is not None:
        points_px = np.asarray(predicted_unit) * CROP_PX - 0.5
        drawn = draw_landmarks(drawn, points_px, scheme, None, PREDICTED_RGB, PREDICTED_RGB)
    return captioned(drawn, _shortened(caption))


def captioned(picture: NDArray[np.uint8], words: str) -> NDArray[np.uint8]:
    """A picture (H, W, 3) uint8 RGB with words on a black strip below."""
    return np.vstack([picture, strip([(words, _WHITE)], picture.shape[1])])


def strip(words: Sequence[tuple[str, Colour]], width_px: int) -> NDArray[np.uint8]:
    """Words beside each other, each in its colour, on a black strip of a caption's height."""
    canvas = np.zeros((_CAPTION_PX, width_px, 3), np.uint8)
    x = 3
    for text, rgb in words:
        ascii_text = text.encode("ascii", "replace").decode()  # the font knows no other letters
        cv2.putText(canvas, ascii_text, (x, 13), _FONT, _FONT_SCALE, rgb, 1, cv2.LINE_AA)
        x += cv2.getTextSize(f"{ascii_text}  ", _FONT, _FONT_SCALE, 1)[0][0]
    return canvas


def _annotated(
    face: FaceSample, scheme: LandmarkScheme, padding: face_crop.Padding
) -> NDArray[np.uint8]:
    """The tile of a face with its annotation."""
    affine = face_crop.crop_affine(face.box_px, padding)
    crop = face_crop.cut(face.image_rgb(), affine)
    truth_unit = face_crop.landmarks_to_unit(face.landmarks_px, affine)
    return tile(crop, face.name, scheme, truth_unit)


def _shortened(text: str) -> str:
    return text if len(text) <= _CAPTION_LETTERS else ".." + text[2 - _CAPTION_LETTERS :]
