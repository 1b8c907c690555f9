"""Finding faces. A detector is any function from an image to boxes; OpenCV's Haar is one."""

from collections.abc import Callable
from threading import Lock
from typing import Final

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box
from tf_facealign.inference.box_calibration import read_calibration
from tf_facealign.inference.image_check import check_image

Boxes = tuple[NDArray[np.float64], NDArray[np.float64]]
Detector = Callable[[NDArray[np.uint8]], Boxes]
"""Image (H, W, 3) RGB → boxes (K, 4), x0 y0 x1 y1 in pixels, and scores (K,).

The boxes must be about those the model was trained with: from the brows to the chin and from ear to
ear. `BoxCalibration` makes them of others.
"""

SAME_FACE: Final = 0.3
"""The `overlap` from which two boxes are taken for one face."""

# Chosen on photos of the 300-W training folders, with 5 agreeing windows: alt2 with steps of 1.05
# found 92 % of 360 faces, raised 4 false alarms in 140 photos and took 0.15 s a photo; the default
# cascade with steps of 1.1 91 %, 13 and 0.08 s. Equalising the histogram first helped neither.
_CASCADE = "haarcascade_frontalface_alt2.xml"
_SCALE_STEP: Final = 1.05
_AGREEING: Final = 5
_LONGER_SIDE_PX: Final = 640
_SMALLEST_FACE_PX: Final = 30


class HaarDetector:
    """Finds frontal faces with the Haar cascade that comes with OpenCV. Threads may share it.

    A face must cover at least 30 of the 640 pixels to which the image's longer side is shrunk.

    Raises:
        BadInput: this OpenCV comes without its cascades.
    """

    def __init__(self) -> None:
        path = cv2.data.haarcascades + _CASCADE
        self._cascade = cv2.CascadeClassifier(path)
        if self._cascade.empty():
            raise BadInput(f"{path}: OpenCV cannot load its face cascade; reinstall opencv-python")
        self._calibration = read_calibration("haar")
        self._lock = Lock()

    def __call__(self, image_rgb: NDArray[np.uint8]) -> Boxes:
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
        squares_px, scores = self.squares(image_rgb)
        centers_px, sides_px = squares_px[:, :2], squares_px[:, 2:]
        return self._calibration.boxes(centers_px, sides_px), scores

    def squares(self, image_rgb: NDArray[np.uint8]) -> Boxes:
        """What the cascade itself finds: centre x, centre y, width, height (K, 4), and scores."""
        check_image(image_rgb)
        gray = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)
        small, to_image = shrunk(gray, _LONGER_SIDE_PX)
        with self._lock:
            found, agreeing = self._cascade.detectMultiScale2(
                small, _SCALE_STEP, _AGREEING, 0, (_SMALLEST_FACE_PX, _SMALLEST_FACE_PX)
            )
        squares = np.asarray(found, np.float64).reshape(-1, 4)
        scores = 1 - 1 / np.asarray(agreeing, np.float64).reshape(-1)
        order = np.argsort(-scores, kind="stable")
        return _in_image(squares[order], to_image), scores[order]


def overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Intersection over union of two boxes, x0 y0 x1 y1; one of them must have an area."""
    both = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return float(both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both))


def tightened(rough_px: NDArray[np.float64], shapes_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """The boxes of landmarks that were seen in rough boxes.

    Args:
        rough_px: (K, 4), x0 y0 x1 y1.
        shapes_px: (K, L, 2).

    Returns:
        (K, 4); a rough box stays where its landmarks lie elsewhere, as where there is no face.
    """
    pairs = zip(rough_px, map(landmarks_box, shapes_px), strict=True)
    boxes = [box if overlap(box, rough) > SAME_FACE else rough for rough, box in pairs]
    return np.array(boxes, np.float64).reshape(-1, 4)


def shrunk(
    image: NDArray[np.uint8], longer_side_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """An image with its longer side at most so long, and the factors (x, y) back to its pixels."""
    height, width = image.shape[:2]
    shrink = max(1.0, max(height, width) / longer_side_px)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.array([width, height]) / size


def _in_image(squares: NDArray[np.float64], to_image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squares x, y, width, height in the shrunk image → centre, width, height in the image."""
    # OpenCV counts from the edge of the first pixel, we from its centre.
    centers = (squares[:, :2] + squares[:, 2:] / 2) * to_image - 0.5
    return np.concatenate([centers, squares[:, 2:] * to_image], axis=1)
