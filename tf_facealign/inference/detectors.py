"""The face detectors by name."""

from tf_facealign.errors import BadInput
from tf_facealign.inference.face_detector import Detector, HaarDetector
from tf_facealign.inference.yunet_detector import YuNetDetector


def get_detector(name: str) -> Detector:
    """A face detector.

    Args:
        name: `haar`, which comes with OpenCV; or `yunet:FILE.onnx`, with the model in that file.

    Raises:
        BadInput: there is none of that name, or its model cannot be loaded.
    """
    kind, _, path = name.partition(":")
    if name == "haar":
        return HaarDetector()
    if kind == "yunet" and path:
        return YuNetDetector(path)
    raise BadInput(f"unknown face detector {name!r}; known: haar, yunet:FILE.onnx")
