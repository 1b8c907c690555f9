"""A face whose image is a rectangle inside a TFRecord shard, and how large a rectangle it needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.augmentations.placement import RandomPlacement
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput

Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in whole pixels; x1 and y1 are the first ones outside."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordFace(FaceSample):
    """A face in a shard; `path` is the shard.

    The coordinates are those of the whole image, as in the dataset, because shifted ones would
    round differently and no longer cut the same crop to the last bit.

    Attributes:
        size: (height, width) of the whole image.
        rectangle: the part of it that the shard holds.
        png_offset: where in the shard its PNG file starts.
        png_length: the size of that file, in bytes.
    """

    size: tuple[int, int]
    rectangle: Rectangle
    png_offset: int
    png_length: int

    def image_rgb(self) -> NDArray[np.uint8]:
        """The whole image, black where the shard holds nothing of it; (H, W, 3) uint8 RGB.

        Raises:
            BadInput: the shard is gone or was changed.
        """
        part = self._decode()
        x0, y0, x1, y1 = self.rectangle
        if part.shape[:2] != (y1 - y0, x1 - x0):
            raise BadInput(f"{self.path}: the image of {self.name} is corrupted")
        if part.shape[:2] == self.size:
            return part
        image = np.zeros((*self.size, 3), np.uint8)  # pages nobody touches take no memory
        image[y0:y1, x0:x1] = part
        return image

    def _decode(self) -> NDArray[np.uint8]:
        assert self.path is not None
        try:
            with self.path.open("rb") as shard:
                shard.seek(self.png_offset)
                png = shard.read(self.png_length)
        except OSError as error:
            raise BadInput(f"{self.path}: cannot read the shard ({error.strerror})") from None
        if len(png) < self.png_length:
            raise BadInput(f"{self.path}: truncated within the image of {self.name}")
        image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR_RGB)
        if image is None:
            raise BadInput(f"{self.path}: the image of {self.name} is corrupted")
        return image


def reach(
    face: FaceSample, padding: face_crop.Padding, placement: RandomPlacement, size: tuple[int, int]
) -> Rectangle:
    """The part of an image of `size` (height, width) that any crop of the face is cut from."""
    affine = face_crop.crop_affine(face.box_px, padding)
    side, centre = affine[0, 0], affine[:, 2] + affine[0, 0] / 2
    # A square of side 1 turned by r reaches (cos r + sin r) / 2 from its centre, most at 45°.
    turn = np.deg2rad(min(placement.rotate_degrees, 45.0))
    largest = max(placement.scale[1], 1.0)  # the plain crop is cut from here as well
    half = side * (placement.translate + largest * (np.cos(turn) + np.sin(turn)) / 2)
    # `face_crop.cut` reads two blocks further, and a block is at most a crop pixel and a rounding.
    block = int(np.ceil(largest * side / face_crop.CROP_SIZE)) + 1
    height, width = size
    low = np.clip(np.floor(centre - half) - 2 * block, 0, [width - 1, height - 1])
    # Where the image's edge is repeated it still averages one block of it.
    high = np.minimum(np.maximum(np.ceil(centre + half) + 2 * block, low + block), [width, height])
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def check_reach(
    faces: Sequence[FaceSample], padding: face_crop.Padding, placement: RandomPlacement
) -> None:
    """See that the shards hold whatever a placement may cut.

    Raises:
        BadInput: they were written for smaller movements, or another padding.
    """
    for face in faces:
        if not isinstance(face, RecordFace):
            continue
        x0, y0, x1, y1 = reach(face, padding, placement, face.size)
        held = face.rectangle
        if x0 < held[0] or y0 < held[1] or x1 > held[2] or y1 > held[3]:
            raise BadInput(
                f"{face.path}: holds too little of {face.name} for this augmentation; write the "
                f"records for one that moves the crop as far"
            )
