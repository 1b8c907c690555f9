import cv2
import numpy as np
import pytest

from tf_facealign import face_crop, geometry
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding

# OpenCV adds two terms rounded to 1/1024 pixel and rounds their sum to 1/32.
SAMPLE_ERROR_PX = 1 / 64 + 1 / 1024
NO_PADDING = Padding(0, 0, 0, 0)
UNEVEN_PADDING = Padding(0.1, -0.123, 0.1, 0.077)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def ramp(height, width, slope_x, slope_y):
    """A plane: the value at (x, y) is slope_x · x + slope_y · y, so sampling has a closed form."""
    y, x = np.mgrid[:height, :width]
    return np.repeat((slope_x * x + slope_y * y)[..., None], 3, axis=-1).astype(np.float32)


def turned(side_px, degrees, centre_px):
    """Unit coordinates of a crop → pixels, for a square turned about its centre."""
    about_middle = geometry.scale_and_shift(side_px, -side_px / 2)
    there = geometry.compose_affines(geometry.rotation(degrees), about_middle)
    return geometry.compose_affines(geometry.scale_and_shift(1, centre_px), there)


def pixels_of_crop_px(affine, size):
    """Where in the image the centre of each crop pixel lies, (size, size, 2)."""
    rows, columns = np.mgrid[:size, :size]
    unit = (np.stack([columns, rows], axis=-1) + 0.5) / size
    return geometry.apply_affine(affine, unit)


def cut_by_loops(image, affine, size):
    """The naive oracle: float64 bilinear sampling, the image's edge repeated."""
    height, width = image.shape[:2]
    crop = np.zeros((size, size, 3))
    for (row, column), (x, y) in zip(
        np.ndindex(size, size), pixels_of_crop_px(affine, size).reshape(-1, 2), strict=True
    ):
        for x_near in (np.floor(x), np.floor(x) + 1):
            for y_near in (np.floor(y), np.floor(y) + 1):
                weight = (1 - abs(x - x_near)) * (1 - abs(y - y_near))
                x_in = int(np.clip(x_near, 0, width - 1))
                y_in = int(np.clip(y_near, 0, height - 1))
                crop[row, column] += weight * image[y_in, x_in]
    return crop


def steepest(image):
    """The largest step between neighbouring pixels along x plus that along y."""
    values = image.astype(np.float64)
    return sum(np.abs(np.diff(values, axis=axis)).max() for axis in (0, 1))


def smooth(height, width):
    return cv2.resize(noise(7, 6), (width, height), interpolation=cv2.INTER_LINEAR)


# --- box → affine ---


@pytest.mark.parametrize(
    ("box", "padding", "corner", "side"),
    [
        ((10, 20, 110, 120), NO_PADDING, (10, 20), 100),
        # 100 wide and high, 10 % each side: 120, from 10 - 10 and 20 - 10.
        ((10, 20, 110, 120), Padding(), (0, 10), 120),
        # 40 × 100: the square takes the longer side, 100, about the centre (30, 70).
        ((10, 20, 50, 120), NO_PADDING, (-20, 20), 100),
        ((10, 20, 110, 60), NO_PADDING, (10, -10), 100),
        # Less at the top, 100 × 100: x -10..110; y 12.3..107.7, 95.4 high; side 120 about (50, 60).
        ((0, 0, 100, 100), UNEVEN_PADDING, (-10, 0), 120),
        ((-30.5, -20.25, -10.5, -0.25), NO_PADDING, (-30.5, -20.25), 20),
    ],
)
def test_crop_affine_golden(box, padding, corner, side):
    affine = face_crop.crop_affine(box, padding)
    np.testing.assert_allclose(affine, [[side, 0, corner[0]], [0, side, corner[1]]], atol=1e-12)


