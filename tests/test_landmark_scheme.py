"""A scheme measures and mirrors as its parts say, and refuses parts that do not fit."""

from dataclasses import replace

import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme, flip_permutation_of, scheme_from_names


def small_scheme(name: str = "small") -> LandmarkScheme:
    return scheme_from_names(
        name,
        ("image_left_eye", "image_right_eye", "chin"),
        normalizers={"inter_ocular": ((0,), (1,)), "height": ((0, 1), (2,))},
        regions={"eyes": (0, 1)},
        lines=((0, 1, 2, 0),),
    )


def test_flip_permutation_swaps_sides_and_leaves_the_middle() -> None:
    names = ("chin", "image_right_eye", "image_left_brow", "image_left_eye", "image_right_brow")
    assert flip_permutation_of(names) == (0, 3, 4, 1, 2)


def test_normalizer_distance_by_hand() -> None:
    shape = [[10, 20], [40, 60], [25, 0]]
    assert small_scheme().normalizer_distance(shape, "inter_ocular") == 50.0  # from (30, 40)
    assert small_scheme().normalizer_distance(shape, "height") == 40.0  # between the eyes (25, 40)


def test_mirroring_by_hand() -> None:
    shape_unit = [[0.25, 0.5], [0.5, 0.625], [0.375, 1.0]]
    mirrored = small_scheme().mirror(shape_unit)
    np.testing.assert_array_equal(mirrored, [[0.5, 0.625], [0.75, 0.5], [0.625, 1.0]])


def test_an_unknown_normalizer_lists_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"'iod'.*inter_ocular, height"):
        small_scheme().normalizer_distance(np.zeros((3, 2)), "iod")


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (3,), (2, 3)])
def test_a_shape_of_the_wrong_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="3, 2"):
        small_scheme().mirror(np.zeros(shape))
    with pytest.raises(BadInput, match="3, 2"):
        small_scheme().normalizer_distance(np.zeros(shape), "inter_ocular")


@pytest.mark.parametrize("names", [("a", "a"), ("image_left_eye",), ("image_right_eye", "chin")])
def test_names_that_repeat_or_lack_a_partner_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=r"more than once|no mirror partner"):
        flip_permutation_of(names)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"landmark_names": (), "flip_permutation": ()}, "no landmarks"),
        ({"flip_permutation": (0, 1, 2)}, "flip_permutation"),
        ({"flip_permutation": (1, 2, 0)}, "flip_permutation"),
        ({"flip_permutation": (1, 0)}, "flip_permutation"),
        ({"normalizers": {"inter_ocular": ((0,), (3,))}}, r"'inter_ocular' has index 3.*0\.\.2"),
        ({"normalizers": {"inter_ocular": ((0,), ())}}, "'inter_ocular' is empty"),
        ({"normalizers": {"inter_ocular": ((0,),)}}, "two groups"),
        ({"regions": {"eyes": (0, -1)}}, "'eyes' has index -1"),
        ({"regions": {"eyes": ()}}, "'eyes' is empty"),
        ({"lines": ((0, 1), (1, 5))}, "line 1 has index 5"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        replace(small_scheme(), **change)
    assert "\n" not in str(caught.value)


def test_a_users_own_scheme_can_be_hashed_and_compared() -> None:
    assert small_scheme() == small_scheme()
    assert len({small_scheme(), small_scheme(), small_scheme("another")}) == 2
