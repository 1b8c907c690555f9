"""A face that was found, and what follows from its landmarks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.head_pose import HeadPose, head_pose
from tf_facealign.inference import chip
from tf_facealign.inference.five_points import five_points
from tf_facealign.landmark_scheme import LandmarkScheme


@dataclass(frozen=True, eq=False)
class Face:
    """A face found in an image.

    Attributes:
        landmarks_px: (L, 2) float64, (x, y) in pixels of the image; may lie outside it.
        box_px: (4,) float64, x0 y0 x1 y1, the box the landmarks were sought in, before padding.
        score: the detector's score; 1.0 for a box that was given.
        scheme: what the landmarks are.
        image_rgb: (H, W, 3) uint8, the image itself, of which `chip` is cut; no copy.
    """

    landmarks_px: NDArray[np.float64]
    box_px: NDArray[np.float64]
    score: float
    scheme: LandmarkScheme = field(repr=False)
    image_rgb: NDArray[np.uint8] = field(repr=False)

    def __getitem__(self, region: str) -> NDArray[np.float64]:
        """The landmarks of a region, such as `face["mouth_outer"]`: (K, 2) in pixels.

        Raises:
            KeyError: the scheme has no such region; the message lists those it has.
        """
        if region not in self.scheme.regions:
            known = ", ".join(self.scheme.regions) or "none"
            raise KeyError(f"scheme {self.scheme.name!r} has no region {region!r}; it has: {known}")
        return self.landmarks_px[list(self.scheme.regions[region])]

    @property
    def head_pose(self) -> HeadPose:
        """Yaw, pitch and roll in degrees; see `HeadPose` for their signs.

        Raises:
            BadInput: the scheme lacks a landmark that is needed; the message names it.
        """
        return head_pose(self.landmarks_px, self.scheme)

    def chip(self, size: int = 112) -> NDArray[np.uint8]:
        """The face turned upright and cut for a recognition system: (size, size, 3) uint8.

        The eyes, nose and mouth come to lie where ArcFace and its like expect them.

        Args:
            size: side in pixels.

        Raises:
            BadInput: the size is none, the scheme lacks one of the five points (the message names
                it), or the points are all at one place.
        """
        if size < 1:
            raise BadInput(f"a chip of {size} pixels a side")
        points = five_points(self.landmarks_px, self.scheme)
        if not np.ptp(points, axis=0).any():
            raise BadInput("all landmarks of the face are at one place: no chip")
        return chip.chip(self.image_rgb, points, size)
