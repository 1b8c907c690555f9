"""Scores by hand, and what cannot be scored."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.protocols import FACE_SIZE, PROTOCOLS, VISIBLE, Protocol
from tf_facealign.evaluation.report import Report, Score
from tf_facealign.evaluation.scoring import face_distances, score
from tf_facealign.face_crop import landmarks_box
from tf_facealign.landmark_scheme import scheme_from_names

Array = NDArray[np.float64]
IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(3)
IMAGE = np.zeros((20, 30, 3), np.uint8)


def _face(name: str, subsets: tuple[str, ...] = ()) -> FaceSample:
    points = RNG.uniform(0, 20, (68, 2))
    # Outer eye corners 100 px apart; the eyes' centres 50 px apart: scores can be done by hand.
    points[36:42], points[42:48] = [25.0, 0.0], [75.0, 0.0]
    points[36], points[37], points[45], points[46] = [0, 0], [50, 0], [100, 0], [50, 0]
    return FaceSample(name, points, landmarks_box(points), pixels=IMAGE, subsets=subsets)


def _shifted(faces: list[FaceSample], shifts: list[float]) -> Array:
    truth = np.stack([face.landmarks_px for face in faces])
    return truth + np.array([[[shift, 0.0]] for shift in shifts])


FACES = [
    _face("a", ("lfpw_test", "common", "full")),
    _face("b", ("lfpw_test", "common", "full")),
    _face("c", ("ibug", "challenging", "full")),
]
# Every point is off by so many pixels, so the inter-ocular NME is as many percent.
STAGES = {"shape_0": _shifted(FACES, [4, 6, 20]), "shape_1": _shifted(FACES, [2, 4, 12])}


def _score(stages: dict[str, Array] = STAGES, faces: list[FaceSample] = FACES) -> Report:
    return score(faces, [Predictions("model", stages)], IBUG68)


def _answer(report: Report, normalizer: str = "inter_ocular") -> dict[str, Score]:
    return dict(report.systems[0].answer.scores[normalizer])


def _close(found: Score, faces: int, nme: float, failure_rate: float, auc: float) -> None:
    assert found.faces == faces
    values = (found.nme, found.failure_rate, found.auc)
    assert values == pytest.approx((nme, failure_rate, auc), abs=1e-12)


# ----- by hand


def test_golden_scores() -> None:
    report = _score()
    scores = _answer(report)
    assert list(scores) == ["lfpw_test", "common", "full", "ibug", "challenging"]
    # AUC: (0.08 + 0.06) / 2 / 0.1; all three: (0.08 + 0.06 + 0) / 3 / 0.1.
    _close(scores["common"], 2, 3.0, 0.0, 0.7)
    _close(scores["lfpw_test"], 2, 3.0, 0.0, 0.7)
    _close(scores["full"], 3, 6.0, 100 / 3, 1.4 / 3)
    _close(scores["challenging"], 1, 12.0, 100.0, 0.0)
    first = report.systems[0].stages["shape_0"].scores["inter_ocular"]
    _close(first["full"], 3, 10.0, 100 / 3, (0.06 + 0.04) / 3 / 0.1)
    # The pupils, as means of the six points of each eye, are half as far apart.
    _close(_answer(report, "inter_pupil")["common"], 2, 6.0, 0.0, 0.4)


def test_percentiles_are_errors_that_so_many_faces_do_not_exceed() -> None:
    faces = [_face(f"{number:02d}") for number in range(20)]
    scores = _answer(_score({"shape": _shifted(faces, list(range(1, 21)))}, faces))
    # 10 of 20 faces are at or below 10 %, 18 at or below 18 %, 19 at or below 19 %, all below 20 %.
    assert scores["all"].percentiles == pytest.approx({50: 10.0, 90: 18.0, 95: 19.0, 99: 20.0})


def test_errors_by_landmark_and_region() -> None:
    points = _shifted(FACES, [0, 0, 0])
    points[0, 30] += [3.0, 4.0]  # the nose tip of one of three faces, by 5 px of 100
    report = _score({"shape": points})
    answer = report.systems[0].answer
    errors = answer.landmark_errors("inter_ocular")
    assert errors[30] == pytest.approx(0.05 / 3)
    assert (np.delete(errors, 30) == 0).all()
    regions = answer.region_errors("inter_ocular", IBUG68)
    assert list(regions) == list(IBUG68.regions)
    assert regions["nose"] == pytest.approx(0.05 / 3 / 9)  # of its nine points
    assert sum(regions.values()) == regions["nose"]


def test_the_face_size_is_the_root_of_the_area_of_the_box() -> None:
    box = np.array([10.0, 20.0, 42.0, 38.0])  # 32 × 18: √576 = 24
    faces = [replace(FACES[0], box_px=box), replace(FACES[1], box_px=2 * box)]
    assert face_distances(faces, IBUG68, FACE_SIZE).tolist() == [24.0, 48.0]
    protocol = Protocol("boxes", (FACE_SIZE,), "here")
    points = _shifted(faces, [2.4, 2.4])
    report = score(faces, [Predictions("model", {"shape": points})], IBUG68, protocol)
    _close(_answer(report, FACE_SIZE)["common"], 2, 7.5, 0.0, 0.25)  # 10 % and 5 %


def test_visible_landmarks_alone() -> None:
    visible = np.ones(68, bool)
    visible[:34] = False
    faces = [replace(face, visible=visible, subsets=()) for face in FACES]
    points = _shifted(faces, [2, 4, 6])
    points[:, :34] += [30.0, 0.0]
    predictions = Predictions("model", {"shape": points})
    report = score(faces, [predictions], IBUG68, PROTOCOLS["cofw68"])
    scores = _answer(report)
    assert list(scores) == ["all", VISIBLE]
    assert scores[VISIBLE].nme == pytest.approx(4.0)
    assert scores["all"].nme == pytest.approx(4.0 + 15.0)
    errors = report.face_errors(report.systems[0].answer, "inter_ocular", VISIBLE)
    assert errors.tolist() == pytest.approx([0.02, 0.04, 0.06])


def test_visible_scoring_needs_marks() -> None:
    predictions = Predictions("model", {"shape": _shifted(FACES, [0, 0, 0])})
    with pytest.raises(BadInput, match=r"^a: no landmark is marked as visible"):
        score(FACES, [predictions], IBUG68, PROTOCOLS["cofw68"])
    hidden = [replace(face, visible=np.arange(68) < 68 * (face.name != "b")) for face in FACES]
    with pytest.raises(BadInput, match=r"^b: no landmark is marked as visible"):
        score(hidden, [predictions], IBUG68, PROTOCOLS["cofw68"])


def test_a_lower_threshold() -> None:
    protocol = Protocol("mine", ("inter_ocular",), "here", threshold=0.03)
    report = score(FACES, [Predictions("model", STAGES)], IBUG68, protocol)
    _close(_answer(report)["common"], 2, 3.0, 50.0, 0.01 / 2 / 0.03)


def test_the_mean_shape_is_in_boxes() -> None:
    corners = np.tile([[0.0, 0.0], [10.0, 20.0]], (34, 1))
    first = FaceSample("a", corners, np.array([0.0, 0.0, 10.0, 20.0]), pixels=IMAGE)
    second = FaceSample("b", corners, np.array([-10.0, 0.0, 10.0, 40.0]), pixels=IMAGE)
    report = replace(_score(), faces=[first, second])
    np.testing.assert_allclose(report.mean_shape()[:2], [[0.25, 0.0], [1.0, 0.75]])


# ----- subsets


def test_faces_without_subsets_are_all() -> None:
    faces = [_face("a"), _face("b")]
    scores = _answer(_score({"shape": _shifted(faces, [1, 3])}, faces))
    assert list(scores) == ["all"]
    assert scores["all"].nme == pytest.approx(2.0)


def test_all_is_added_where_no_subset_holds_every_face() -> None:
    faces = [_face("a"), _face("b", ("pose", "blur")), _face("c", ("pose",))]
    scores = _answer(_score({"shape": _shifted(faces, [1, 3, 5])}, faces))
    assert {name: found.faces for name, found in scores.items()} == {"all": 3, "pose": 2, "blur": 1}
    assert scores["all"].nme == pytest.approx(3.0)


def test_the_subsets_of_a_protocol_come_first_and_are_counted() -> None:
    predictions = Predictions("model", STAGES)
    report = score(FACES, [predictions], IBUG68, PROTOCOLS["300w"])
    assert list(report.subsets) == ["common", "challenging", "full", "lfpw_test", "ibug"]
    assert report.incomplete == {"common": (2, 554), "challenging": (1, 135), "full": (3, 689)}


# ----- faces without prediction


def test_a_missing_face_is_a_failure_and_reported() -> None:
    stages = {name: points.copy() for name, points in STAGES.items()}
    for points in stages.values():
        points[1] = np.nan
    report = _score(stages)
    assert report.systems[0].missing == ("b",)
    scores = _answer(report)
    # Of a and b only a (2 %) is left: FR 1 of 2, AUC 0.08 / 2 / 0.1.
    _close(scores["common"], 2, 2.0, 50.0, 0.4)
    assert scores["common"].missing == 1
    assert scores["common"].percentiles[50] == pytest.approx(2.0)
    assert scores["common"].percentiles[90] == math.inf
    _close(scores["full"], 3, 7.0, 200 / 3, 0.08 / 3 / 0.1)
    assert (scores["ibug"].missing, scores["ibug"].nme) == (0, pytest.approx(12.0))
    # Means over landmarks leave the face out as well.
    assert report.systems[0].answer.landmark_errors("inter_ocular")[0] == pytest.approx(0.07)


def test_no_prediction_at_all() -> None:
    scores = _answer(_score({"shape": np.full((3, 68, 2), np.nan)}))
    assert math.isnan(scores["full"].nme)
    assert (scores["full"].failure_rate, scores["full"].auc) == (100.0, 0.0)
    assert scores["full"].failure_rate_interval == (100.0, 100.0)
    assert all(math.isnan(end) for end in scores["full"].nme_interval)


# ----- invariances of the whole


def test_scores_do_not_depend_on_the_order_of_faces() -> None:
    backwards = {name: points[::-1] for name, points in STAGES.items()}
    first, second = _score(), _score(backwards, FACES[::-1])
    for name, found in _answer(first).items():
        assert _answer(second)[name] == found  # intervals and all


def test_the_face_with_the_bad_prediction_is_named_among_many() -> None:
    broken = STAGES["shape_1"].copy()
    broken[1, 0, 0] = np.nan  # one coordinate only: no missing face
    with pytest.raises(BadInput, match=r"^b: shape_1 was predicted"):
        _score({**STAGES, "shape_1": broken})
    with pytest.raises(BadInput, match=r"^a: shape_0 .* expected \(3, 68, 2\)"):
        _score({"shape_0": broken[:2]})


def test_there_must_be_something_to_score() -> None:
    with pytest.raises(BadInput, match="nothing to score"):
        _score({})
    with pytest.raises(BadInput, match="nothing to score"):
        score(FACES, [], IBUG68)
    twice = Predictions("same", STAGES)
    with pytest.raises(BadInput, match="two of the systems to compare are called 'same'"):
        score(FACES, [twice, twice], IBUG68)


def test_a_scheme_must_have_a_normalizer() -> None:
    bare = scheme_from_names("bare", IBUG68.landmark_names, {}, {}, ())
    with pytest.raises(BadInput, match="no normaliser in the scheme bare"):
        score(FACES, [Predictions("model", STAGES)], bare)


def test_a_face_without_distance_between_its_eyes_is_named() -> None:
    face = _face("profile.jpg")
    face.landmarks_px[45] = face.landmarks_px[36]
    with pytest.raises(BadInput, match=r"^profile\.jpg: its inter_ocular distance is zero"):
        _score({"shape": face.landmarks_px[None]}, [face])
