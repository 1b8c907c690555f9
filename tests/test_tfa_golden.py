"""Our geometry, crop, augmentations and SIFC give what tensorflow-addons 0.23 gave.

Where they differ, docs/tensorflow_addons.md says how.

golden/tfa_golden.npz was made once by golden/make_tfa_golden.py, on the last release there will be.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy import ndimage

from tf_facealign import face_crop, geometry
from tf_facealign.data.augmentations import colours, filters

# OpenCV adds two terms rounded to 1/1024 pixel and rounds their sum to 1/32.
SAMPLE_ERROR_PX = 1 / 64 + 1 / 1024


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).parent / "golden" / "tfa_golden.npz") as arrays:
        return dict(arrays)


def cut_px(image, out_px_to_image_px):
    """face_crop.cut, told where each pixel of the output lies; cropped to the image's size."""
    size = max(image.shape[:2])
    unit_to_out_px = geometry.scale_and_shift(size, -0.5)
    affine = geometry.compose_affines(out_px_to_image_px, unit_to_out_px)
    return face_crop.cut(image, affine, size)[: image.shape[0], : image.shape[1]]


def bilinear(image, points_px):
    """Exact bilinear samples at (..., 2) points (x, y)."""
    places = [points_px[..., 1], points_px[..., 0]]
    channels = [
        ndimage.map_coordinates(image[..., c].astype(np.float64), places, order=1, mode="nearest")
        for c in range(image.shape[-1])
    ]
    return np.stack(channels, axis=-1)


