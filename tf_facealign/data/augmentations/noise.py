"""Additive Gaussian noise."""

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.augmentations.operation import FloatImage, Operation, Params, Range
from tf_facealign.face_crop import CROP_SIZE

# 80 × 80 windows; a larger sheet would not stay in the processor's cache.
_SHEET_SIZE = 192


@dataclass(frozen=True)
class GaussianNoise(Operation):
    """Independent Gaussian noise on every pixel and channel.

    It is a window of a sheet that is drawn once: drawing it anew takes longer than all other
    operations together.

    Attributes:
        sigma: smallest and largest standard deviation, of 255.
    """

    sigma: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (sigma, x, y), the last two the window's corner."""
        x, y = rng.integers(_SHEET_SIZE - CROP_SIZE + 1, size=2).tolist()
        return rng.uniform(*self.sigma), x, y

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`; the crop is at most `CROP_SIZE` wide and high."""
        sigma, x, y = params[0], int(params[1]), int(params[2])
        height, width = image.shape[:2]
        return cv2.scaleAdd(_sheet()[y : y + height, x : x + width], sigma, image)


@functools.cache
def _sheet() -> NDArray[np.float32]:
    """Standard normal noise, (192, 192, 3)."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((_SHEET_SIZE, _SHEET_SIZE, 3), dtype=np.float32)
