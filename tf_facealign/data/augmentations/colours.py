"""Changes of colour, each a 3×4 affine of (red, green, blue): several compose into one.

Hue, saturation and grey are those of YIQ, where they are linear: luma Y stays, (I, Q) is turned,
scaled or dropped.
"""

import math
from abc import abstractmethod
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.augmentations.operation import FloatImage, Operation, Params, Range

ColourAffine = NDArray[np.float64]

_SAME = np.eye(3, 4)
_MIDDLE = 127.5
_PER_CHANNEL = 0.5
# NTSC's, with the digits tensorflow-addons used.
_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


def _in_yiq(matrix: list[list[float]]) -> ColourAffine:
    """The affine of (red, green, blue) that is a 3×3 matrix of (Y, I, Q)."""
    return np.linalg.solve(_YIQ, matrix @ _YIQ @ _SAME)


_LUMA = _in_yiq([[1, 0, 0], [0, 0, 0], [0, 0, 0]])
_CHROMA = _in_yiq([[0, 0, 0], [0, 1, 0], [0, 0, 1]])
_CHROMA_TURNED = _in_yiq([[0, 0, 0], [0, 0, -1], [0, 1, 0]])  # by 90 degrees
_GREY = np.pad(np.tile(_YIQ[0], (3, 1)), ((0, 0), (0, 1)))


class Colour(Operation):
    """An operation that maps each pixel's colour by a 3×4 affine."""

    @abstractmethod
    def affine(self, params: Params) -> ColourAffine:
        """The affine of a draw."""

    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """See `Operation`."""
        return cv2.transform(image, self.affine(params))


@dataclass(frozen=True)
class Add(Colour):
    """Adds a number to all channels or, in half of the draws, one to each: a tint.

    Attributes:
        levels: smallest and largest number, of 255.
    """

    levels: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (red, green, blue)."""
        each = rng.uniform(*self.levels, size=3)
        red, green, blue = each if rng.random() < _PER_CHANNEL else each[[0, 0, 0]]
        return red, green, blue

    def affine(self, params: Params) -> ColourAffine:
        """See `Colour`."""
        return _plus(_SAME, params)


@dataclass(frozen=True)
class HueSaturation(Colour):
    """Turns the hue and scales the saturation.

    Attributes:
        degrees: smallest and largest turn; positive takes red towards magenta.
        saturation: smallest and largest factor.
    """

    degrees: Range
    saturation: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (degrees, saturation)."""
        return rng.uniform(*self.degrees), rng.uniform(*self.saturation)

    def affine(self, params: Params) -> ColourAffine:
        """See `Colour`."""
        degrees, saturation = params
        turn = math.radians(degrees)
        along, across = saturation * math.cos(turn), saturation * math.sin(turn)
        return _LUMA + along * _CHROMA + across * _CHROMA_TURNED


@dataclass(frozen=True)
class Contrast(Colour):
    """Scales the distance from middle grey, 127.5.

    Attributes:
        factor: smallest and largest.
    """

    factor: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (factor,)."""
        return (rng.uniform(*self.factor),)

    def affine(self, params: Params) -> ColourAffine:
        """See `Colour`."""
        (factor,) = params
        return _plus(factor * _SAME, (1 - factor) * _MIDDLE)


@dataclass(frozen=True)
class Greyscale(Colour):
    """Blends with the grey picture of the same luma.

    Attributes:
        amount: smallest and largest; 1 is all grey.
    """

    amount: Range

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw (amount,)."""
        return (rng.uniform(*self.amount),)

    def affine(self, params: Params) -> ColourAffine:
        """See `Colour`."""
        (amount,) = params
        return (1 - amount) * _SAME + amount * _GREY


def compose_colours(outer: ColourAffine, inner: ColourAffine) -> ColourAffine:
    """The affine that applies `inner` first, then `outer`."""
    composed = outer[:, :3] @ inner
    composed[:, 3] += outer[:, 3]
    return composed


def _plus(affine: ColourAffine, shift: float | Params) -> ColourAffine:
    """The affine with a number, or three, added to what it gives."""
    shifted = affine.copy()
    shifted[:, 3] += shift
    return shifted
