"""Drawing landmarks."""

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.visualization import LINE_RGB, POINT_RGB, REGION_RGB, draw_landmarks, region_rgb

SCHEME = get_scheme("aflw19")


def face(size, seed=0):
    """Landmarks that span 80 % of a size×size image."""
    points = np.random.default_rng(seed).uniform(0.1, 0.9, (19, 2))
    points[:2] = [[0.1, 0.1], [0.9, 0.9]]
    return points * size


@pytest.mark.parametrize("size", [100, 500, 4000])
def test_every_point_is_drawn_where_it_is(size):
    image = np.zeros((size, size, 3), np.uint8)
    points = np.round(face(size))
    drawn = draw_landmarks(image, points, SCHEME)
    for x, y in points.astype(int):
        assert drawn[y, x].min() > 0.6 * min(POINT_RGB)
    assert not image.any()


@pytest.mark.parametrize(("small", "large"), [(1000, 4000), (1500, 3000)])
def test_the_drawing_covers_the_same_share_of_any_face(small, large):
    shares = []
    for size in (small, large):
        drawn = draw_landmarks(np.zeros((size, size, 3), np.uint8), face(size), SCHEME)
        shares.append(np.mean(drawn.any(-1)))
    assert shares[0] == pytest.approx(shares[1], rel=0.35)


def test_lines_join_the_points_of_the_scheme():
    points = np.full((19, 2), 5.0)
    points[:3] = [[20, 50], [80, 50], [140, 50]]  # line (0, 1, 2) of aflw19, an image_left brow
    drawn = draw_landmarks(np.zeros((100, 160, 3), np.uint8), points, SCHEME)
    np.testing.assert_allclose(drawn[50, [50, 110]], [LINE_RGB] * 2, atol=25)
    np.testing.assert_array_equal(drawn[60, 50], (0, 0, 0))


def test_the_box_is_drawn_when_asked():
    image = np.zeros((100, 100, 3), np.uint8)
    without = draw_landmarks(image, face(50) + 25, SCHEME)
    with_box = draw_landmarks(image, face(50) + 25, SCHEME, box_px=[10, 10, 90, 90])
    assert not without[50, 10].any()
    assert with_box[50, 10].any()


def test_points_far_outside_the_image_do_no_harm():
    points = face(50)
    points[3], points[4] = (1e12, -1e12), (-40, 20)
    assert draw_landmarks(np.zeros((50, 50, 3), np.uint8), points, SCHEME).shape == (50, 50, 3)


@pytest.mark.parametrize("points", [np.zeros((18, 2)), np.full((19, 2), np.nan), np.zeros(38)])
def test_refuses_landmarks_that_do_not_fit(points):
    with pytest.raises(BadInput, match="aflw19"):
        draw_landmarks(np.zeros((50, 50, 3), np.uint8), points, SCHEME)


def test_each_region_has_its_colour():
    points = np.full((19, 2), 5.0)
    points[:3] = [[20, 50], [80, 50], [140, 50]]  # an image_left brow
    points[15:18] = [[20, 80], [80, 80], [140, 80]]  # the mouth
    image = np.zeros((100, 160, 3), np.uint8)
    drawn = draw_landmarks(image, points, SCHEME, line_rgb=None)
    np.testing.assert_allclose(drawn[50, 50], REGION_RGB["brow"], atol=25)
    np.testing.assert_allclose(drawn[80, 50], REGION_RGB["mouth"], atol=25)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_lines_of_one_region_share_a_colour_and_sides_do_too(scheme):
    for line in scheme.lines:
        mirrored = [scheme.flip_permutation[index] for index in line]
        assert region_rgb(line, scheme) == region_rgb(mirrored, scheme)


def test_numbers_are_drawn_when_asked():
    image = np.zeros((500, 500, 3), np.uint8)
    without = draw_landmarks(image, face(500), SCHEME)
    numbered = draw_landmarks(image, face(500), SCHEME, numbers=True)
    assert (numbered != without).any(-1).sum() > 19 * 20
