"""All random changes of a training face, in the order in which a photo would come to them.

Placement, then what stands before the face, then the lens (blurs), sharpening and embossing, the
sensor's noise, and the colours.
"""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.data.augmentations import colours, filters
from tf_facealign.data.augmentations.noise import GaussianNoise
from tf_facealign.data.augmentations.occlusion import Occlusion, Patch
from tf_facealign.data.augmentations.operation import Image, Operation, Params, to_uint8
from tf_facealign.data.augmentations.placement import Placement, RandomPlacement

DrawnOperations = Sequence[tuple[Operation, Params]]


@dataclass(frozen=True)
class Draw:
    """One draw of `Augmentation`; no patch means no occlusion."""

    placement: Placement
    patch: Patch | None
    operations: DrawnOperations


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a training face.

    Attributes:
        placement: moves the crop.
        occlusion: paints over a part of it.
        operations: change its pixels, in this order.
    """

    placement: RandomPlacement
    occlusion: Occlusion
    operations: tuple[Operation, ...]

    @classmethod
    def from_config(cls, config: AugmentationConfig) -> "Augmentation":
        """The augmentation that a configuration describes."""
        c = config
        return cls(
            RandomPlacement(c.translate, c.rotate_degrees, c.scale, c.flip, c.placement_power),
            Occlusion(c.occlusion, c.occlusion_area),
            (
                filters.MedianBlur(c.median_blur, c.median_blur_side_px),
                filters.GaussianBlur(c.gaussian_blur, c.gaussian_blur_sigma_px),
                filters.AverageBlur(c.average_blur, c.average_blur_side_px),
                filters.Sharpen(c.sharpen, c.sharpen_amount),
                filters.Emboss(c.emboss, c.emboss_amount),
                GaussianNoise(c.noise, c.noise_sigma),
                colours.Add(c.add, c.add_levels),
                colours.HueSaturation(c.hue_saturation, c.hue_degrees, c.saturation_factor),
                colours.Contrast(c.contrast, c.contrast_factor),
                colours.Greyscale(c.greyscale, c.greyscale_amount),
            ),
        )

    def sample(self, rng: np.random.Generator) -> Draw:
        """Draw what happens to one face."""
        placement = self.placement.sample(rng)
        occluded = rng.random() < self.occlusion.probability
        patch = self.occlusion.sample(rng) if occluded else None
        drawn = [op for op in self.operations if rng.random() < op.probability]
        return Draw(placement, patch, [(op, op.sample(rng)) for op in drawn])


def apply_operations(image: Image, drawn: DrawnOperations) -> Image:
    """Apply operations in order, rounding and clipping once, at the end.

    Neighbouring changes of colour are composed into one.

    Args:
        image: the crop, which stays as it is.
        drawn: each operation with its numbers; none gives `image` itself.
    """
    if not drawn:
        return image
    changed = image.astype(np.float32)
    for are_colours, group in itertools.groupby(drawn, lambda d: isinstance(d[0], colours.Colour)):
        if are_colours:
            affines = [op.affine(params) for op, params in group if isinstance(op, colours.Colour)]
            composed = functools.reduce(lambda a, b: colours.compose_colours(b, a), affines)
            changed = cv2.transform(changed, composed)
        else:
            for op, params in group:
                changed = op.change(changed, params)
    return to_uint8(changed)
