"""Scores by known invariances, and by a second implementation from the definitions."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tf_facealign import geometry
from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.protocols import FACE_SIZE, VISIBLE, Protocol
from tf_facealign.evaluation.report import Report, Score
from tf_facealign.evaluation.scoring import score
from tf_facealign.face_crop import landmarks_box

Array = NDArray[np.float64]
IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(3)
IMAGE = np.zeros((20, 30, 3), np.uint8)


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


def _answer(report: Report, normalizer: str = "inter_ocular") -> dict[str, Score]:
    return dict(report.systems[0].answer.scores[normalizer])


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
