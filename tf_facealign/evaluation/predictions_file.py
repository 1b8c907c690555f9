"""Predictions as a JSON file, so that any system can be scored and models compared later.

    {"system": "MediaPipe 0.10",
     "faces": {"lfpw/testset/image_0001.png": [[x, y], ...], ...}}

A face goes by its name in the dataset (`FaceSample.name`); its points are in the order of the
landmark scheme, in pixels of its image, whose centres lie on integers from 0. May be left out:
"scheme", the name of the scheme; "stage", what the answer is called; "parameters" and "maccs";
"earlier_stages", which maps stages to objects with the same "faces", "parameters" and "maccs".
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.report import Cost
from tf_facealign.files import replacing
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.scheme_file import check_keys

_DECIMALS = 4
"""Of a pixel: a point moves by 0.00007 pixels at most, a 10,000th of a percent of 70 pixels."""

_STAGE_KEYS = ("faces", "parameters", "maccs")
_KEYS = ("system", *_STAGE_KEYS, "scheme", "stage", "earlier_stages")


def read_predictions(
    path: str | Path,
    faces: Sequence[FaceSample],
    scheme: LandmarkScheme,
    allow_missing: bool = False,
) -> Predictions:
    """Read what a system predicted for these faces.

    Args:
        path: the file.
        faces: the faces it must be about.
        scheme: what its points must be.
        allow_missing: whether it may have no prediction for some of them; such a face is NaN, and
            will count as a failure.

    Raises:
        BadInput: the file is missing, no JSON or of another form or scheme, lacks a face or has one
            that is not there, or the points of a face are too many or few or not finite numbers;
            the message names the file and the face.
    """
    try:
        content = json.loads(Path(path).read_text("utf-8"), object_pairs_hook=_without_repeats)
        return _predictions(content, faces, scheme, allow_missing)
    except OSError as error:
        raise BadInput(f"{path}: cannot read the predictions ({error.strerror})") from None
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path}: not JSON ({error})") from None


def write_predictions(
    path: str | Path,
    predictions: Predictions,
    faces: Sequence[FaceSample],
    scheme: LandmarkScheme,
) -> None:
    """Write predictions as `read_predictions` reads them, with points to a 10,000th of a pixel.

    Raises:
        BadInput: the folder cannot be written to.
    """
    *earlier, answer = predictions.stages
    stages = {name: _stage_to_json(predictions, name, faces) for name in predictions.stages}
    content = {
        "system": predictions.system,
        "scheme": scheme.name,
        "stage": answer,
        **stages[answer],
        "earlier_stages": {name: stages[name] for name in earlier},
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content) + "\n", "utf-8")


def _stage_to_json(
    predictions: Predictions, stage: str, faces: Sequence[FaceSample]
) -> dict[str, Any]:
    points = predictions.stages[stage].round(_DECIMALS)
    cost = predictions.costs.get(stage)
    return {
        **({"parameters": cost.parameters, "maccs": cost.maccs} if cost else {}),
        "faces": {
            face.name: shape.tolist()
            for face, shape in zip(faces, points, strict=True)
            if not np.isnan(shape).all()
        },
    }


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, unless it has a name twice, of which `json` would keep the last."""
    content = dict(pairs)
    if len(content) != len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadInput(f"{name!r} is there twice")
    return content


def _predictions(
    content: Any, faces: Sequence[FaceSample], scheme: LandmarkScheme, allow_missing: bool
) -> Predictions:
    check_keys(content, "a file of predictions", _KEYS, ("system", "faces"))
    if content.get("scheme", scheme.name) != scheme.name:
        raise BadInput(f"its points are {content['scheme']}, not {scheme.name}")
    system, answer = content["system"], content.get("stage", "shape")
    earlier = content.get("earlier_stages", {})
    if not isinstance(system, str) or not system or not isinstance(answer, str):
        raise BadInput("system and stage must be names")
    if not isinstance(earlier, dict) or answer in earlier:
        raise BadInput(f"earlier_stages must map other stages than {answer!r} to their faces")
    for stage in earlier.values():
        check_keys(stage, "a stage", _STAGE_KEYS, ("faces",))
    stages = {**earlier, answer: content}
    points = {
        name: _points(stage["faces"], faces, scheme, allow_missing)
        for name, stage in stages.items()
    }
    costs = {name: _cost(stage) for name, stage in stages.items() if "parameters" in stage}
    return Predictions(system, points, costs)


def _cost(stage: Mapping[str, Any]) -> Cost:
    parameters, maccs = stage["parameters"], stage.get("maccs")
    if type(parameters) is not int or type(maccs) not in (int, type(None)):
        raise BadInput("parameters and maccs must be whole numbers")
    return Cost(parameters, maccs)


def _points(
    by_name: Any, faces: Sequence[FaceSample], scheme: LandmarkScheme, allow_missing: bool
) -> NDArray[np.float64]:
    """Name → points, as (N, L, 2) in the order of the faces; NaN where there is none."""
    if not isinstance(by_name, dict):
        raise BadInput("faces must map names of faces to points")
    names = {face.name: index for index, face in enumerate(faces)}
    if len(names) != len(faces):
        raise BadInput("two faces of the dataset have one name: they cannot be told apart")
    points = np.full((len(faces), scheme.num_landmarks, 2), np.nan)
    for name, shape in by_name.items():
        if name not in names:
            raise BadInput(f"{name}: there is no such face in the dataset")
        points[names[name]] = _shape(name, shape, scheme.num_landmarks)
    absent = [name for name in names if name not in by_name]
    if absent and not allow_missing:
        raise BadInput(f"{absent[0]}: no prediction (of {len(absent)} faces; --allow-missing?)")
    return points


def _shape(name: str, shape: Any, num_landmarks: int) -> NDArray[np.float64]:
    try:
        points = np.array(shape)
    except ValueError:  # rows of unlike lengths
        points = np.array(None)
    if points.dtype.kind not in "iuf":
        raise BadInput(f"{name}: its points are not pairs of numbers")
    if points.shape != (num_landmarks, 2):
        raise BadInput(f"{name}: points of shape {points.shape}, expected ({num_landmarks}, 2)")
    if not np.isfinite(points).all():
        raise BadInput(f"{name}: a coordinate is not a finite number")
    return points.astype(np.float64)
