import numpy as np
import pytest

from tf_facealign import face_crop
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.augmentations.occlusion import FILLS, Occlusion, Patch
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops

SIZE = face_crop.CROP_SIZE
CROP = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
OTHER = np.random.default_rng(1).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)


def no_face():
    raise AssertionError("no other face is needed")


@pytest.mark.parametrize("area", [(0.02, 0.2), (0.0, 0.0), (0.5, 1.0)])
def test_patches_lie_inside_the_crop(area):
    for seed in range(300):
        patch = Occlusion(1.0, area).sample(np.random.default_rng(seed))
        height, width = patch.size_px
        assert height >= 1
        assert width >= 1
        for x, y in (patch.corner_px, patch.source_px):
            assert 0 <= x <= SIZE - width
            assert 0 <= y <= SIZE - height


def test_draws_follow_the_seed_and_their_ranges():
    occlusion = Occlusion(1.0, (0.02, 0.2))
    draws = [occlusion.sample(np.random.default_rng(seed)) for seed in range(600)]
    assert draws[7] == occlusion.sample(np.random.default_rng(7))
    sizes = np.array([draw.size_px for draw in draws])
    # A side of 12 pixels or more is rounded by half a pixel: up to 8 % of the area, 2 × 4 %.
    areas = sizes.prod(1) / SIZE**2
    assert 0.02 / 1.08 <= areas.min() < 0.03
    assert 0.19 < areas.max() <= 0.2 * 1.03
    tallness = sizes[:, 0] / sizes[:, 1]
    assert 0.5 / 1.08 <= tallness.min() < 0.55
    assert 1.9 < tallness.max() <= 2 * 1.08
    # Each fill 200 times of 600, standard error 12.
    for fill in FILLS:
        assert 150 < sum(draw.fill == fill for draw in draws) < 250


def covered(fill, other=no_face):
    patch = Patch((20, 70), (30, 40), fill, (9, 8, 7), (60, 5))
    image = Occlusion(1.0, (0, 1)).apply(CROP, patch, other)
    outside = np.ones((SIZE, SIZE), bool)
    outside[70:100, 20:60] = False
    np.testing.assert_array_equal(image[outside], CROP[outside])
    return image[70:100, 20:60]


def test_a_colour_covers_the_rectangle_and_nothing_else():
    assert (covered("colour") == [9, 8, 7]).all()


def test_another_face_gives_its_own_pixels():
    np.testing.assert_array_equal(covered("face", lambda: OTHER), OTHER[5:35, 60:100])


def test_noise_is_uniform():
    noise = covered("noise").astype(float)
    # Mean 127.5 and deviation 73.9 of 0..255; the mean of 3600 strays by 1.2.
    assert abs(noise.mean() - 127.5) < 6
    assert abs(noise.std() - 73.9) < 4


def test_the_input_stays_as_it_is():
    before = CROP.copy()
    covered("colour")
    np.testing.assert_array_equal(CROP, before)


def test_in_training_the_piece_comes_from_another_face():
    """Faces of one grey each: a crop shows its own and one other, never a third of its own."""
    scheme = get_scheme("aflw19")
    points = np.random.default_rng(0).uniform(10, 40, (19, 2))
    faces = [
        FaceSample(f"grey {i}", points, np.array([8.0, 8, 42, 42]), pixels=np.full((50, 50, 3), i))
        for i in np.arange(5, dtype=np.uint8)
    ]
    crops = FaceCrops(faces, scheme, face_crop.Padding())
    augmentation = Augmentation.from_config(AugmentationConfig(occlusion=1.0))
    seen = set()
    for seed in range(200):
        patch = augmentation.sample(np.random.default_rng(seed)).patch
        image, _ = crops.augmented(2, augmentation, np.random.default_rng(seed))
        if patch.fill == "face":
            greys = set(np.unique(image).tolist())
            assert len(greys) == 2
            assert 2 in greys
            seen |= greys
    assert seen == {0, 1, 2, 3, 4}
