"""The one check of an image that a caller hands us."""

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput


def check_image(image_rgb: NDArray[np.uint8]) -> None:
    """Refuse what is not a non-empty (H, W, 3) uint8 array.

    Raises:
        BadInput: it is something else; the message says what.
    """
    if not isinstance(image_rgb, np.ndarray):
        raise BadInput(
            f"the image is a {type(image_rgb).__name__}, expected a (H, W, 3) uint8 array"
        )
    if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8:
        raise BadInput(
            f"the image is {image_rgb.shape} {image_rgb.dtype}, expected (H, W, 3) uint8"
        )
    if image_rgb.size == 0:
        raise BadInput(f"the image has no pixels: {image_rgb.shape}")
