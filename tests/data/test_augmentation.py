"""The whole of the augmentations: what is drawn, in which order, and what that leaves alone."""

import numpy as np
import pytest
import tensorflow as tf

from tf_facealign import face_crop
from tf_facealign.augmentation_config import PROBABILITIES, AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations import colours, filters
from tf_facealign.data.augmentations.augmentation import Augmentation, apply_operations
from tf_facealign.data.augmentations.noise import GaussianNoise
from tf_facealign.data.input_pipeline import FaceCrops, training_batches
from tf_facealign.data.synthetic_faces import synthetic_faces

SCHEME = get_scheme("aflw19")
COUNT = 4
OPERATIONS = [name for name in PROBABILITIES if name != "flip"]
STILL = {"translate": 0.0, "rotate_degrees": 0.0, "scale": (1.0, 1.0), "flip": 0.0}


def augmentation(probability, **changes):
    return Augmentation.from_config(
        AugmentationConfig(**{**dict.fromkeys(OPERATIONS, probability), **changes})
    )


@pytest.fixture(scope="module")
def crops():
    return FaceCrops(synthetic_faces(COUNT, SCHEME, size=128), SCHEME, face_crop.Padding())


def test_the_papers_operations_are_all_there():
    kinds = [type(op).__name__ for op in augmentation(1.0).operations]
    assert kinds == [
        "MedianBlur",
        "GaussianBlur",
        "AverageBlur",
        "Sharpen",
        "Emboss",
        "GaussianNoise",
        "Add",
        "HueSaturation",
        "Contrast",
        "Greyscale",
    ]
    assert len(OPERATIONS) == len(kinds) + 1  # and occlusion


def test_by_default_only_the_placement_is_random(crops):
    default = Augmentation.from_config(AugmentationConfig())
    draw = default.sample(np.random.default_rng(3))
    assert draw.patch is None
    assert draw.operations == []
    assert draw.placement == default.placement.sample(np.random.default_rng(3))
    still = augmentation(0.0, **STILL)
    for index in range(COUNT):
        image, shape = crops.augmented(index, still, np.random.default_rng(index))
        plain, plain_shape = crops.plain(index)
        np.testing.assert_array_equal(image, plain)
        np.testing.assert_allclose(shape, plain_shape, atol=1e-6)


@pytest.mark.parametrize("key", OPERATIONS)
def test_every_key_of_the_configuration_changes_pixels_and_no_landmark(crops, key):
    one = augmentation(0.0, **STILL, **{key: 1.0})
    image, shape = crops.augmented(0, one, np.random.default_rng(11))
    plain, plain_shape = crops.plain(0)
    assert (image != plain).mean() > 0.01
    np.testing.assert_allclose(shape, plain_shape, atol=1e-6)


def test_operations_come_as_often_as_asked():
    some = augmentation(0.3)
    draws = [some.sample(np.random.default_rng(seed)) for seed in range(1000)]
    # 300 of 1000, standard error 14.5.
    for op in some.operations:
        assert 230 < sum(op in [o for o, _ in draw.operations] for draw in draws) < 370
    assert 230 < sum(draw.patch is not None for draw in draws) < 370


def test_one_rounding_for_all_equals_one_after_the_other():
    """Where nothing clips: each rounding in between errs by 1/2, and is then amplified.

    Here by the sharpening, 1 + 16 · 0.1 = 2.6, and by the contrast, 1.2.
    """
    picture = np.random.default_rng(0).integers(110, 146, (112, 112, 3)).astype(np.uint8)
    drawn = [
        (filters.GaussianBlur(1.0, (0, 2)), (1.2,)),
        (filters.Sharpen(1.0, (0, 1)), (0.1,)),
        (GaussianNoise(1.0, (0, 13)), (4.0, 0, 0)),
        (colours.Add(1.0, (-40, 40)), (12.3, 12.3, -8.6)),
        (colours.Contrast(1.0, (0, 2)), (1.2,)),
        (colours.Greyscale(1.0, (0, 1)), (0.5,)),
    ]
    together = apply_operations(picture, drawn)
    assert together.min() > 0
    assert together.max() < 255
    one_by_one, error = picture, 0.0
    for (op, params), amplification in zip(drawn, [1, 2.6, 1, 1, 1.2, 1], strict=True):
        one_by_one = op.apply(one_by_one, params)
        error = error * amplification + 0.5
    difference = np.abs(together.astype(float) - one_by_one)
    assert difference.max() <= error + 0.5
    assert difference.mean() < 1

    exact = picture.astype(np.float32)
    for op, params in drawn:
        exact = op.change(exact, params)
    # Unrounded they are the same: what is left is the one rounding at the end.
    np.testing.assert_allclose(together, exact, atol=0.501)


def test_a_clip_in_between_does_not_happen():
    """Light that is lost to 255 and comes back: +100, then a quarter of the contrast."""
    white = np.full((2, 2, 3), 250, np.uint8)
    drawn = [
        (colours.Add(1.0, (0, 100)), (100.0,) * 3),
        (colours.Contrast(1.0, (0, 1)), (0.25,)),
    ]
    # 127.5 + (350 - 127.5) / 4 = 183.1; clipped at 255 first it were 159.4.
    assert (apply_operations(white, drawn) == 183).all()


def test_colours_compose_in_order():
    outer = colours.Contrast(1.0, (0, 2)).affine((1.3,))
    inner = colours.HueSaturation(1.0, (-9, 9), (0, 2)).affine((30.0, 0.7))
    colour = np.array([200.0, 90, 40])
    expected = outer @ [*(inner @ [*colour, 1]), 1]
    np.testing.assert_allclose(colours.compose_colours(outer, inner) @ [*colour, 1], expected)


def test_inside_tf_data_equals_alone(crops):
    every = augmentation(0.6)
    batches = training_batches(crops, every, outputs=["shape_0"], batch_size=COUNT, seed=5)
    images, targets = next(iter(batches))
    order = np.random.default_rng((5, 0)).permutation(COUNT)
    for position, index in enumerate(order):
        alone = crops.augmented(int(index), every, np.random.default_rng((5, 0, position)))
        np.testing.assert_array_equal(images[position], alone[0])
        np.testing.assert_array_equal(targets["shape_0"][position], alone[1])
    assert images.dtype == tf.float32
