"""Each operation against loops or formulas in float64, on a small picture."""

import itertools

import numpy as np
import pytest

from tf_facealign.data.augmentations import colours, filters
from tf_facealign.data.augmentations.noise import GaussianNoise
from tf_facealign.data.augmentations.operation import to_uint8

# Away from 0 and 255, so that no operation below clips.
IMAGE = np.random.default_rng(1).integers(90, 166, (9, 11, 3)).astype(np.uint8)
# Every range of an operation here lies in this one, so draws can be checked against it.
RANGE = (0.25, 0.75)
OPERATIONS = [
    filters.MedianBlur(1.0, (3, 5)),
    filters.GaussianBlur(1.0, RANGE),
    filters.AverageBlur(1.0, (3, 7)),
    filters.Sharpen(1.0, RANGE),
    filters.Emboss(1.0, RANGE),
    GaussianNoise(1.0, RANGE),
    colours.Add(1.0, RANGE),
    colours.HueSaturation(1.0, RANGE, RANGE),
    colours.Contrast(1.0, RANGE),
    colours.Greyscale(1.0, RANGE),
]


def name(operation):
    return type(operation).__name__


def windows(image, side, mode="reflect"):
    """Every pixel's (side, side, 3) surroundings, by loops; (row, column, window)."""
    margin = side // 2
    wide = np.pad(image.astype(np.float64), ((margin, margin), (margin, margin), (0, 0)), mode)
    for row, column in itertools.product(*map(range, image.shape[:2])):
        yield row, column, wide[row : row + side, column : column + side]


def correlated(image, kernel):
    out = np.empty(image.shape)
    for row, column, window in windows(image, len(kernel)):
        out[row, column] = (window * np.asarray(kernel)[..., None]).sum((0, 1))
    return out


def check(operation, params, expected):
    """`change` keeps fractions: float32 arithmetic on sums of up to 2000 errs by 1e-3 at most."""
    changed = operation.change(IMAGE.astype(np.float32), params)
    assert changed.dtype == np.float32
    np.testing.assert_allclose(changed, expected, atol=1e-3)
    np.testing.assert_allclose(operation.apply(IMAGE, params), expected, atol=0.501)


@pytest.mark.parametrize("side", [3, 5])
def test_median_blur(side):
    expected = np.empty(IMAGE.shape)
    for row, column, window in windows(IMAGE, side, "edge"):
        expected[row, column] = np.median(window, axis=(0, 1))
    check(filters.MedianBlur(1.0, (3, 5)), (side,), expected)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 1.3])
def test_gaussian_blur(sigma):
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel = np.outer(weights, weights) / weights.sum() ** 2
    check(filters.GaussianBlur(1.0, (0, 2)), (sigma,), correlated(IMAGE, kernel))


@pytest.mark.parametrize("side", [1, 3, 5])
def test_average_blur(side):
    kernel = np.full((side, side), 1 / side**2)
    check(filters.AverageBlur(1.0, (1, 5)), (side,), correlated(IMAGE, kernel))


def test_sharpen_is_imgaugs():
    # imgaug, lightness 1: (1 - a) · nothing + a · [[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]].
    kernel = 0.8 * np.pad([[1.0]], 1) + 0.2 * np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])
    check(filters.Sharpen(1.0, (0, 1)), (0.2,), correlated(IMAGE, kernel))


def test_emboss_is_imgaugs():
    # imgaug, strength 1: (1 - a) · nothing + a · [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]].
    kernel = 0.7 * np.pad([[1.0]], 1) + 0.3 * np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])
    check(filters.Emboss(1.0, (0, 1)), (0.3,), correlated(IMAGE, kernel))


def test_noise_is_white_normal_and_scaled():
    grey = np.full((112, 112, 3), 100, np.float32)
    operation = GaussianNoise(1.0, (0, 13))
    added = operation.change(grey, (8.0, 5, 70)) - grey
    # 37632 numbers: their mean strays by 8/194, their deviation by 8/274 (one standard error).
    assert abs(added.mean()) < 5 * 8 / 194
    assert abs(added.std() - 8) < 5 * 8 / 274
    # Neighbours, channels and shifted windows are uncorrelated: a correlation strays by 1/194.
    other = operation.change(grey, (8.0, 6, 70)) - grey
    pairs = [(added[1:], added[:-1]), (added[..., 0], added[..., 1]), (added, other)]
    for first, second in pairs:
        assert abs((first * second).mean() / 64) < 5 / 194 * np.sqrt(added.size / first.size)
    # Half of the sigma is half of the noise; float32 resolves 100 to 8e-6.
    half = operation.change(grey, (4.0, 5, 70)) - grey
    np.testing.assert_allclose(half, added / 2, atol=2e-5)


