import cv2
import numpy as np
import pytest

from tf_facealign import face_crop, geometry
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.augmentations.placement import Placement, RandomPlacement
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops

BOX = np.array([40.0, 50.0, 140.0, 130.0])
AFFINE = face_crop.crop_affine(BOX, face_crop.Padding())  # a square of 120 px about (90, 90)


def moved(placement, point=(0.5, 0.5)):
    return geometry.apply_affine(RandomPlacement.apply(AFFINE, placement), point)


def test_neutral_placement_changes_nothing():
    neutral = Placement((0.0, 0.0), 0.0, 1.0, False)
    np.testing.assert_allclose(RandomPlacement.apply(AFFINE, neutral), AFFINE, atol=1e-12)


def test_shift_is_a_share_of_the_crop():
    assert moved(Placement((0.1, -0.05), 0.0, 1.0, False)) == pytest.approx([90 + 12, 90 - 6])


def test_scale_widens_the_box_about_its_centre():
    placement = Placement((0.0, 0.0), 0.0, 1.2, False)
    assert moved(placement, (0, 0)) == pytest.approx([90 - 72, 90 - 72])


def test_rotation_turns_the_crop_clockwise_on_the_image():
    placement = Placement((0.0, 0.0), 90.0, 1.0, False)
    # The crop's right end (+x) points down (+y) in the image.
    assert moved(placement, (1.0, 0.5)) == pytest.approx([90, 90 + 60])


def test_mirror_swaps_the_sides_of_the_crop_and_twice_is_nothing():
    mirror = Placement((0.0, 0.0), 0.0, 1.0, True)
    assert moved(mirror, (0.0, 0.25)) == pytest.approx(geometry.apply_affine(AFFINE, (1.0, 0.25)))
    twice = RandomPlacement.apply(RandomPlacement.apply(AFFINE, mirror), mirror)
    np.testing.assert_allclose(twice, AFFINE, atol=1e-12)


def test_draws_stay_in_their_ranges_and_follow_the_seed():
    augmentation = RandomPlacement(translate=0.1, rotate_degrees=30, scale=(0.75, 1.2), flip=0.5)
    draws = [augmentation.sample(np.random.default_rng(seed)) for seed in range(500)]
    assert draws[7] == augmentation.sample(np.random.default_rng(7))
    degrees = np.array([draw.degrees for draw in draws])
    scales = np.array([draw.scale for draw in draws])
    shifts = np.array([draw.shift_unit for draw in draws])
    assert -30 <= degrees.min() < -27
    assert 27 < degrees.max() <= 30
    assert 0.75 <= scales.min() < 0.78
    assert 1.17 < scales.max() <= 1.2
    assert 0.095 < np.abs(shifts).max() <= 0.1
    assert 200 < sum(draw.mirrored for draw in draws) < 300


def test_a_power_leaves_most_faces_near_their_own_placement_and_some_at_the_ends():
    """|draw| / range is u^3 of a uniform u: its median is 1/8, nine of ten are below 0.9^3."""
    cubic = RandomPlacement(translate=0.1, rotate_degrees=30, scale=(0.75, 1.2), power=3.0)
    draws = [cubic.sample(np.random.default_rng(seed)) for seed in range(4000)]
    degrees = np.abs([draw.degrees for draw in draws])
    shifts = np.abs([draw.shift_unit for draw in draws])
    scales = np.array([draw.scale for draw in draws])
    assert np.quantile(degrees, [0.5, 0.9]) == pytest.approx([30 / 8, 30 * 0.729], rel=0.1)
    assert np.quantile(shifts, [0.5, 0.9]) == pytest.approx([0.1 / 8, 0.1 * 0.729], rel=0.1)
    # As many faces shrink as with uniform draws from 0.75 to 1.2, half of them by 1/8 of the way.
    assert (scales < 1).mean() == pytest.approx(0.25 / 0.45, abs=0.03)
    assert np.median(scales[scales < 1]) == pytest.approx(1 - 0.25 / 8, abs=0.006)
    assert np.median(scales[scales > 1]) == pytest.approx(1 + 0.2 / 8, abs=0.006)
    assert 27 < degrees.max() <= 30
    assert 0.75 <= scales.min() < 0.77
    assert 1.18 < scales.max() <= 1.2


def test_a_power_pulls_to_the_nearer_end_of_a_range_without_the_own_size():
    larger = RandomPlacement(scale=(1.1, 1.5), power=3.0)
    scales = [larger.sample(np.random.default_rng(seed)).scale for seed in range(500)]
    assert min(scales) >= 1.1
    assert np.median(scales) == pytest.approx(1.1 + 0.4 / 8, abs=0.02)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("seed", range(6))
def test_a_dot_at_each_landmark_is_found_at_the_augmented_landmark(name, seed):
    """A landmark is painted before, and found after; mirrored, at its partner's index."""
    scheme = get_scheme(name)
    rng = np.random.default_rng(seed)
    points = rng.uniform([60, 65], [120, 115], (scheme.num_landmarks, 2))
    augmentation = Augmentation.from_config(AugmentationConfig(flip=float(seed % 2)))
    mirrored = bool(seed % 2)
    for landmark in rng.choice(scheme.num_landmarks, 4, replace=False):
        image = np.zeros((180, 180, 3), np.uint8)
        centre = tuple(np.round(points[landmark] * 16).astype(int))
        cv2.circle(image, centre, 3 * 16, (255, 255, 255), -1, cv2.LINE_AA, shift=4)
        face = FaceSample("dot", points, BOX, pixels=image)
        crops = FaceCrops([face], scheme, face_crop.Padding())
        crop, shape = crops.augmented(0, augmentation, np.random.default_rng((seed, 1)))
        light = crop[..., 0].astype(np.float64)
        rows, columns = np.mgrid[:112, :112]
        found = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
        index = scheme.flip_permutation[landmark] if mirrored else landmark
        expected = geometry.unit_to_px(shape[index], (112, 112))
        np.testing.assert_allclose(found, expected, atol=0.2)
