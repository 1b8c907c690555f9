"""Predictors of any kind are run on faces, and bad predictions are refused by name."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tf_facealign import metrics
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.evaluate import evaluate, predict_faces
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.scoring import score
from tf_facealign.images import write_image

IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(3)
IMAGE = np.zeros((20, 30, 3), np.uint8)
DATA = os.environ.get("FACEALIGN_DATA")


def _face(name: str, subsets: tuple[str, ...] = (), path: Path | None = None) -> FaceSample:
    points = RNG.uniform(0, 20, (68, 2))
    # Outer eye corners 100 px apart; the eyes' centres 50 px apart: scores can be done by hand.
    points[36:42], points[42:48] = [25.0, 0.0], [75.0, 0.0]
    points[36], points[37], points[45], points[46] = [0, 0], [50, 0], [100, 0], [50, 0]
    box = np.concatenate([points.min(0), points.max(0)])
    pixels = None if path else IMAGE
    return FaceSample(name, points, box, path=path, pixels=pixels, subsets=subsets)


FACES = [_face(name) for name in "abc"]


def test_an_image_is_decoded_once_for_its_faces(tmp_path: Path) -> None:
    for number in (1, 2):
        write_image(tmp_path / f"{number}.png", np.full((8, 9, 3), number, np.uint8))
    order = [1, 1, 2, 1]
    faces = [
        _face(f"{index}", path=tmp_path / f"{number}.png") for index, number in enumerate(order)
    ]
    calls: list[tuple[int, int]] = []

    def predict(image_rgb: NDArray[np.uint8], boxes_px: NDArray[np.float64]) -> Any:
        calls.append((int(image_rgb[0, 0, 0]), len(boxes_px)))
        # The box says which face is meant: its left edge lands in every point.
        return np.broadcast_to(boxes_px[:, None, :2], (len(boxes_px), 68, 2))

    stages = predict_faces(predict, faces)
    assert calls == [(1, 2), (2, 1), (1, 1)]
    assert list(stages) == ["shape"]
    np.testing.assert_array_equal(stages["shape"][:, 0], [face.box_px[:2] for face in faces])


def test_faces_in_memory_and_float32_stages() -> None:
    faces = [_face("a"), _face("b")]

    def predict(image_rgb: NDArray[np.uint8], boxes_px: NDArray[np.float64]) -> Any:
        zeros = np.zeros((len(boxes_px), 68, 2), np.float32)
        return {"shape_0": zeros, "shape_1": zeros + 1}

    stages = predict_faces(predict, faces)
    assert list(stages) == ["shape_0", "shape_1"]
    assert stages["shape_1"].shape == (2, 68, 2)
    assert stages["shape_1"].dtype == np.float64


def test_a_perfect_predictor_scores_perfectly() -> None:
    face = _face("a")
    report = evaluate(lambda image, boxes: face.landmarks_px[None], [face], IBUG68, name="oracle")
    (system,) = report.systems
    assert (system.name, list(system.stages)) == ("oracle", ["shape"])
    score = system.answer.scores["inter_ocular"]["all"]
    assert (score.faces, score.nme, score.failure_rate, score.auc) == (1, 0.0, 0.0, 1.0)


def _refusal(answer: Any, face: FaceSample) -> str:
    with pytest.raises(BadInput) as caught:
        predict_faces(lambda image, boxes: answer, [face])
    return str(caught.value)


def test_bad_predictions_name_the_face() -> None:
    face = _face("lfpw/image_7.jpg")
    good = face.landmarks_px[None]
    wrong = "lfpw/image_7.jpg: shape was predicted in the shape"
    assert _refusal(good[0], face) == f"{wrong} (68, 2), expected (1, 68, 2)"
    assert _refusal(good[:, :5], face) == f"{wrong} (1, 5, 2), expected (1, 68, 2)"
    for bad in (np.nan, np.inf):
        broken = good.copy()
        broken[0, 3, 1] = bad
        message = _refusal({"shape_0": good, "shape_1": broken}, face)
        assert message == "lfpw/image_7.jpg: shape_1 was predicted with a value that is not finite"


def test_errors_of_the_predictor_name_the_face() -> None:
    def refuse(image_rgb: NDArray[np.uint8], boxes_px: NDArray[np.float64]) -> Any:
        raise BadInput("box [0, 0, 0, 0] has no area")

    with pytest.raises(BadInput, match=r"^a: box .* has no area"):
        predict_faces(refuse, FACES)


def test_stages_must_not_change() -> None:
    answers = iter([{"shape_0": FACES[0].landmarks_px[None]}, FACES[0].landmarks_px[None]])
    faces = [_face("a", path=Path("a.png")), _face("b")]
    object.__setattr__(faces[0], "path", None)
    object.__setattr__(faces[0], "pixels", IMAGE.copy())
    with pytest.raises(BadInput, match=r"^b: predicted the stages shape, after shape_0"):
        predict_faces(lambda image, boxes: next(answers), faces)


def test_an_unreadable_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(BadInput, match=r"a\.png: not an image"):
        predict_faces(lambda image, boxes: None, [_face("a", path=tmp_path / "a.png")])


def test_faces_must_fit() -> None:
    with pytest.raises(BadInput, match="no faces to score"):
        evaluate(lambda image, boxes: None, [], IBUG68)
    with pytest.raises(BadInput, match="no faces to predict"):
        predict_faces(lambda image, boxes: None, [])
    with pytest.raises(BadInput, match=r"^a: 68 landmarks, the scheme wflw98 has 98"):
        evaluate(lambda image, boxes: None, FACES, get_scheme("wflw98"))


@pytest.mark.dataset
@pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "300w").is_dir(),
    reason="needs the folder 300w/ in the folder FACEALIGN_DATA names",
)
def test_the_mean_shape_on_real_faces() -> None:
    faces = load_faces("300w", split="lfpw_test")
    corners = np.stack([face.box_px.reshape(2, 2) for face in faces])
    origin, size = corners[:, :1], corners[:, 1:] - corners[:, :1]
    truth = np.stack([face.landmarks_px for face in faces])
    guess = origin + ((truth - origin) / size).mean(0) * size
    report = score(faces, [Predictions("mean", {"mean": guess})], IBUG68)
    found = report.systems[0].answer.scores["inter_ocular"]["lfpw_test"].nme
    values = metrics.nme(truth, guess, np.linalg.norm(truth[:, 36] - truth[:, 45], axis=-1))
    assert found == pytest.approx(100 * values.mean(), abs=1e-9)
    # 15.3 as measured: faces turn and the mean shape does not; swapped axes would be far worse.
    assert 10 < found < 20
