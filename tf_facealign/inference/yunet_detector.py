"""Finding faces with YuNet, a small network that OpenCV runs from a file the user has."""

from pathlib import Path
from threading import Lock
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.inference.box_calibration import BoxCalibration, read_calibration
from tf_facealign.inference.face_detector import Boxes, shrunk
from tf_facealign.inference.image_check import check_image

_LONGER_SIDE_PX: Final = 640
_SCORE: Final = 0.6
_OVERLAP: Final = 0.3
_MOST: Final = 5000
# A row is x y width height, the five points, the score.
_POINTS: Final = slice(4, 14)


class YuNetDetector:
    """Finds faces with YuNet (Wu, Peng & Yu, 2023). Threads may share it.

    The boxes come from YuNet's five points, whose place in a face is the same for every detector,
    and not from its own boxes, which reach up to the hair.

    Args:
        path: a YuNet model as the OpenCV Model Zoo has it, `face_detection_yunet_*.onnx`.

    Raises:
        BadInput: the file is missing or OpenCV cannot load it.
    """

    def __init__(self, path: str | Path) -> None:
        if not Path(path).is_file():
            raise BadInput(f"{path}: no such model file")
        try:
            self._network = cv2.FaceDetectorYN.create(
                str(path), "", (320, 320), _SCORE, _OVERLAP, _MOST
            )
        except cv2.error:
            raise BadInput(f"{path}: OpenCV cannot read it as an ONNX model") from None
        self._path = path
        self._calibration = read_calibration("five_points")
        self._lock = Lock()

    def __call__(self, image_rgb: NDArray[np.uint8]) -> Boxes:
        """Find the faces in an image.

        Args:
            image_rgb: (H, W, 3) uint8.

        Returns:
            Boxes (K, 4), x0 y0 x1 y1 in pixels, from the brows to the chin and from ear to ear, the
            surest first; and scores (K,) in 0..1.

        Raises:
            BadInput: the image is malformed, or the model is no YuNet.
        """
        check_image(image_rgb)
        small, to_image = shrunk(image_rgb, _LONGER_SIDE_PX)
        try:
            with self._lock:
                self._network.setInputSize((small.shape[1], small.shape[0]))
                _, rows = self._network.detect(np.ascontiguousarray(small[..., ::-1]))
        except cv2.error:
            raise BadInput(f"{self._path}: its outputs are not those of YuNet") from None
        found = np.empty((0, 15)) if rows is None else np.asarray(rows, np.float64)
        found = found[np.argsort(-found[:, -1], kind="stable")]
        # OpenCV counts from the edge of the first pixel, we from its centre.
        points_px = found[:, _POINTS].reshape(-1, 5, 2) * to_image - 0.5
        return boxes_of_five_points(points_px, self._calibration), found[:, -1]


def boxes_of_five_points(
    points_px: NDArray[np.float64], calibration: BoxCalibration
) -> NDArray[np.float64]:
    """The boxes (K, 4) of faces of which (K, 5, 2) points are known.

    A detection's centre is the mean of its points, its size their root mean square distance to it.
    """
    centers, sizes = center_and_size(points_px)
    return calibration.boxes(centers, sizes)


def center_and_size(
    points_px: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean (K, 2) of points (K, 5, 2) and their root mean square distance to it (K, 1)."""
    centers = points_px.mean(axis=1)
    squares = np.square(points_px - centers[:, None]).sum(axis=2)
    return centers, np.sqrt(squares.mean(axis=1, keepdims=True))
