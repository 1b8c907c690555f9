"""Scoring a predictor on annotated faces, be it made of Keras, TFLite or anything else."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign import metrics
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.report import Report, Score
from tf_facealign.landmark_scheme import LandmarkScheme

Predict = Callable[[NDArray[np.uint8], NDArray[np.float64]], Any]
"""(image, boxes) → landmarks.

The image is (H, W, 3) RGB; the boxes are (K, 4), x0 y0 x1 y1 in its pixels, before padding. The
landmarks are (K, L, 2) pixels of the image, or a dict: stage name → such landmarks, of which the
last stage is the answer.
"""

Stages = Mapping[str, NDArray[np.float64]]
"""Stage name → (N, L, 2) pixels of the image of each face."""


def evaluate(predict: Predict, faces: Sequence[FaceSample], scheme: LandmarkScheme) -> Report:
    """Predict the faces and score what comes out.

    Raises:
        BadInput: as `predict_faces` and `score` do.
    """
    _check_faces(faces, scheme)  # before the long part
    return score(faces, predict_faces(predict, faces), scheme)


def predict_faces(predict: Predict, faces: Sequence[FaceSample]) -> dict[str, NDArray[np.float64]]:
    """Run a predictor over faces; consecutive faces of one file are predicted in one call.

    Args:
        predict: see `Predict`. A plain array becomes the single stage "shape".
        faces: at least one, all with the same number of landmarks L.

    Returns:
        Stage name → (N, L, 2) pixels, float64.

    Raises:
        BadInput: there is no face, an image cannot be read, or a prediction has the wrong shape, is
            not finite or lacks a stage; the message names the face.
    """
    if not faces:
        raise BadInput("there are no faces to predict")
    images = [list(group) for _, group in groupby(faces, lambda face: face.path or id(face.pixels))]
    parts: list[dict[str, NDArray[np.float64]]] = []
    for members in tqdm(images, desc="evaluate", disable=None):
        parts.append(_predict_image(predict, members))
        if list(parts[-1]) != list(parts[0]):
            raise BadInput(
                f"{members[0].name}: predicted the stages {', '.join(parts[-1])}, "
                f"after {', '.join(parts[0])} for the first face"
            )
    return {stage: np.concatenate([part[stage] for part in parts]) for stage in parts[0]}


def score(
    faces: Sequence[FaceSample],
    stages: Stages,
    scheme: LandmarkScheme,
    threshold: float = metrics.THRESHOLD,
) -> Report:
    """Score predictions on every subset of the faces, by every normaliser of the scheme.

    Args:
        faces: N faces; the subset "all" is added unless one of theirs already holds them all.
        stages: predictions for them, as `predict_faces` returns them.
        scheme: what the landmarks are; its first normaliser is reported as the benchmark's.
        threshold: NME, a fraction, above which a face counts as failed.

    Raises:
        BadInput: the faces do not fit the scheme, a prediction has the wrong shape or is not
            finite, or the normaliser of a face is zero; the message names the face.
    """
    _check_faces(faces, scheme)
    truth = np.stack([face.landmarks_px for face in faces])
    checked = {name: _checked(points, faces, name) for name, points in stages.items()}
    if not checked or not scheme.normalizers:
        raise BadInput(f"nothing to score: no stage, or no normaliser in the scheme {scheme.name}")
    subsets = _subsets(faces)
    scores = {}
    for normalizer in scheme.normalizers:
        distances = _distances(faces, truth, scheme, normalizer)
        errors = {stage: metrics.nme(truth, points, distances) for stage, points in checked.items()}
        scores[normalizer] = {
            stage: {name: _score(values[members], threshold) for name, members in subsets.items()}
            for stage, values in errors.items()
        }
    return Report(len(faces), threshold, scores)


def _predict_image(predict: Predict, faces: Sequence[FaceSample]) -> dict[str, NDArray[np.float64]]:
    """Stage → (K, L, 2) for faces of one image."""
    image_rgb = faces[0].image_rgb()
    try:
        answer = predict(image_rgb, np.stack([face.box_px for face in faces]))
    except BadInput as error:  # such as a box without area, in a message that knows no file
        raise BadInput(f"{faces[0].name}: {error}") from None
    stages = answer if isinstance(answer, Mapping) else {"shape": answer}
    return {str(name): _checked(points, faces, str(name)) for name, points in stages.items()}


def _checked(predicted: Any, faces: Sequence[FaceSample], stage: str) -> NDArray[np.float64]:
    """Predictions as float64, if they are finite and one shape for every face."""
    points = np.asarray(predicted, np.float64)
    expected = (len(faces), *faces[0].landmarks_px.shape)
    if points.shape != expected:
        raise BadInput(
            f"{faces[0].name}: {stage} was predicted in the shape {points.shape}, "
            f"expected {expected}"
        )
    for face, shape in zip(faces, points, strict=True):
        if not np.isfinite(shape).all():
            raise BadInput(f"{face.name}: {stage} was predicted with a value that is not finite")
    return points


def _check_faces(faces: Sequence[FaceSample], scheme: LandmarkScheme) -> None:
    if not faces:
        raise BadInput("there are no faces to score")
    for face in faces:
        if face.landmarks_px.shape[0] != scheme.num_landmarks:
            raise BadInput(
                f"{face.name}: {face.landmarks_px.shape[0]} landmarks, "
                f"the scheme {scheme.name} has {scheme.num_landmarks}"
            )


def _distances(
    faces: Sequence[FaceSample],
    truth: NDArray[np.float64],
    scheme: LandmarkScheme,
    normalizer: str,
) -> NDArray[np.float64]:
    distances = scheme.normalizer_distance(truth, normalizer)
    if (distances <= 0).any():
        raise BadInput(f"{faces[int(distances.argmin())].name}: its {normalizer} distance is zero")
    return distances


def _subsets(faces: Sequence[FaceSample]) -> dict[str, list[int]]:
    """Subset → the indices of its faces; one of them, perhaps "all", holds every face."""
    subsets: dict[str, list[int]] = {}
    for index, face in enumerate(faces):
        for name in face.subsets:
            subsets.setdefault(name, []).append(index)
    if any(len(members) == len(faces) for members in subsets.values()):
        return subsets
    return {"all": list(range(len(faces))), **subsets}


def _score(nme_values: NDArray[np.float64], threshold: float) -> Score:
    return Score(
        faces=len(nme_values),
        nme=100 * float(nme_values.mean()),
        failure_rate=100 * metrics.failure_rate(nme_values, threshold),
        auc=metrics.auc(nme_values, threshold),
    )
