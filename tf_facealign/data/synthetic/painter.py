"""What every layer of a synthetic face is painted with."""

from dataclasses import dataclass

import cv2
import numpy as np

from tf_facealign.data.synthetic.canvas import Array, Canvas, Image
from tf_facealign.data.synthetic.features import SIDES, flat_curves
from tf_facealign.data.synthetic.head import Head
from tf_facealign.data.synthetic.look import Appearance


@dataclass(frozen=True)
class Placement:
    """Where the head lies in the picture: pixels = plane * scale + shift."""

    scale: float
    shift: Array

    def to_px(self, plane: Array) -> Array:
        """Picture plane (..., 2) in half face widths → pixels, centres on integers."""
        return plane * self.scale + self.shift


class Painter:
    """One picture in the making, and what its layers need to know.

    Attributes:
        canvas: what has been painted so far.
        scale: how many pixels half a face width is.
        light: the unit vector towards the light.
        rng: the source of everything random; the layers share it, so their order matters.
        curves: the lines of the face in pixels, name → (N, 2).
        rim_px: (K, 2) visible edge of the face in pixels, the jaw first.
    """

    def __init__(self, head: Head, look: Appearance, placement: Placement, size: int) -> None:
        self.head, self.look, self.size = head, look, size
        self._placement, self.scale = placement, placement.scale
        self.light = look.light_direction
        self.rng = np.random.default_rng(look.texture_seed)
        self.canvas = Canvas(size)
        self.curves = self._curves()
        self.rim_px = self.px(head.visible_rim)

    def _curves(self) -> dict[str, Array]:
        curves = flat_curves(self.head.anatomy)
        # One lift for all curves: the surface is costly on many small arrays.
        lifted = self.px(self.head.lift(np.concatenate(list(curves.values()))))
        ends = np.cumsum([len(curve) for curve in curves.values()])[:-1]
        return dict(zip(curves, np.split(lifted, ends), strict=True))

    def px(self, points: Array) -> Array:
        """Points of the head (..., 3) → pixels (..., 2)."""
        return self._placement.to_px(self.head.project(points))

    def both(self, name: str) -> list[Array]:
        """A curve of the image-left and the image-right side."""
        return [self.curves[prefix + name] for prefix in SIDES]

    def shade(self, factor: float) -> Array:
        """The skin, darker or lighter."""
        return np.array(self.look.skin) * factor

    def muted_colour(self) -> Array:
        """A random colour, more often greyish than bright."""
        colour = self.rng.uniform(15, 235, 3)
        return np.asarray(colour.mean() + self.rng.uniform(0.1, 0.8) * (colour - colour.mean()))

    def blotches(self, cells: tuple[int, int], channels: int = 1) -> Image:
        """Random smooth noise (channels, size, size), standard deviation about 1."""
        noise = self.rng.standard_normal((channels, *cells), dtype=np.float32)
        size = (self.size, self.size)
        return np.stack([cv2.resize(n, size, interpolation=cv2.INTER_CUBIC) for n in noise])
