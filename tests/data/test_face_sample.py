from pathlib import Path

import numpy as np
import pytest

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.images import write_image

LANDMARKS = np.array([[1.0, 2.0], [3.0, 4.0]])
BOX = np.array([0.0, 0.0, 5.0, 5.0])
PIXELS = np.arange(5 * 6 * 3, dtype=np.uint8).reshape(5, 6, 3)


def test_an_image_in_memory():
    assert FaceSample("a", LANDMARKS, BOX, pixels=PIXELS).image_rgb() is PIXELS


def test_an_image_on_disk(tmp_path):
    write_image(tmp_path / "a.png", PIXELS)
    sample = FaceSample("a", LANDMARKS, BOX, path=tmp_path / "a.png")
    np.testing.assert_array_equal(sample.image_rgb(), PIXELS)


def test_a_missing_image_is_told_when_it_is_read(tmp_path):
    sample = FaceSample("a", LANDMARKS, BOX, path=tmp_path / "none.png")
    with pytest.raises(BadInput, match=r"none\.png"):
        sample.image_rgb()


@pytest.mark.parametrize("images", [{}, {"path": Path("a.png"), "pixels": PIXELS}])
def test_exactly_one_image_is_needed(images):
    with pytest.raises(BadInput, match="a: give either path or pixels"):
        FaceSample("a", LANDMARKS, BOX, **images)


@pytest.mark.parametrize("shape", [(4,), (2, 3), (1, 2, 2)])
def test_landmarks_of_another_shape_are_refused(shape):
    with pytest.raises(BadInput, match="a: landmarks of shape"):
        FaceSample("a", np.zeros(shape), BOX, pixels=PIXELS)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_landmarks_that_are_no_numbers_are_refused(value):
    with pytest.raises(BadInput, match="a: a landmark is not a finite number"):
        FaceSample("a", np.array([[1.0, value]]), BOX, pixels=PIXELS)


@pytest.mark.parametrize(
    "box",
    [[0, 0, 5], [0, 0, 0, 5], [5, 0, 0, 5], [0, 5, 5, 5], [0, 0, np.nan, 5], [0, 0, 5, np.inf]],
)
def test_boxes_without_area_are_refused(box):
    with pytest.raises(BadInput, match=r"a: box .* has no area"):
        FaceSample("a", LANDMARKS, np.array(box, float), pixels=PIXELS)


def test_which_landmarks_are_visible():
    assert FaceSample("a", LANDMARKS, BOX, pixels=PIXELS).visible is None
    visible = np.array([True, False])
    assert FaceSample("a", LANDMARKS, BOX, pixels=PIXELS, visible=visible).visible is visible


@pytest.mark.parametrize("visible", [np.ones(3, bool), np.ones((1, 2), bool), np.ones(2)])
def test_visibility_is_one_bool_a_landmark(visible):
    with pytest.raises(BadInput, match=r"a: visible is .* expected bool of shape \(2,\)"):
        FaceSample("a", LANDMARKS, BOX, pixels=PIXELS, visible=visible)


def test_a_sample_stays_as_it_is():
    with pytest.raises(AttributeError):
        FaceSample("a", LANDMARKS, BOX, pixels=PIXELS).name = "b"


def test_samples_can_be_keys():
    # Comparing by value would compare arrays; two faces are the same only if they are one object.
    first, second = (FaceSample("a", LANDMARKS, BOX, pixels=PIXELS) for _ in range(2))
    assert len({first, second}) == 2
