"""What every photometric operation has: a probability, a draw, and what it does to a crop.

A crop is float32 while operations are applied to it, one after the other, and becomes uint8 once,
after the last. So nothing is rounded or clipped in between.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""A crop (H, W, 3) in RGB."""
FloatImage = NDArray[np.float32]
"""A crop (H, W, 3) in RGB; about 0 to 255, and beyond until it is clipped."""
Range = tuple[float, float]
Params = tuple[float, ...]
"""The numbers of one draw; each operation says which."""


@dataclass(frozen=True)
class Operation(ABC):
    """A random change of a crop's pixels that leaves its landmarks where they are.

    Attributes:
        probability: with which a face gets it.
    """

    probability: float

    @abstractmethod
    def sample(self, rng: np.random.Generator) -> Params:
        """Draw the numbers of one application."""

    @abstractmethod
    def change(self, image: FloatImage, params: Params) -> FloatImage:
        """The changed crop, neither rounded nor clipped; `image` stays as it is."""

    def apply(self, image: Image, params: Params) -> Image:
        """The crop changed by this operation alone."""
        return to_uint8(self.change(image.astype(np.float32), params))


def to_uint8(image: FloatImage) -> Image:
    """Round, and clip to 0..255."""
    # convertScaleAbs rounds and clips at 255; what lies below 0 it would mirror.
    return cv2.convertScaleAbs(cv2.max(image, 0.0))
