"""Whatever a caller calls an image, as the one form everything else takes."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tf_facealign.images import read_image
from tf_facealign.inference.image_check import check_image


@runtime_checkable
class PillowImage(Protocol):
    """What we use of a `PIL.Image.Image`; Pillow itself need not be installed."""

    mode: str

    def convert(self, mode: str) -> Any:
        """The image in another mode."""
        ...

    def getexif(self) -> Any:
        """Its EXIF entries, tag → value."""
        ...


ImageLike = str | Path | NDArray[Any] | PillowImage
"""A file; (H, W, 3) RGB, (H, W, 4) RGBA or (H, W) grey, uint8; or an image of Pillow."""

_ORIENTATION_TAG = 0x0112


def as_rgb(image: ImageLike) -> NDArray[np.uint8]:
    """An image as (H, W, 3) uint8 RGB.

    Files and Pillow's images are turned upright by their EXIF orientation; an alpha channel is
    dropped, grey is repeated.

    Raises:
        BadInput: the file cannot be read, or it is something else; the message says what.
    """
    if isinstance(image, str | Path):
        return read_image(image)
    if isinstance(image, PillowImage):
        return _from_pillow(image)
    if isinstance(image, np.ndarray) and image.dtype == np.uint8:
        if image.ndim == 2:
            image = np.repeat(image[..., None], 3, axis=2)
        elif image.ndim == 3 and image.shape[2] == 4:
            image = image[..., :3]
    check_image(image)
    return np.ascontiguousarray(image)


def _from_pillow(image: PillowImage) -> NDArray[np.uint8]:
    pixels = np.asarray(image)
    if image.mode.startswith("I"):  # 16 bits; Pillow's own conversion would cut them off at 255
        pixels = np.repeat(np.clip(pixels >> 8, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    else:
        pixels = np.asarray(image.convert("RGB"))
    return np.ascontiguousarray(_upright(pixels, image.getexif().get(_ORIENTATION_TAG, 1)))


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo an EXIF orientation, 1..8: what the first row and the first column of pixels show."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
