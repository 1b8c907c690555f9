"""Finding faces with the Haar cascade that comes with OpenCV."""

from typing import Final

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.inference.image_check import check_image

# Chosen on photos of the 300-W training folders, with 5 agreeing windows: alt2 with steps of 1.05
# found 92 % of 360 faces, raised 4 false alarms in 140 photos and took 0.15 s a photo; the default
# cascade with steps of 1.1 91 %, 13 and 0.08 s. Equalising the histogram first helped neither.
_CASCADE = "haarcascade_frontalface_alt2.xml"
_SCALE_STEP: Final = 1.05
_AGREEING: Final = 5
_LONGER_SIDE_PX: Final = 640
_SMALLEST_FACE_PX: Final = 30

# The model expects the tight box of the landmarks (ibug68: brows to chin, ear to ear); the cascade
# gives a square about the middle of the face. Medians over 1037 faces of the 300-W training folders
# (91 % of 1137: all of afw, 400 each of helen/trainset and lfpw/trainset), as shares of the side of
# the square: the landmark box's centre lies 0.005 to the right of and 0.154 below the square's, and
# the box is 0.869 wide and 0.849 high. The middle 80 % of each: -0.12 to 0.13, 0.10 to 0.20, 0.78
# to 0.98, 0.76 to 0.96. The shift to the right is left out: a face has no preferred side.
_SHIFT_DOWN: Final = 0.154
_SIZE: Final = (0.869, 0.849)


class FaceDetector:
    """Finds frontal faces. Not for several threads at once: give each its own.

    A face must cover at least 30 of the 640 pixels to which the image's longer side is shrunk.

    Raises:
        BadInput: this OpenCV comes without its cascades.
    """

    def __init__(self) -> None:
        path = cv2.data.haarcascades + _CASCADE
        self._cascade = cv2.CascadeClassifier(path)
        if self._cascade.empty():
            raise BadInput(f"{path}: OpenCV cannot load its face cascade; reinstall opencv-python")

    def detect(
        self, image_rgb: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find the faces in an image.

        Args:
            image_rgb: (H, W, 3) uint8.

        Returns:
            Boxes (K, 4), x0 y0 x1 y1 in pixels, from the brows to the chin and from ear to ear, the
            surest first; and scores (K,) in 0..1, which grow with the number of overlapping windows
            that agree and are no probabilities.

        Raises:
            BadInput: the image is malformed.
        """
        check_image(image_rgb)
        gray = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)
        height, width = gray.shape
        shrink = max(1.0, max(gray.shape) / _LONGER_SIDE_PX)
        small_size = max(1, round(width / shrink)), max(1, round(height / shrink))
        small = cv2.resize(gray, small_size, interpolation=cv2.INTER_AREA)
        found, agreeing = self._cascade.detectMultiScale2(
            small, _SCALE_STEP, _AGREEING, 0, (_SMALLEST_FACE_PX, _SMALLEST_FACE_PX)
        )
        squares = np.asarray(found, np.float64).reshape(-1, 4)
        scores = 1 - 1 / np.asarray(agreeing, np.float64).reshape(-1)
        to_image = np.array([width, height]) / small_size
        order = np.argsort(-scores, kind="stable")
        return _landmark_boxes(squares, to_image)[order], scores[order]


def _landmark_boxes(
    squares: NDArray[np.float64], to_image: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Haar squares (K, 4) x y width height in the shrunk image → boxes (K, 4) in the image."""
    corners, sides = squares[:, :2], squares[:, 2:]
    centers = corners + sides * np.array([0.5, 0.5 + _SHIFT_DOWN])
    half = sides * np.array(_SIZE) / 2
    # OpenCV counts from the edge of the first pixel, we from its centre.
    edges = [(centers - half) * to_image - 0.5, (centers + half) * to_image - 0.5]
    return np.concatenate(edges, axis=1)
