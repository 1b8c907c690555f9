"""Random placement of the face in the crop (paper, section 4.3).

`sample` draws the numbers once; `apply` uses them on the crop's affine. Because only the affine
changes, the image is still resampled once, from the source, and the landmarks follow through the
same affine.
"""

from dataclasses import dataclass

import numpy as np

from tf_facealign import geometry

_CENTRE = np.array([0.5, 0.5])


@dataclass(frozen=True)
class Placement:
    """One draw of `RandomPlacement`; the shift is in shares of the crop."""

    shift_unit: tuple[float, float]
    degrees: float
    scale: float
    mirrored: bool


@dataclass(frozen=True)
class RandomPlacement:
    """Translation, rotation, scale and flip.

    Attributes:
        translate: largest shift along x and y, as a share of the crop.
        rotate_degrees: largest rotation either way.
        scale: smallest and largest factor of the box's size; a larger box makes a smaller face.
        flip: probability of mirroring.
        power: 1 draws uniformly from the ranges, as the paper does. Above it the share of a range
            that a face moves by is a uniform draw to this power: most faces stay near where a
            prediction will see them, few go to the ends.
    """

    translate: float = 0.1
    rotate_degrees: float = 30.0
    scale: tuple[float, float] = (0.75, 1.2)
    flip: float = 0.5
    power: float = 1.0

    def sample(self, rng: np.random.Generator) -> Placement:
        """Draw a placement."""
        turn = self.rotate_degrees
        x, y = (self._draw(rng, -self.translate, self.translate, 0.0) for _ in "xy")
        degrees = self._draw(rng, -turn, turn, 0.0)
        scale = self._draw(rng, *self.scale, 1.0)
        return Placement((x, y), degrees, scale, bool(rng.random() < self.flip))

    def _draw(self, rng: np.random.Generator, low: float, high: float, own: float) -> float:
        """A number in low..high, nearer to `own` than a uniform one the higher the power."""
        own = min(max(own, low), high)
        away = rng.uniform(low, high) - own
        reach = high - own if away > 0 else own - low
        return own + away * abs(away / reach) ** (self.power - 1) if reach else own

    @staticmethod
    def apply(affine: geometry.Affine, placement: Placement) -> geometry.Affine:
        """The affine of the moved crop: its unit coordinates → pixels of the image.

        A mirrored crop needs its landmarks renumbered as well: `LandmarkScheme.flip_permutation`.
        """
        # About the centre: mirror, turn, scale; then shift.
        turned = geometry.rotation(placement.degrees) * placement.scale
        turned[:, 0] *= -1 if placement.mirrored else 1
        turned[:, 2] = _CENTRE + placement.shift_unit - turned[:, :2] @ _CENTRE
        return geometry.compose_affines(affine, turned)
