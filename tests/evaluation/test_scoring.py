"""Scores by hand, by known invariances, and by a second implementation from the definitions."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tf_facealign import geometry
from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
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


def _random_faces(num: int, scheme_name: str) -> tuple[list[FaceSample], Array]:
    scheme = get_scheme(scheme_name)
    truth = RNG.uniform(0, 200, (num, scheme.num_landmarks, 2))
    faces = [
        FaceSample(
            f"{index}.png",
            points,
            landmarks_box(points),
            pixels=IMAGE,
            visible=RNG.uniform(size=len(points)) < 0.7,
            subsets=("odd",) if index % 2 else (),
        )
        for index, points in enumerate(truth)
    ]
    return faces, truth + RNG.normal(0, 1, truth.shape) * RNG.gamma(2, 4, (num, 1, 1))


@pytest.mark.parametrize(
    "affine",
    [
        geometry.scale_and_shift(1, [13.0, -700.0]),
        geometry.rotation(90.0),  # keeps the area of a box too
        geometry.scale_and_shift(0.21, 0),
    ],
    ids=["translation", "rotation", "scale"],
)
@pytest.mark.parametrize("normalizer", ["inter_ocular", "inter_pupil", FACE_SIZE])
def test_similarities_change_no_score(affine: geometry.Affine, normalizer: str) -> None:
    faces, points = _random_faces(20, "aflw19")
    shapes_px = [geometry.apply_affine(affine, face.landmarks_px) for face in faces]
    moved = [
        replace(face, landmarks_px=shape, box_px=landmarks_box(shape))
        for face, shape in zip(faces, shapes_px, strict=True)
    ]
    protocol = Protocol("all", (normalizer,), "here", visible=True)
    scheme = get_scheme("aflw19")
    before, after = (
        score(of, [Predictions("model", {"shape": shapes})], scheme, protocol)
        for of, shapes in ((faces, points), (moved, geometry.apply_affine(affine, points)))
    )
    for subset, found in _answer(before, normalizer).items():
        other = _answer(after, normalizer)[subset]
        assert (other.nme, other.auc) == pytest.approx((found.nme, found.auc), rel=1e-10)
        assert other.nme_interval == pytest.approx(found.nme_interval, rel=1e-10)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_a_mirror_with_permutation_changes_no_score(scheme) -> None:
    faces, points = _random_faces(20, scheme.name)
    mirrored = [
        replace(
            face,
            landmarks_px=(to := scheme.mirror(face.landmarks_px)),
            box_px=landmarks_box(to),
            visible=face.visible[list(scheme.flip_permutation)],
        )
        for face in faces
    ]
    protocol = Protocol("all", (*scheme.normalizers, FACE_SIZE), "here", visible=True)
    before, after = (
        score(of, [Predictions("model", {"shape": shapes})], scheme, protocol)
        for of, shapes in ((faces, points), (mirrored, scheme.mirror(points)))
    )
    for normalizer in protocol.normalizers:
        for subset, found in _answer(before, normalizer).items():
            assert _answer(after, normalizer)[subset].nme == pytest.approx(found.nme, rel=1e-10)


# ----- a second implementation, from the definitions alone


def _distance_by_definition(face: FaceSample, normalizer: str) -> float:
    """PAPER: outer eye corners (36, 45); means of six points of each eye; √ of the box's area."""
    points = face.landmarks_px.tolist()
    if normalizer == "inter_ocular":
        return math.dist(points[36], points[45])
    if normalizer == "inter_pupil":
        left, right = (
            [math.fsum(point[axis] for point in points[eye : eye + 6]) / 6 for axis in (0, 1)]
            for eye in (36, 42)
        )
        return math.dist(left, right)
    x0, y0, x1, y1 = face.box_px.tolist()
    return math.sqrt((x1 - x0) * (y1 - y0))


def _area_by_definition(errors: list[float], threshold: float) -> float:
    """∫ CED from 0 to the threshold, step by step, divided by the threshold."""
    area, reached = 0.0, 0
    steps = sorted(error for error in errors if error <= threshold)
    for error, following in zip(steps, [*steps[1:], threshold], strict=True):
        reached += 1
        area += reached / len(errors) * (following - error)
    return area / threshold


def test_a_second_implementation_gives_the_same() -> None:
    faces, points = _random_faces(60, "ibug68")
    protocol = Protocol("all", ("inter_ocular", "inter_pupil", FACE_SIZE), "here", visible=True)
    report = score(faces, [Predictions("model", {"shape": points})], IBUG68, protocol)
    for normalizer in protocol.normalizers:
        by_subset: dict[str, list[float]] = {"all": [], "odd": [], VISIBLE: []}
        for face, shape in zip(faces, points.tolist(), strict=True):
            distance = _distance_by_definition(face, normalizer)
            pairs = zip(face.landmarks_px.tolist(), shape, strict=True)
            errors = [math.dist(true, guess) / distance for true, guess in pairs]
            seen = [e for e, visible in zip(errors, face.visible, strict=True) if visible]
            by_subset["all"].append(math.fsum(errors) / 68)
            by_subset[VISIBLE].append(math.fsum(seen) / len(seen))
            if "odd" in face.subsets:
                by_subset["odd"].append(math.fsum(errors) / 68)
        for subset, values in by_subset.items():
            found = _answer(report, normalizer)[subset]
            failed = sum(value > 0.1 for value in values)
            assert 0 < failed < len(values)  # or the rest would show little
            _close_to_1e9(found.nme, 100 * math.fsum(values) / len(values))
            _close_to_1e9(found.failure_rate, 100 * failed / len(values))
            _close_to_1e9(found.auc, _area_by_definition(values, 0.1))
            ninety = sorted(values)[math.ceil(0.9 * len(values)) - 1]
            _close_to_1e9(found.percentiles[90], 100 * ninety)


def _close_to_1e9(found: float, expected: float) -> None:
    assert abs(found - expected) < 1e-9


# ----- refusals


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