def check_warp(image, out_px_to_image_px, expected):
    """Compare where the source lies inside the image: outside, tfa gives 0, we repeat the edge."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    points = geometry.apply_affine(out_px_to_image_px, np.stack([columns, rows], axis=-1))
    inside = ((points > 1e-3) & (points < [width - 1 - 1e-3, height - 1 - 1e-3])).all(-1)
    assert inside.mean() > 0.4

    # tfa transforms coordinates of up to 28 pixels in float32.
    np.testing.assert_allclose(bilinear(image, points)[inside], expected[inside], atol=2e-3)
    steepest = sum(np.abs(np.diff(image, axis=axis)).max() for axis in (0, 1))
    crop = cut_px(image, out_px_to_image_px)
    np.testing.assert_allclose(crop[inside], expected[inside], atol=steepest * SAMPLE_ERROR_PX)


@pytest.mark.parametrize("index", [0, 1])
def test_image_transform(golden, index):
    numbers = golden["transform/matrix"][index]
    assert (numbers[6:] == 0).all(), "an affine, no perspective"
    check_warp(
        golden["transform/image"][index],
        numbers[:6].reshape(2, 3),
        golden["transform/out"][index],
    )


@pytest.mark.parametrize("index", [0, 1])
def test_image_rotate(golden, index):
    # tfa turns the picture counter-clockwise; a crop whose own axes turn clockwise shows just that.
    image = golden["rotate/image"][index]
    height, width = image.shape[:2]
    centre = np.array([width - 1, height - 1]) / 2
    turn = geometry.rotation(np.rad2deg(golden["rotate/angles"][index]))
    about_centre = geometry.compose_affines(
        geometry.scale_and_shift(1, centre),
        geometry.compose_affines(turn, geometry.scale_and_shift(1, -centre)),
    )
    check_warp(image, about_centre, golden["rotate/out"][index])


@pytest.mark.parametrize("index", [0, 1])
def test_image_translate(golden, index):
    shift = geometry.scale_and_shift(1, -golden["translate/shift"][index])
    check_warp(golden["translate/image"][index], shift, golden["translate/out"][index])


def test_image_interpolate_bilinear(golden):
    from tf_facealign.models.sifc import SIFC

    features = golden["interpolate_bilinear/features"]
    shape_unit = geometry.px_to_unit(golden["interpolate_bilinear/points"], features.shape[1:3])
    patches = np.asarray(SIFC(patch_size=5)(features, shape_unit))
    # The middle of a patch is the bilinear sample at its landmark. float32: coordinates of up to 11
    # pixels carry 1e-6 of rounding, features change by up to 7 a pixel.
    np.testing.assert_allclose(patches[:, :, 2, 2], golden["interpolate_bilinear/out"], atol=2e-5)


@pytest.mark.parametrize("size", [3, 5])
def test_image_gaussian_filter2d(golden, size):
    sigma = {3: 0.8, 5: 1.5}[size]
    blur = filters.GaussianBlur(1.0, (0.0, 2.0))
    # tfa cuts the kernel to a given size, we at 3 sigma: the two weigh a pixel differently by
    # `kernels`. They both sum to 1, so a picture's middle level cancels, and what is left is at
    # most half of its range.
    reach = int(np.ceil(3 * sigma))
    kernels = gaussian_weights(sigma, reach, reach) - gaussian_weights(sigma, size // 2, reach)
    for image, out in zip(
        golden[f"gaussian_blur_{size}/image"], golden[f"gaussian_blur_{size}/out"], strict=True
    ):
        same_size = cv2.GaussianBlur(image, (size, size), sigma)
        np.testing.assert_allclose(same_size, out, atol=1e-3)
        bound = np.abs(kernels).sum() * np.ptp(image) / 2
        np.testing.assert_allclose(blur.change(image, (sigma,)), out, atol=bound + 1e-3)


def gaussian_weights(sigma, reach, half):
    """A Gaussian kernel that ends at `reach`, in the middle of 2 · half + 1 pixels squared."""
    places = np.arange(-half, half + 1)
    weights = np.exp(-(places**2) / (2 * sigma**2)) * (np.abs(places) <= reach)
    return np.outer(weights, weights) / weights.sum() ** 2


def test_image_mean_filter2d(golden):
    blur = filters.AverageBlur(1.0, (3, 3))
    for image, out in zip(
        golden["average_blur_3/image"], golden["average_blur_3/out"], strict=True
    ):
        np.testing.assert_allclose(blur.change(image, (3,)), out, atol=1e-3)


def test_image_median_filter2d(golden):
    blur = filters.MedianBlur(1.0, (3, 3))
    for image, out in zip(golden["median_blur_3/image"], golden["median_blur_3/out"], strict=True):
        # OpenCV repeats the edge where tfa reflected: compare inside of it.
        inside = np.s_[1:-1, 1:-1]
        np.testing.assert_array_equal(blur.change(image, (3,))[inside], out[inside])


@pytest.mark.parametrize("factor", [0.4, 1.8])
def test_image_sharpness(golden, factor):
    # tfa blends with a smoothed picture, f · x + (1 - f) · (4 · x + the sum of 3×3) / 13, so each
    # neighbour weighs (1 - f) / 13: our amount is (f - 1) / 13, below 0 where tfa smooths.
    sharpen = filters.Sharpen(1.0, (0.0, 1.0))
    for image, out in zip(
        golden[f"sharpness_{factor}/image"], golden[f"sharpness_{factor}/out"], strict=True
    ):
        ours = sharpen.apply(image, ((factor - 1) / 13,))
        # tfa leaves the rim as it was, and drops fractions, of the smoothed picture and of the
        # blend, where we round once: less than |1 - f| + 1 + 1/2 levels, so one level.
        inside = np.s_[1:-1, 1:-1]
        assert np.abs(ours[inside].astype(int) - out[inside]).max() <= 1
        np.testing.assert_array_equal(out[:, 0], image[:, 0])


@pytest.mark.parametrize("index", [0, 1])
def test_image_adjust_hsv_in_yiq(golden, index):
    # 0.3 radians, saturation 1.2 and, what is no part of our operation, value 0.9.
    operation = colours.HueSaturation(1.0, (-180.0, 180.0), (0.0, 2.0))
    image = golden["hue_saturation/image"][index]
    ours = 0.9 * operation.change(image, (np.rad2deg(0.3), 1.2))
    np.testing.assert_allclose(ours, golden["hue_saturation/out"][index], atol=1e-6)


@pytest.mark.parametrize("name", ["AdamW", "SGD"])
def test_weight_decay_is_scaled_by_the_learning_rate(name):
    import keras

    optimizer = getattr(keras.optimizers, name)(learning_rate=0.1, weight_decay=0.2)
    weight = keras.Variable([3.0])
    optimizer.apply([keras.ops.zeros((1,))], [weight])
    # No gradient, so only the decay moves it: 3 - 0.1 · 0.2 · 3.
    np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), [2.94], rtol=1e-6)


def test_moving_average_is_an_optimizer_option():
    import keras

    optimizer = keras.optimizers.SGD(learning_rate=1.0, use_ema=True, ema_momentum=0.75)
    weight = keras.Variable([8.0])
    optimizer.build([weight])
    for _ in range(2):
        optimizer.apply([keras.ops.full((1,), 2.0)], [weight])
    # The weight goes 8, 6, 4; its average 6 after the first step, then 0.75 · 6 + 0.25 · 4.
    optimizer.finalize_variable_values([weight])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), [5.5], rtol=1e-6)
