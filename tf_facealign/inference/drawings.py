"""Pictures of what was found, a file for each image."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.images import write_image
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.visualization import draw_landmarks

_STANDARD_INPUT = "-"


class Drawings:
    """Draws the faces of images into a folder, each picture under its image's file name.

    Args:
        folder: where they go; it is made if need be.
        numbers: whether the landmarks' numbers are drawn too.
        rival: another model, whose landmarks for the same boxes are drawn beside on the right.
    """

    def __init__(
        self, folder: str | Path, numbers: bool = False, rival: FaceAligner | None = None
    ) -> None:
        self._folder = Path(folder)
        self._numbers = numbers
        self._rival = rival

    def prepare(self, images: Sequence[Path]) -> None:
        """Make the folder, if every image can have its drawing there.

        Raises:
            BadInput: a drawing would overwrite an image or another drawing, or the folder cannot be
                written to.
        """
        by_drawing: dict[Path, Path] = {}
        for image in images:
            drawing = self._path(image)
            if drawing.resolve() == image.resolve():
                raise BadInput(
                    f"{image}: its drawing would overwrite it; choose another folder than "
                    f"{self._folder}"
                )
            other = by_drawing.setdefault(drawing, image)
            if other != image:
                raise BadInput(f"{image} and {other} would be drawn to the same file {drawing}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{self._folder}: cannot write here ({error.strerror})") from None

    def write(self, image: Path, image_rgb: NDArray[np.uint8], faces: Sequence[Face]) -> None:
        """Draw the faces of an image and write the picture.

        Raises:
            BadInput: it cannot be written, or the other model fails.
        """
        drawn = draw_faces(image_rgb, faces, self._numbers)
        if self._rival is not None:
            boxes = [face.box_px for face in faces]
            drawn_by_rival = draw_faces(image_rgb, self._rival(image_rgb, boxes), self._numbers)
            drawn = np.hstack([drawn, drawn_by_rival])
        write_image(self._path(image), drawn)

    def _path(self, image: Path) -> Path:
        """A picture of standard input has no name of its own."""
        return self._folder / ("stdin.png" if str(image) == _STANDARD_INPUT else image.name)


def draw_faces(
    image_rgb: NDArray[np.uint8], faces: Sequence[Face], numbers: bool = False
) -> NDArray[np.uint8]:
    """Draw faces on a copy of the image, (H, W, 3) uint8, each region in its colour."""
    for face in faces:
        image_rgb = draw_landmarks(
            image_rgb, face.landmarks_px, face.scheme, face.box_px, None, numbers=numbers
        )
    return image_rgb
