"""Image files in and out, always RGB uint8."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")


def read_image(path: str | Path) -> NDArray[np.uint8]:
    """Read an image file as (H, W, 3) uint8 RGB; EXIF orientation is applied, grey is repeated.

    Raises:
        BadInput: the file is missing, unreadable, empty or does not decode.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise BadInput(f"{path}: cannot read the image ({error.strerror})") from None
    return decode_image(data, path)


def decode_image(data: NDArray[np.uint8], name: str | Path) -> NDArray[np.uint8]:
    """The image that the bytes of a file hold, as `read_image` has it.

    Args:
        data: (N,) uint8.
        name: where they are from; starts every message.

    Raises:
        BadInput: there are none, or they do not decode.
    """
    if data.size == 0:
        raise BadInput(f"{name}: the image file is empty")
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise BadInput(f"{name}: not an image that OpenCV can decode")
    return np.ascontiguousarray(image[..., ::-1])


def write_image(path: str | Path, image_rgb: NDArray[np.uint8]) -> None:
    """Write (H, W, 3) uint8 RGB in the format of the suffix; the file appears whole or not at all.

    Raises:
        BadInput: the folder cannot be written to, or the suffix is of no known format.
    """
    try:
        known, data = cv2.imencode(Path(path).suffix, np.ascontiguousarray(image_rgb[..., ::-1]))
    except cv2.error:
        known = False
    if not known:
        raise BadInput(f"{path}: no image format is known by that suffix")
    with replacing(path) as temporary:
        temporary.write_bytes(data.tobytes())
