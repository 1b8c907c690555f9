"""Random occlusion: a rectangle of the crop is painted over (random erasing).

The paper does not name it; it stands for the hands, hair and microphones of the test sets.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tf_facealign.data.augmentations.operation import Image, Range
from tf_facealign.face_crop import CROP_SIZE

FILLS: tuple[Literal["noise", "colour", "face"], ...] = ("noise", "colour", "face")
_TALLEST = 2.0


@dataclass(frozen=True)
class Patch:
    """One draw of `Occlusion`, in pixels of a crop of `CROP_SIZE`.

    Attributes:
        corner_px: (x, y) of the upper left pixel it covers.
        size_px: (height, width).
        fill: noise; one colour; or a piece of another face's crop.
        colour: (red, green, blue) 0..255, where `fill` says so.
        source_px: (x, y) where the piece of noise or of the other face starts.
    """

    corner_px: tuple[int, int]
    size_px: tuple[int, int]
    fill: Literal["noise", "colour", "face"]
    colour: tuple[int, int, int]
    source_px: tuple[int, int]


@dataclass(frozen=True)
class Occlusion:
    """Paints over a rectangle, up to twice as high as wide or as wide as high.

    Attributes:
        probability: with which a face gets it.
        area: smallest and largest share of the crop.
    """

    probability: float
    area: Range

    def sample(self, rng: np.random.Generator) -> Patch:
        """Draw a patch that lies inside the crop."""
        area, tallness = rng.uniform(*self.area), _TALLEST ** rng.uniform(-1, 1)
        height, width = _side(area * tallness), _side(area / tallness)
        x, y, u, v = rng.random(4).tolist()
        right, down = CROP_SIZE - width + 1, CROP_SIZE - height + 1
        red, green, blue = rng.integers(256, size=3).tolist()
        return Patch(
            (int(x * right), int(y * down)),
            (height, width),
            FILLS[int(rng.integers(len(FILLS)))],
            (red, green, blue),
            (int(u * right), int(v * down)),
        )

    @staticmethod
    def apply(image: Image, patch: Patch, other_face: Callable[[], Image]) -> Image:
        """The crop with the patch on it.

        Args:
            image: the crop, `CROP_SIZE` wide and high.
            patch: what `sample` drew.
            other_face: gives the crop of another face; called if the fill is one.
        """
        (height, width), (x, y) = patch.size_px, patch.corner_px
        covered = image.copy()
        if patch.fill == "colour":
            covered[y : y + height, x : x + width] = patch.colour
        else:
            source = _noise() if patch.fill == "noise" else other_face()
            u, v = patch.source_px
            covered[y : y + height, x : x + width] = source[v : v + height, u : u + width]
        return covered


def _side(area: float) -> int:
    """Side in pixels of a square with this share of the crop, at least 1 and at most the crop's."""
    return min(max(round(CROP_SIZE * math.sqrt(area)), 1), CROP_SIZE)


@functools.cache
def _noise() -> Image:
    """Uniform noise, as large as a crop."""
    return np.random.default_rng(0).integers(0, 256, (CROP_SIZE, CROP_SIZE, 3), dtype=np.uint8)