def test_crop_affine_follows_its_box():
    box = np.array([12.0, 30, 75, 88])
    affine = face_crop.crop_affine(box, UNEVEN_PADDING)
    moved = face_crop.crop_affine(box + np.array([5, -7, 5, -7]), UNEVEN_PADDING)
    np.testing.assert_allclose(moved - affine, [[0, 0, 5], [0, 0, -7]], atol=1e-12)
    np.testing.assert_allclose(face_crop.crop_affine(3 * box, UNEVEN_PADDING), 3 * affine)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((10, 10, 10, 50), "has no area"),
        ((10, 10, 50, 10), "has no area"),
        ((50, 10, 10, 50), "has no area"),
        ((10, 50, 50, 10), "has no area"),
        ((10, 10, 50), "not four finite numbers"),
        ((10, 10, 50, 50, 0.9), "not four finite numbers"),
        (((10, 10), (50, 50)), "not four finite numbers"),
        ((10, np.nan, 50, 50), "not four finite numbers"),
        ((10, 10, np.inf, 50), "not four finite numbers"),
    ],
)
def test_crop_affine_refuses(box, message):
    with pytest.raises(BadInput, match=message):
        face_crop.crop_affine(box, NO_PADDING)


@pytest.mark.parametrize("padding", [Padding(-0.5, 0, -0.5, 0), Padding(0, -0.9, 0, -0.9)])
def test_crop_affine_refuses_a_padding_that_inverts_the_box(padding):
    with pytest.raises(BadInput, match="after padding"):
        face_crop.crop_affine((0, 0, 10, 10), padding)


def test_landmarks_box():
    box = face_crop.landmarks_box([[3, 9], [-1, 4], [8, 5.5]])
    np.testing.assert_array_equal(box, [-1, 4, 8, 9])


# --- points through the crop ---


def test_landmarks_round_trip():
    affine = turned(77, 21, (40, 60))
    landmarks = np.random.default_rng(0).uniform(0, 100, (4, 68, 2))
    unit = face_crop.landmarks_to_unit(landmarks, affine)
    np.testing.assert_allclose(face_crop.landmarks_to_px(unit, affine), landmarks, atol=1e-9)


@pytest.mark.parametrize("degrees", [0, 30, -75, 180])
@pytest.mark.parametrize("side", [40, 112, 300])
def test_a_dot_is_found_at_its_mapped_point(side, degrees):
    affine = turned(side, degrees, (200, 180))
    dot_px = geometry.apply_affine(affine, [0.7, 0.2])
    rows, columns = np.mgrid[:360, :400]
    squared = (columns - dot_px[0]) ** 2 + (rows - dot_px[1]) ** 2
    # As wide as 2.5 crop pixels, so that the crop samples it well.
    width_px = 2.5 * side / 112
    blob = 255 * np.exp(-squared / (2 * width_px**2))
    crop = face_crop.cut(np.repeat(blob[..., None], 3, -1).round().astype(np.uint8), affine)

    weights = crop[..., 0].astype(float)
    y_found, x_found = (
        np.tensordot(weights, axis, 2) / weights.sum() for axis in np.mgrid[:112, :112]
    )
    # The centroid of some 40 samples, each rounded to a grey level: far below a tenth of a pixel.
    np.testing.assert_allclose(
        geometry.px_to_unit(np.array([x_found, y_found]), (112, 112)), [0.7, 0.2], atol=0.05 / 112
    )


# --- the pixels ---


def test_an_aligned_crop_copies_pixels():
    image = noise(60, 50)
    affine = geometry.scale_and_shift(20, (7 - 0.5, 11 - 0.5))  # 20 px a side from pixel (7, 11)
    np.testing.assert_array_equal(face_crop.cut(image, affine, 20), image[11:31, 7:27])


@pytest.mark.parametrize(
    "affine",
    [
        turned(18, 0, (25, 30)),
        turned(25.3, 35, (22.7, 31.1)),
        turned(40, -80, (30, 25)),
        turned(30, 10, (2, 58)),  # leaves the image at a corner
        turned(10, 0, (-40, 100)),  # lies outside it
        geometry.compose_affines(
            turned(30, 20, (25, 30)), geometry.scale_and_shift((-1, 1), (1, 0))
        ),
    ],
)
def test_cut_equals_the_loops(affine):
    image = smooth(60, 50)
    crop = face_crop.cut(image, affine, 32)
    # A grey level is rounded by at most 0.5, its four weights by 2**-15 of 255 each.
    tolerance = steepest(image) * SAMPLE_ERROR_PX + 0.5 + 4 * 255 / 2**15
    np.testing.assert_allclose(crop, cut_by_loops(image, affine, 32), atol=tolerance)


