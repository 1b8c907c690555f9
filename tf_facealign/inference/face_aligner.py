"""One API over the two kinds of model file: image in, faces with landmarks out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign import face_crop
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.inference.face_detector import FaceDetector
from tf_facealign.inference.image_check import check_image
from tf_facealign.inference.predictors import KerasPredictor, LiteRTPredictor, Predictor
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.model_spec import ModelSpec, read_spec


@dataclass(frozen=True, eq=False)
class Face:
    """A face found in an image.

    Attributes:
        landmarks_px: (L, 2) float64, (x, y) in pixels of the image; may lie outside it.
        box_px: (4,) float64, x0 y0 x1 y1, the box the landmarks were sought in, before padding.
        score: the detector's score; 1.0 for a box that was given.
    """

    landmarks_px: NDArray[np.float64]
    box_px: NDArray[np.float64]
    score: float


class FaceAligner:
    """Finds the landmarks of faces. Not for several threads at once: give each its own.

    Args:
        predictor: the model, crops in, shapes out.
        spec: how to cut its crops and what its landmarks are.

    Example:
        >>> aligner = FaceAligner.load("300w.tflite")  # doctest: +SKIP
        >>> for face in aligner(image_rgb):  # doctest: +SKIP
        ...     print(face.landmarks_px, face.box_px, face.score)
    """

    def __init__(self, predictor: Predictor, spec: ModelSpec) -> None:
        self.spec = spec
        self.scheme: LandmarkScheme = get_scheme(spec.scheme)
        self._predictor = predictor
        self._padding = face_crop.Padding(*spec.padding)
        self._detector: FaceDetector | None = None

    @classmethod
    def load(cls, path: str | Path, num_threads: int = 1) -> FaceAligner:
        """Load a model file with the spec inside it.

        Args:
            path: a `.tflite` file (needs neither TensorFlow nor Keras) or a `.keras` file.
            num_threads: CPU threads LiteRT may use; Keras keeps to its backend's own setting.

        Raises:
            BadInput: the file is missing, damaged, without a spec, or does not fit its spec.
        """
        path = Path(path)
        if path.suffix not in (".tflite", ".keras"):
            raise BadInput(f"{path}: expected a .tflite or .keras file")
        spec = read_spec(path)
        num_landmarks = get_scheme(spec.scheme).num_landmarks
        if path.suffix == ".keras":
            return cls(KerasPredictor(path, spec.input_size, num_landmarks), spec)
        return cls(LiteRTPredictor(path, spec.input_size, num_landmarks, num_threads), spec)

    def __call__(
        self,
        image_rgb: NDArray[np.uint8],
        boxes_px: ArrayLike | None = None,
        detector: FaceDetector | None = None,
    ) -> list[Face]:
        """Find the landmarks of the faces in an image.

        Args:
            image_rgb: (H, W, 3) uint8.
            boxes_px: (K, 4) faces as x0 y0 x1 y1, about from the brows to the chin and from ear to
                ear; may leave the image. Without it the faces are detected.
            detector: what detects them; without it, a `FaceDetector` of its own.

        Returns:
            The faces in the order of the boxes; none is an empty list.

        Raises:
            BadInput: the image or a box is malformed.
        """
        if boxes_px is None:
            boxes, scores = self._detector_or(detector).detect(image_rgb)
        else:
            boxes = _as_boxes(boxes_px)
            scores = np.ones(len(boxes))
        shapes = list(self.stages(image_rgb, boxes).values())[-1]
        return [Face(*face) for face in zip(shapes, boxes, scores.tolist(), strict=True)]

    def stages(
        self, image_rgb: NDArray[np.uint8], boxes_px: ArrayLike
    ) -> dict[str, NDArray[np.float64]]:
        """Predict with every stage the model file gives.

        Args:
            image_rgb: (H, W, 3) uint8.
            boxes_px: (K, 4), as in `__call__`.

        Returns:
            Stage name → landmarks (K, L, 2) in pixels of the image; the last stage is the answer.

        Raises:
            BadInput: the image or a box is malformed, or the model predicts something not finite.
        """
        check_image(image_rgb)
        affines = [face_crop.crop_affine(box, self._padding) for box in _as_boxes(boxes_px)]
        if not affines:
            nothing = np.empty((0, self.scheme.num_landmarks, 2))
            return dict.fromkeys(self._predictor.stages, nothing)
        crops = [face_crop.cut(image_rgb, affine, self.spec.input_size) for affine in affines]
        stages = self._predictor(np.stack(crops))
        return {stage: self._to_px(shapes, affines) for stage, shapes in stages.items()}

    def _to_px(
        self, shapes_unit: NDArray[np.float32], affines: list[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        if not np.isfinite(shapes_unit).all():
            raise BadInput(
                f"model {self.spec.name!r} predicts landmarks that are not finite numbers"
            )
        pairs = zip(shapes_unit, affines, strict=True)
        return np.stack([face_crop.landmarks_to_px(shape, affine) for shape, affine in pairs])

    def _detector_or(self, detector: FaceDetector | None) -> FaceDetector:
        if detector is None and self._detector is None:
            self._detector = FaceDetector()
        chosen = detector or self._detector
        assert chosen is not None
        return chosen


def _as_boxes(boxes_px: ArrayLike) -> NDArray[np.float64]:
    """Boxes as (K, 4) float64; an empty list is (0, 4)."""
    try:
        boxes = np.asarray(boxes_px, np.float64)
    except (ValueError, TypeError):
        raise BadInput("boxes must be numbers, four a face: x0 y0 x1 y1") from None
    if boxes.size == 0:
        return np.empty((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise BadInput(
            f"boxes have the shape {boxes.shape}, expected (K, 4): x0 y0 x1 y1 of each face"
        )
    return boxes
