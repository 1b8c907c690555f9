"""The configuration of the random changes of training faces."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from tf_facealign.config_ranges import Ranged, within
from tf_facealign.errors import BadInput


def _probability(default: float) -> Any:
    return within(default, 0, 1, is_probability=True)


@dataclass(frozen=True)
class AugmentationConfig(Ranged):
    """Random changes of a training face (paper, section 4.3).

    `flip` and the keys named after an operation are probabilities; a range follows each operation.
    By default the crop is placed at random and its pixels stay. The ranges are imgaug's usual ones,
    narrower where a crop of 112 pixels would lose the face.

    Attributes:
        translate: largest shift along x and y, as a share of the crop.
        rotate_degrees: largest rotation either way.
        scale: smallest and largest factor of the box's size.
        placement_power: 1 draws these three uniformly; above it most faces stay near their own
            placement (`RandomPlacement.power`).
        flip: probability of mirroring.
        median_blur: median of a square of pixels, of side 3 or 5.
        gaussian_blur: Gaussian with a standard deviation in crop pixels.
        average_blur: mean of a square of pixels, of odd side.
        sharpen: adds `amount` times the difference from each of the eight neighbours.
        emboss: adds `amount` times the slope towards the lower right.
        noise: Gaussian, on each channel; sigma in levels of 255.
        add: levels of 255, to all channels or (every second time) one number to each.
        hue_saturation: turns the hue by degrees and multiplies the saturation.
        contrast: multiplies the distance from middle grey.
        greyscale: blends with grey; an amount of 1 is all grey.
        occlusion: covers a rectangle with noise, a colour or a piece of another face; area as a
            share of the crop.
    """

    translate: float = within(0.1, 0, 1)
    rotate_degrees: float = within(30.0, 0, 180)
    scale: tuple[float, float] = within((0.75, 1.2), 0.1, 10)
    placement_power: float = within(1.0, 1, 10)
    flip: float = _probability(0.5)
    median_blur: float = _probability(0.0)
    median_blur_side_px: tuple[int, int] = within((3, 5), 3, 5)
    gaussian_blur: float = _probability(0.0)
    gaussian_blur_sigma_px: tuple[float, float] = within((0.0, 2.0), 0, 10)
    average_blur: float = _probability(0.0)
    average_blur_side_px: tuple[int, int] = within((3, 5), 1, 31)
    sharpen: float = _probability(0.0)
    sharpen_amount: tuple[float, float] = within((0.0, 0.3), 0, 1)
    emboss: float = _probability(0.0)
    emboss_amount: tuple[float, float] = within((0.0, 0.5), 0, 1)
    noise: float = _probability(0.0)
    noise_sigma: tuple[float, float] = within((0.0, 13.0), 0, 255)
    add: float = _probability(0.0)
    add_levels: tuple[float, float] = within((-30.0, 30.0), -255, 255)
    hue_saturation: float = _probability(0.0)
    hue_degrees: tuple[float, float] = within((-20.0, 20.0), -180, 180)
    saturation_factor: tuple[float, float] = within((0.6, 1.4), 0, 10)
    contrast: float = _probability(0.0)
    contrast_factor: tuple[float, float] = within((0.6, 1.4), 0, 10)
    greyscale: float = _probability(0.0)
    greyscale_amount: tuple[float, float] = within((0.0, 1.0), 0, 1)
    occlusion: float = _probability(0.0)
    occlusion_area: tuple[float, float] = within((0.02, 0.2), 0, 1)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn from."""
        super().__post_init__()
        for side in ("median_blur_side_px", "average_blur_side_px"):
            if not all(end % 2 for end in getattr(self, side)):
                raise BadInput(f"{side} must be odd numbers, not {getattr(self, side)}")


PROBABILITIES = tuple(
    key.name for key in dataclasses.fields(AugmentationConfig) if "is_probability" in key.metadata
)
"""The keys of `AugmentationConfig` that are probabilities: of mirroring, then of each operation."""
