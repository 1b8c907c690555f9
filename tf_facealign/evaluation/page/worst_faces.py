"""The faces a predictor is furthest off on: their pictures, and the true and predicted points."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.landmark_scheme import LandmarkScheme

COUNT = 12
VIEW = 100
"""Side of a picture in the coordinates of `Drawn`."""

_CROP_PX = 256
_PADDING = face_crop.Padding(0.25, 0.25, 0.25, 0.25)
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class Drawn:
    """A shape as SVG path data, 0..`VIEW` across the picture.

    Attributes:
        lines: those of its scheme.
        dots: a path of no length at each landmark, to be stroked with round caps.
    """

    lines: str
    dots: str


@dataclass(frozen=True)
class WorstFace:
    """A face to be shown.

    Attributes:
        name: of the face.
        nme: percent.
        picture: a JPEG file, as a data URI.
        truth: the annotated shape.
        predicted: the predicted shape.
    """

    name: str
    nme: float
    picture: str
    truth: Drawn
    predicted: Drawn


def worst_faces(
    faces: Sequence[FaceSample],
    predicted_px: NDArray[np.float64],
    nme: NDArray[np.float64],
    scheme: LandmarkScheme,
) -> list[WorstFace]:
    """Draw the `COUNT` predicted faces of the highest error, the highest first.

    Args:
        faces: N faces.
        predicted_px: (N, L, 2) pixels of each face's image.
        nme: (N,) fractions; not finite for a face without prediction, which is left out.
        scheme: what the landmarks are.

    Raises:
        BadInput: an image cannot be read.
    """
    found = np.flatnonzero(np.isfinite(nme))
    chosen = found[np.argsort(-nme[found], kind="stable")][:COUNT]
    return [_worst_face(faces[i], predicted_px[i], float(nme[i]), scheme) for i in chosen]


def _worst_face(
    face: FaceSample, predicted_px: NDArray[np.float64], nme: float, scheme: LandmarkScheme
) -> WorstFace:
    affine = face_crop.crop_affine(face.box_px, _PADDING)
    truth, predicted = (
        _drawn(VIEW * face_crop.landmarks_to_unit(points, affine), scheme)
        for points in (face.landmarks_px, predicted_px)
    )
    picture = _data_uri(face_crop.cut(face.image_rgb(), affine, _CROP_PX))
    return WorstFace(face.name, 100 * nme, picture, truth, predicted)


def _drawn(points: NDArray[np.float64], scheme: LandmarkScheme) -> Drawn:
    texts = [f"{x:.2f} {y:.2f}" for x, y in points]
    lines = ["M" + "L".join(texts[index] for index in line) for line in scheme.lines]
    return Drawn("".join(lines), "".join(f"M{text}h0" for text in texts))


def _data_uri(image_rgb: NDArray[np.uint8]) -> str:
    bgr = np.ascontiguousarray(image_rgb[..., ::-1])
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