def test_an_upscaled_crop_has_the_values_of_the_plane():
    affine = turned(11.7, 24, (31.3, 28.9))
    image = ramp(60, 60, 2.0, 1.5)
    x, y = np.moveaxis(pixels_of_crop_px(affine, 112), -1, 0)
    crop = face_crop.cut(image, affine)[..., 0]
    np.testing.assert_allclose(crop, 2.0 * x + 1.5 * y, atol=(2.0 + 1.5) * SAMPLE_ERROR_PX + 1e-4)


# numpy.linalg.det gives 7 - 3e-15 image pixels a crop pixel for the last.
@pytest.mark.parametrize("block", [2, 3, 7])
def test_a_whole_multiple_averages_blocks(block):
    side = 16 * block
    image = noise(side, side)
    crop = face_crop.cut(image, geometry.scale_and_shift(side, -0.5), 16)
    means = image.reshape(16, block, 16, block, 3).mean((1, 3))
    np.testing.assert_allclose(crop, means, atol=0.5 + 1e-6)


@pytest.mark.parametrize("side", [230, 336, 450.5, 900])
@pytest.mark.parametrize("degrees", [0, 17, 90])
def test_averaging_shifts_nothing(side, degrees):
    # Averaging keeps the value of a plane at the block's middle, whatever the block.
    affine = turned(side, degrees, (701.3, 698.6))
    image = ramp(1400, 1400, 0.11, 0.07)
    x, y = np.moveaxis(pixels_of_crop_px(affine, 112), -1, 0)
    crop = face_crop.cut(image, affine)[..., 0]
    block = side // 112
    np.testing.assert_allclose(
        crop, 0.11 * x + 0.07 * y, atol=(0.11 + 0.07) * block * SAMPLE_ERROR_PX + 1e-3
    )


def test_no_aliasing():
    # One-pixel stripes, 4.02 image pixels a crop pixel: plain bilinear sampling gives moiré.
    image = np.zeros((600, 600, 3), np.uint8)
    image[:, ::2] = 255
    crop = face_crop.cut(image, turned(4.02 * 112, 0, (300.2, 300)))
    assert np.ptp(crop) <= 1
    assert abs(crop.mean() - 127.5) <= 1


@pytest.mark.parametrize("side", [30, 500])
def test_outside_the_image_its_edge_repeats(side):
    image = np.full((90, 80, 3), 100, np.uint8)
    image[:, -12:] = 200
    crop = face_crop.cut(image, geometry.scale_and_shift(side, (300, 20)), 28)
    np.testing.assert_array_equal(crop, 200)


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 2)])
@pytest.mark.parametrize("side", [1.5, 60, 1e4, 1e30])
def test_tiny_images_and_huge_boxes(size, side):
    image = np.full((*size, 3), 77, np.uint8)
    np.testing.assert_array_equal(face_crop.cut(image, turned(side, 5, (0, 0)), 28), 77)


@pytest.mark.parametrize("size", [(40000, 20), (20, 40000)])
def test_images_wider_than_opencv_warps(size):
    # cv2.warpAffine itself refuses 32767 pixels and more.
    image = np.zeros((*size, 3), np.uint8)
    middle_px = np.array(size[::-1]) - [10, 10]
    image[middle_px[1] - 3 : middle_px[1] + 4, middle_px[0] - 3 : middle_px[0] + 4] = 255
    crop = face_crop.cut(image, turned(15, 0, middle_px), 15)
    expected = np.zeros((15, 15, 3))
    expected[4:11, 4:11] = 255
    np.testing.assert_array_equal(crop, expected)


def test_the_image_may_be_a_view():
    image, affine = noise(60, 50), turned(30, 5, (25, 30))
    mirrored = image[:, ::-1]
    image.setflags(write=False)
    np.testing.assert_array_equal(
        face_crop.cut(mirrored, affine), face_crop.cut(mirrored.copy(), affine)
    )


def test_the_default_size():
    assert face_crop.cut(noise(60, 50), turned(30, 5, (25, 30))).shape == (112, 112, 3)
