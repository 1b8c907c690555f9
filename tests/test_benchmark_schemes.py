"""The schemes agree with the published mirror pairs and normalisers of their benchmarks."""

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

# Typed from the flip tables that the benchmarks' users publish, 0-based; never from our names.
MIRROR_PAIRS = {
    "ibug68": [
        *[(0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9)],
        *[(17, 26), (18, 25), (19, 24), (20, 23), (21, 22), (31, 35), (32, 34)],
        *[(36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)],
        *[(48, 54), (49, 53), (50, 52), (55, 59), (56, 58), (60, 64), (61, 63), (65, 67)],
    ],
    "wflw98": [
        *[(0, 32), (1, 31), (2, 30), (3, 29), (4, 28), (5, 27), (6, 26), (7, 25), (8, 24)],
        *[(9, 23), (10, 22), (11, 21), (12, 20), (13, 19), (14, 18), (15, 17)],
        *[(33, 46), (34, 45), (35, 44), (36, 43), (37, 42)],
        *[(38, 50), (39, 49), (40, 48), (41, 47), (55, 59), (56, 58)],
        *[(60, 72), (61, 71), (62, 70), (63, 69), (64, 68), (65, 75), (66, 74), (67, 73)],
        *[(76, 82), (77, 81), (78, 80), (87, 83), (86, 84), (88, 92), (89, 91), (95, 93)],
        (96, 97),
    ],
    "cofw29": [
        *[(0, 1), (2, 3), (4, 6), (5, 7), (8, 9), (10, 11), (12, 14), (13, 15), (16, 17)],
        *[(18, 19), (22, 23)],
    ],
    "aflw19": [(0, 5), (1, 4), (2, 3), (6, 11), (7, 10), (8, 9), (12, 14), (15, 17)],
}
COUNTS = {"ibug68": 68, "wflw98": 98, "cofw29": 29, "aflw19": 19}
EVERY_SCHEME = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES.keys())


def test_the_four_benchmarks_are_known() -> None:
    assert {name: scheme.num_landmarks for name, scheme in SCHEMES.items()} == COUNTS


@pytest.mark.parametrize("name", MIRROR_PAIRS)
def test_flip_permutation_is_the_published_one(name: str) -> None:
    expected = list(range(COUNTS[name]))
    for left, right in MIRROR_PAIRS[name]:
        expected[left], expected[right] = right, left
    assert list(get_scheme(name).flip_permutation) == expected


@pytest.mark.parametrize(
    ("name", "normalizer", "groups"),
    [
        ("ibug68", "inter_ocular", ([36], [45])),
        ("ibug68", "inter_pupil", ([36, 37, 38, 39, 40, 41], [42, 43, 44, 45, 46, 47])),
        ("wflw98", "inter_ocular", ([60], [72])),
        ("wflw98", "inter_pupil", ([96], [97])),
        ("cofw29", "inter_ocular", ([8], [9])),
        ("cofw29", "inter_pupil", ([16], [17])),
        ("aflw19", "inter_ocular", ([6], [11])),
        ("aflw19", "inter_pupil", ([7], [10])),
    ],
)
def test_normalizer_distance_is_between_the_published_points(
    name: str, normalizer: str, groups: tuple[list[int], list[int]]
) -> None:
    shape = np.random.default_rng(1).uniform(0, 100, (2, 3, COUNTS[name], 2))
    distance = get_scheme(name).normalizer_distance(shape, normalizer)
    assert distance.shape == (2, 3)
    first, second = shape[1, 2, groups[0]].mean(axis=0), shape[1, 2, groups[1]].mean(axis=0)
    assert distance[1, 2] == pytest.approx(np.hypot(*(first - second)), rel=1e-12)


def test_inter_ocular_distance_by_hand() -> None:
    shape = np.zeros((68, 2))
    shape[36], shape[45] = (10, 20), (40, 60)  # a 3-4-5 triangle
    assert get_scheme("ibug68").normalizer_distance(shape, "inter_ocular") == 50.0


@EVERY_SCHEME
def test_names_of_the_normalizer_points_are_what_they_should_be(scheme: LandmarkScheme) -> None:
    ((left,), (right,)) = scheme.normalizers["inter_ocular"]
    assert scheme.landmark_names[left] == "image_left_eye_outer_corner"
    assert scheme.landmark_names[right] == "image_right_eye_outer_corner"


@EVERY_SCHEME
def test_every_landmark_is_in_exactly_one_region(scheme: LandmarkScheme) -> None:
    indices = sorted(index for region in scheme.regions.values() for index in region)
    assert indices == list(range(scheme.num_landmarks))


@EVERY_SCHEME
def test_a_region_of_one_side_mirrors_onto_the_other(scheme: LandmarkScheme) -> None:
    for region in ("image_left_brow", "image_left_eye"):
        mirrored = {scheme.flip_permutation[index] for index in scheme.regions[region]}
        assert mirrored == set(scheme.regions[region.replace("left", "right")])


@EVERY_SCHEME
def test_mirroring_keeps_names_and_undoes_itself(scheme: LandmarkScheme) -> None:
    shape = np.random.default_rng(2).uniform(0, 1, (3, scheme.num_landmarks, 2))
    mirrored = scheme.mirror(shape)
    left = scheme.landmark_names.index("image_left_eye_outer_corner")
    right = scheme.landmark_names.index("image_right_eye_outer_corner")
    np.testing.assert_allclose(mirrored[:, left, 0], 1.0 - shape[:, right, 0])
    np.testing.assert_array_equal(mirrored[:, left, 1], shape[:, right, 1])
    np.testing.assert_allclose(scheme.mirror(mirrored), shape, atol=1e-15)


@EVERY_SCHEME
def test_mirroring_leaves_the_normalizers_as_they_are(scheme: LandmarkScheme) -> None:
    shape = np.random.default_rng(3).uniform(0, 1, (scheme.num_landmarks, 2))
    for name in scheme.normalizers:
        assert scheme.normalizer_distance(scheme.mirror(shape), name) == pytest.approx(
            float(scheme.normalizer_distance(shape, name)), rel=1e-12
        )


def test_wflw_has_the_points_of_ibug_where_the_usual_conversion_finds_them() -> None:
    ibug, wflw = get_scheme("ibug68").landmark_names, get_scheme("wflw98").landmark_names
    assert ibug[:17] == wflw[0:33:2]
    assert ibug[17:27] == (*wflw[33:38], *wflw[42:47])
    assert ibug[27:36] == wflw[51:60]
    assert ibug[48:68] == wflw[76:96]


def test_an_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"'ibug86'.*ibug68, wflw98, cofw29, aflw19"):
        get_scheme("ibug86")