def test_add():
    expected = IMAGE + np.array([4.25, -3.0, 10.0])
    check(colours.Add(1.0, (-40, 40)), (4.25, -3.0, 10.0), expected)
    draws = [colours.Add(1.0, (-40, 40)).sample(np.random.default_rng(seed)) for seed in range(400)]
    # 400 throws of a coin: 200, standard error 10.
    assert 160 < sum(red == green == blue for red, green, blue in draws) < 240


def test_contrast():
    check(colours.Contrast(1.0, (0, 2)), (1.6,), 127.5 + 1.6 * (IMAGE - 127.5))


def test_greyscale():
    luma = IMAGE @ np.array([0.299, 0.587, 0.114])
    check(colours.Greyscale(1.0, (0, 1)), (1.0,), luma[..., None].repeat(3, -1))
    check(colours.Greyscale(1.0, (0, 1)), (0.25,), 0.75 * IMAGE + 0.25 * luma[..., None])


def test_hue_and_saturation():
    operation = colours.HueSaturation(1.0, (-180, 180), (0, 2))
    luma = np.array([0.299, 0.587, 0.114])

    def turned(rgb, degrees, saturation=1.0):
        return operation.affine((degrees, saturation)) @ [*rgb, 1.0]

    check(operation, (0.0, 1.0), IMAGE)
    # Without saturation there is grey, as Greyscale makes it; NTSC's numbers have three digits.
    np.testing.assert_allclose(turned([200, 90, 40], 70, 0), 3 * [luma @ [200, 90, 40]], atol=0.3)
    # A turn keeps the luma and the grey, and may be undone.
    assert luma @ turned([200, 90, 40], 55)[:3] == pytest.approx(luma @ [200, 90, 40])
    np.testing.assert_allclose(turned([80, 80, 80], 55), [80, 80, 80], atol=0.2)
    np.testing.assert_allclose(turned(turned([200, 90, 40], 55), -55), [200, 90, 40])
    # As documented: red gains blue and loses green.
    _, green, blue = turned([200, 60, 60], 20)
    assert blue > 70
    assert green < 60


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_draws_follow_the_seed_and_stay_in_range(operation):
    draws = [operation.sample(np.random.default_rng(seed)) for seed in range(200)]
    assert draws[7] == operation.sample(np.random.default_rng(7))
    first = np.array([draw[0] for draw in draws])
    if hasattr(operation, "side_px"):
        low, high = operation.side_px
        assert set(first) == set(range(low, high + 1, 2))
    else:
        assert 0.25 <= first.min() < 0.27
        assert 0.73 < first.max() <= 0.75


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_applying_repeats_and_leaves_the_input_alone(operation):
    before = IMAGE.copy()
    params = operation.sample(np.random.default_rng(3))
    once, twice = operation.apply(IMAGE, params), operation.apply(IMAGE, params)
    np.testing.assert_array_equal(once, twice)
    np.testing.assert_array_equal(IMAGE, before)
    assert once.dtype == np.uint8
    assert once.shape == IMAGE.shape


@pytest.mark.parametrize("operation", OPERATIONS[:5], ids=name)
def test_filters_do_not_move_the_picture(operation):
    """A dot's centre of mass stays, so landmarks do; embossing adds the same on opposite sides."""
    dot = np.zeros((31, 31, 3), np.float32)
    dot[13:18, 13:18] = 100
    for seed in range(5):
        light = operation.change(dot, operation.sample(np.random.default_rng(seed)))[..., 0]
        if isinstance(operation, filters.Emboss):
            light = (light + light[::-1, ::-1]) / 2  # the relief cancels, what is left is the dot
        rows, columns = np.mgrid[:31, :31]
        assert (light * rows).sum() / light.sum() == pytest.approx(15, abs=1e-3)
        assert (light * columns).sum() / light.sum() == pytest.approx(15, abs=1e-3)


def test_to_uint8_rounds_and_clips():
    numbers = np.array([[[-7.0, -0.4, 0.6], [254.6, 255.4, 300.0]]], np.float32)
    assert to_uint8(numbers).tolist() == [[[0, 0, 1], [255, 255, 255]]]
