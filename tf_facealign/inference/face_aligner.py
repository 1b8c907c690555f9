"""One API over the two kinds of model file: image in, faces with landmarks out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign import face_crop
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_detector import (
    Boxes,
    Detector,
    HaarDetector,
    tightened,
)
from tf_facealign.inference.image_input import ImageLike, as_rgb
from tf_facealign.inference.predictors import Predictor, load_predictor
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.model_spec import ModelSpec
from tf_facealign.released_models import DEFAULT_MODEL


class FaceAligner:
    """Finds the landmarks of faces.

    Threads may share one: the model serves them one after the other, while finding, cutting and
    reading go on side by side. Threads that shall predict at the same time need one each.

    Args:
        predictor: the model, crops in, shapes out.
        spec: how to cut its crops and what its landmarks are.
        detector: what finds the faces; by default a `HaarDetector`.

    Example:
        >>> aligner = FaceAligner.load("300w-tiny")  # doctest: +SKIP
        >>> for face in aligner("photo.jpg"):  # doctest: +SKIP
        ...     print(face.landmarks_px, face["mouth_outer"], face.head_pose.yaw)
    """

    def __init__(
        self, predictor: Predictor, spec: ModelSpec, detector: Detector | None = None
    ) -> None:
        self.spec = spec
        self.scheme: LandmarkScheme = get_scheme(spec.scheme)
        self.padding = face_crop.Padding(*spec.padding)
        self._predictor = predictor
        self._detector = detector
        self._lock = Lock()

    @classmethod
    def load(
        cls,
        path: str | Path = DEFAULT_MODEL,
        num_threads: int = 1,
        detector: Detector | None = None,
    ) -> FaceAligner:
        """Load a model file with the spec inside it.

        Args:
            path: the name of a released model, such as "300w-tiny" (`released_models.model_file`);
                a `.tflite` file (needs neither TensorFlow nor Keras) or a `.keras` file.
            num_threads: CPU threads LiteRT may use; Keras keeps to its backend's own setting.
            detector: what finds the faces; by default a `HaarDetector`.

        Raises:
            BadInput: the file is missing, damaged, without a spec, or does not fit its spec.
        """
        predictor, spec = load_predictor(path, num_threads)
        return cls(predictor, spec, detector)

    def __call__(self, image: ImageLike, boxes_px: ArrayLike | None = None) -> list[Face]:
        """Find the landmarks of the faces in an image.

        Args:
            image: a file's path, an array (H, W, 3) RGB, (H, W, 4) RGBA or (H, W) grey of uint8, or
                an image of Pillow. Files and Pillow's images are turned upright by their EXIF
                orientation; coordinates are then those of the upright image.
            boxes_px: (K, 4) faces as x0 y0 x1 y1, about from the brows to the chin and from ear to
                ear; may leave the image. Without it `detect` finds the faces.

        Returns:
            The faces in the order of the boxes; none is an empty list.

        Raises:
            BadInput: the image or a box is malformed.
        """
        return self.batch([image], None if boxes_px is None else [boxes_px])[0]

    def batch(
        self, images: Sequence[ImageLike], boxes_px: Sequence[ArrayLike] | None = None
    ) -> list[list[Face]]:
        """Find the landmarks in several images; the model gets the crops of all of them at once.

        Args:
            images: each as in `__call__`; all are in memory at the same time.
            boxes_px: for each image its boxes, as in `__call__`.

        Returns:
            For each image its faces.

        Raises:
            BadInput: an image or a box is malformed, or there are not as many lists of boxes as
                images.
        """
        if boxes_px is not None and len(boxes_px) != len(images):
            raise BadInput(f"there are boxes for {len(boxes_px)} images, not for {len(images)}")
        pixels = [as_rgb(image) for image in images]
        if boxes_px is None:
            found = [self.detect(image) for image in pixels]
        else:
            found = [_given(boxes) for boxes in boxes_px]
        shapes = iter(self._predict(pixels, [boxes for boxes, _ in found])[-1])
        return [
            [
                Face(next(shapes), box, float(score), self.scheme, image)
                for box, score in zip(boxes, scores, strict=True)
            ]
            for image, (boxes, scores) in zip(pixels, found, strict=True)
        ]

    def detect(self, image: ImageLike) -> Boxes:
        """Find the faces in an image.

        A detector's box is rough, and a model looks best where it has learnt to: at the box of the
        landmarks. So the model looks once into the detector's box, and the box of the landmarks it
        sees there is the answer, unless that lies elsewhere, as where there is no face.

        Args:
            image: as in `__call__`.

        Returns:
            Boxes (K, 4) x0 y0 x1 y1 in pixels, from the brows to the chin and from ear to ear, and
            the detector's scores (K,).

        Raises:
            BadInput: the image is malformed.
        """
        pixels = as_rgb(image)
        with self._lock:
            if self._detector is None:  # loaded at the first need, as many have boxes of their own
                self._detector = HaarDetector()
        boxes, scores = self._detector(pixels)
        if len(boxes) != len(scores):
            raise BadInput(f"the detector gives {len(boxes)} boxes and {len(scores)} scores")
        rough = _as_boxes(boxes)
        seen = self._predict([pixels], [rough])[-1]
        return tightened(rough, seen), np.asarray(scores, np.float64)

    def stages(self, image: ImageLike, boxes_px: ArrayLike) -> dict[str, NDArray[np.float64]]:
        """Predict with every stage the model file gives.

        Args:
            image: as in `__call__`.
            boxes_px: (K, 4), as in `__call__`.

        Returns:
            Stage name → landmarks (K, L, 2) in pixels of the image; the last stage is the answer.

        Raises:
            BadInput: the image or a box is malformed, or the model predicts something not finite.
        """
        shapes = self._predict([as_rgb(image)], [_as_boxes(boxes_px)])
        return dict(zip(self._predictor.stages, shapes, strict=True))

    def _predict(
        self, images: Sequence[NDArray[np.uint8]], boxes: Sequence[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """Of each stage the shapes (N, L, 2) of all boxes, in pixels of their images."""
        affines = [[face_crop.crop_affine(box, self.padding) for box in group] for group in boxes]
        crops = [
            face_crop.cut(image, affine, self.spec.input_size)
            for image, group in zip(images, affines, strict=True)
            for affine in group
        ]
        if not crops:
            return [np.empty((0, self.scheme.num_landmarks, 2)) for _ in self._predictor.stages]
        with self._lock:
            stages = self._predictor(np.stack(crops))
        flat = [affine for group in affines for affine in group]
        return [self._to_px(stages[stage], flat) for stage in self._predictor.stages]

    def _to_px(
        self, shapes_unit: NDArray[np.float32], affines: list[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        if not np.isfinite(shapes_unit).all():
            raise BadInput(
                f"model {self.spec.name!r} predicts landmarks that are not finite numbers"
            )
        pairs = zip(shapes_unit, affines, strict=True)
        return np.stack([face_crop.landmarks_to_px(shape, affine) for shape, affine in pairs])


def _given(boxes_px: ArrayLike) -> Boxes:
    boxes = _as_boxes(boxes_px)
    return boxes, np.ones(len(boxes))


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
