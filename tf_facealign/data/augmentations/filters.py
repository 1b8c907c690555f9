"""Blurs, sharpening and embossing.

No filter moves the picture: every kernel has a middle pixel. At the edge the picture is reflected
(the median repeats it).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from tf_facealign.data.augmentations.operation import FloatImage, Operation, Params, Range

_NEIGHBOURS = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], np.float32)
_RELIEF = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]], np.float32)
_ITSELF = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32)


@dataclass(frozen=True)
class MedianBlur(Operation):
    """The median of a square of pixels, channel by channel.

    Attributes:
        side_px: smallest and largest side of the square, 3 or 5 (OpenCV has no larger one for
            float32).
    """

    side_px: tuple[int, int]

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (side,)."""
        return (_odd(self.side_px, rng),)

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        return cv2.medianBlur(image, int(params[0]))


@dataclass(frozen=True)
class GaussianBlur(Operation):
    """Convolution with a Gaussian, out to 3 standard deviations.

    Attributes:
        sigma_px: smallest and largest standard deviation.
    """

    sigma_px: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (sigma,)."""
        return (rng.uniform(*self.sigma_px),)

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        (sigma,) = params
        side = 2 * math.ceil(3 * sigma) + 1
        return cv2.GaussianBlur(image, (side, side), sigma)


@dataclass(frozen=True)
class AverageBlur(Operation):
    """The mean of a square of pixels.

    Attributes:
        side_px: smallest and largest side of the square, odd.
    """

    side_px: tuple[int, int]

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (side,)."""
        return (_odd(self.side_px, rng),)

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        side = int(params[0])
        return cv2.blur(image, (side, side))


@dataclass(frozen=True)
class Sharpen(Operation):
    """Adds `amount` times the difference between a pixel and each of its eight neighbours.

    Attributes:
        amount: smallest and largest; imgaug's alpha at lightness 1.
    """

    amount: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (amount,)."""
        return (rng.uniform(*self.amount),)

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        return cv2.filter2D(image, -1, _ITSELF + params[0] * _NEIGHBOURS)


@dataclass(frozen=True)
class Emboss(Operation):
    """Adds `amount` times the slope towards the lower right, as if lit from there.

    Attributes:
        amount: smallest and largest; imgaug's alpha at strength 1.
    """

    amount: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (amount,)."""
        return (rng.uniform(*self.amount),)

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        return cv2.filter2D(image, -1, _ITSELF + params[0] * _RELIEF)


def _odd(ends: tuple[int, int], rng: np.random.Generator) -> int:
    """An odd number of the range; an even side would move the picture half a pixel."""
    low, high = ends
    return low + 2 * int(rng.integers((high - low) // 2 + 1))
