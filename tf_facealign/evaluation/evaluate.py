"""Running a predictor over annotated faces, be it made of Keras, TFLite or anything else."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.predictions import Predictions, checked_points
from tf_facealign.evaluation.protocols import Protocol
from tf_facealign.evaluation.report import Report
from tf_facealign.evaluation.scoring import check_faces, score
from tf_facealign.landmark_scheme import LandmarkScheme

Predict = Callable[[NDArray[np.uint8], NDArray[np.float64]], Any]
"""(image, boxes) → landmarks.

The image is (H, W, 3) RGB; the boxes are (K, 4), x0 y0 x1 y1 in its pixels, before padding. The
landmarks are (K, L, 2) pixels of the image, or a dict: stage name → such landmarks, of which the
last stage is the answer.
"""


def evaluate(
    predict: Predict,
    faces: Sequence[FaceSample],
    scheme: LandmarkScheme,
    protocol: Protocol | None = None,
    name: str = "model",
) -> Report:
    """Predict the faces and score what comes out.

    Args:
        predict: see `Predict`.
        faces: what to predict.
        scheme: what the landmarks are.
        protocol: how to score them; by default, by every normaliser of the scheme.
        name: what the report calls the predictor.

    Raises:
        BadInput: as `predict_faces` and `score` do.
    """
    check_faces(faces, scheme)  # before the long part
    return score(faces, [Predictions(name, predict_faces(predict, faces))], scheme, protocol)


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


def _predict_image(predict: Predict, faces: Sequence[FaceSample]) -> dict[str, NDArray[np.float64]]:
    """Stage → (K, L, 2) for faces of one image."""
    image_rgb = faces[0].image_rgb()
    try:
        answer = predict(image_rgb, np.stack([face.box_px for face in faces]))
    except BadInput as error:  # such as a box without area, in a message that knows no file
        raise BadInput(f"{faces[0].name}: {error}") from None
    stages = answer if isinstance(answer, Mapping) else {"shape": answer}
    return {str(name): checked_points(points, faces, str(name)) for name, points in stages.items()}
