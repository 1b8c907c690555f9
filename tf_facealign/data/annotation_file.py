"""What the files that list a user's faces, CSV and COCO JSON, have in common."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.paths import inside
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box


class Listing:
    """Collects the faces of one annotation file, whose images lie in its folder or below.

    Args:
        path: the annotation file.
        faults: where given, a face that cannot be used goes there as a line of text and the others
            are read on; without it the first one is an error.

    Attributes:
        faces: those that can be used.
    """

    def __init__(self, path: Path, faults: list[str] | None) -> None:
        self.faces: list[FaceSample] = []
        self._path = path
        self._faults = faults
        self._faces_of: Counter[str] = Counter()

    def read(self, entries: Iterable[tuple[str, Callable[[], FaceSample]]]) -> list[FaceSample]:
        """Make the faces; each entry is (where it stands, for messages; what makes it).

        Raises:
            BadInput: there is no face, or (without `faults`) one that cannot be used.
        """
        self.faces = usable_faces(entries, self._faults)
        if not self.faces and not self._faults:
            raise BadInput(f"{self._path}: no face in it")
        return self.faces

    def face(
        self,
        image: str,
        landmarks_px: NDArray[np.float64],
        box_px: NDArray[np.float64] | None,
        visible: NDArray[np.bool_] | None = None,
    ) -> FaceSample:
        """One face; without a box, its box is the tight one of its landmarks.

        Its name is that of its image, with #2, #3 and so on for more faces of the same image, which
        a validation split keeps together.

        Raises:
            BadInput: the image is outside the folder, or the landmarks or the box are unusable.
        """
        path = inside(self._path.parent, image)
        self._faces_of[image] += 1
        number = self._faces_of[image]
        return FaceSample(
            name=image if number == 1 else f"{image}#{number}",
            landmarks_px=landmarks_px,
            box_px=landmarks_box(landmarks_px) if box_px is None else box_px,
            path=path,
            group=image,
            visible=visible,
        )
