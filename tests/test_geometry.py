import numpy as np
import pytest

from tf_facealign import geometry

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-50, 50, (3, 7, 2))


def some_affine(seed):
    rng = np.random.default_rng(seed)
    return np.column_stack([np.eye(2) + rng.uniform(-0.4, 0.4, (2, 2)), rng.uniform(-9, 9, 2)])


@pytest.mark.parametrize(
    ("point_px", "size", "point_unit"),
    [
        # u = (x + 0.5) / width, v = (y + 0.5) / height; sizes are (height, width).
        ((0, 0), (4, 8), (0.5 / 8, 0.5 / 4)),
        ((7, 3), (4, 8), (7.5 / 8, 3.5 / 4)),
        ((-0.5, -0.5), (4, 8), (0, 0)),  # the outer edge of the first pixel
        ((7.5, 3.5), (4, 8), (1, 1)),  # the outer edge of the last pixel
        ((3.5, 1.5), (4, 8), (0.5, 0.5)),  # the middle of an even size lies between pixels
        ((1, 1), (3, 3), (0.5, 0.5)),  # the middle of an odd size is a pixel
    ],
)
def test_unit_coordinates_golden(point_px, size, point_unit):
    np.testing.assert_allclose(geometry.px_to_unit(np.array(point_px), size), point_unit)
    np.testing.assert_allclose(geometry.unit_to_px(np.array(point_unit), size), point_px)


def test_unit_coordinates_round_trip():
    there = geometry.px_to_unit(POINTS, (30, 40))
    np.testing.assert_allclose(geometry.unit_to_px(there, (30, 40)), POINTS, atol=1e-12)


def test_unit_coordinates_mean_the_same_place_on_a_feature_map():
    # One cell of a stride-2 map covers two pixels; its centre lies between them.
    np.testing.assert_allclose(
        geometry.px_to_unit(np.array([0.5, 2.5]), (112, 112)),
        geometry.px_to_unit(np.array([0.0, 1.0]), (56, 56)),
    )


def test_unit_coordinates_keep_single_precision():
    assert geometry.px_to_unit(POINTS.astype("float32"), (30, 40)).dtype == np.float32
    assert geometry.unit_to_px(POINTS.astype("float32"), (30, 40)).dtype == np.float32


def test_apply_affine_equals_the_loop():
    affine = some_affine(1)
    mapped = geometry.apply_affine(affine, POINTS)
    for index in np.ndindex(POINTS.shape[:-1]):
        x, y = POINTS[index]
        expected = [row[0] * x + row[1] * y + row[2] for row in affine]
        np.testing.assert_allclose(mapped[index], expected)


@pytest.mark.parametrize("shape", [(2,), (5, 2), (0, 2), (2, 3, 4, 2)])
def test_apply_affine_keeps_the_shape(shape):
    assert geometry.apply_affine(some_affine(1), np.zeros(shape)).shape == shape


def test_compose_applies_the_inner_first():
    outer, inner = some_affine(1), some_affine(2)
    np.testing.assert_allclose(
        geometry.apply_affine(geometry.compose_affines(outer, inner), POINTS),
        geometry.apply_affine(outer, geometry.apply_affine(inner, POINTS)),
    )


def test_compose_is_not_commutative():
    turn, shift = geometry.rotation(90), geometry.scale_and_shift(1, (10, 0))
    # Shift to (11, 0), then turn to (0, 11); or turn to (0, 1), then shift to (10, 1).
    np.testing.assert_allclose(
        geometry.apply_affine(geometry.compose_affines(turn, shift), [1, 0]), [0, 11], atol=1e-12
    )
    np.testing.assert_allclose(
        geometry.apply_affine(geometry.compose_affines(shift, turn), [1, 0]), [10, 1], atol=1e-12
    )


@pytest.mark.parametrize("seed", range(5))
def test_invert_undoes(seed):
    affine = some_affine(seed)
    identity = geometry.compose_affines(geometry.invert_affine(affine), affine)
    np.testing.assert_allclose(identity, [[1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_a_flattening_affine_has_no_inverse():
    with pytest.raises(np.linalg.LinAlgError):
        geometry.invert_affine(geometry.scale_and_shift((1, 0), 0))


@pytest.mark.parametrize(
    ("scale", "shift", "expected"),
    [
        (2, 3, [[2, 0, 3], [0, 2, 3]]),
        ((2, 5), 3, [[2, 0, 3], [0, 5, 3]]),
        (2, (3, 4), [[2, 0, 3], [0, 2, 4]]),
    ],
)
def test_scale_and_shift(scale, shift, expected):
    np.testing.assert_array_equal(geometry.scale_and_shift(scale, shift), expected)


def test_rotation_turns_x_towards_y():
    np.testing.assert_allclose(
        geometry.apply_affine(geometry.rotation(90), [[1, 0], [0, 1]]),
        [[0, 1], [-1, 0]],
        atol=1e-12,
    )


def test_rotation_keeps_distances_and_adds_up():
    turned = geometry.apply_affine(geometry.rotation(33), POINTS)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(POINTS, axis=-1))
    np.testing.assert_allclose(
        geometry.compose_affines(geometry.rotation(20), geometry.rotation(13)),
        geometry.rotation(33),
    )
