"""One annotated face: what every reader returns and everything after it takes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.images import read_image


@dataclass(frozen=True, eq=False)
class FaceSample:
    """A face in an image on disk or in memory.

    Attributes:
        name: unique within its dataset, for messages and predictions; a relative path where there
            is one.
        landmarks_px: (L, 2) float64, (x, y), pixel centres on integers.
        box_px: (4,) float64, x0 y0 x1 y1, as provided, before padding.
        path: the image file, or None when `pixels` is given.
        pixels: (H, W, 3) uint8 RGB, or None when `path` is given.
        group: faces of one photo (or person) share it; a validation split never divides a group.
        subsets: names of the evaluation subsets this face belongs to, such as "common".
        visible: (L,) bool, which landmarks are not hidden; None where the dataset does not say.
    """

    name: str
    landmarks_px: NDArray[np.float64]
    box_px: NDArray[np.float64]
    path: Path | None = None
    pixels: NDArray[np.uint8] | None = None
    group: str = ""
    subsets: tuple[str, ...] = ()
    visible: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse what no later step could use."""
        if (self.path is None) == (self.pixels is None):
            raise BadInput(f"{self.name}: give either path or pixels")
        if self.landmarks_px.ndim != 2 or self.landmarks_px.shape[1] != 2:
            raise BadInput(
                f"{self.name}: landmarks of shape {self.landmarks_px.shape}, expected (L, 2)"
            )
        if not np.isfinite(self.landmarks_px).all():
            raise BadInput(f"{self.name}: a landmark is not a finite number")
        box = self.box_px
        if not (box.shape == (4,) and np.isfinite(box).all() and (box[2:] > box[:2]).all()):
            raise BadInput(f"{self.name}: box {box.tolist()} has no area or is no box x0 y0 x1 y1")
        expected, visible = (len(self.landmarks_px),), self.visible
        if visible is not None and (visible.shape != expected or visible.dtype != bool):
            raise BadInput(
                f"{self.name}: visible is {visible.dtype} of shape {visible.shape}, "
                f"expected bool of shape {expected}"
            )

    def image_rgb(self) -> NDArray[np.uint8]:
        """The image, (H, W, 3) uint8 RGB.

        Raises:
            BadInput: the file is missing, empty or does not decode.
        """
        if self.pixels is not None:
            return self.pixels
        assert self.path is not None
        return read_image(self.path)
