"""What follows from the landmarks of a face: regions, head pose and the aligned crop."""

import cv2
import numpy as np
import pytest

from tf_facealign import geometry
from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.head_pose import HEAD, head_pose
from tf_facealign.inference.chip import TEMPLATE_PX, similarity
from tf_facealign.inference.face import Face
from tf_facealign.inference.five_points import five_points
from tf_facealign.scheme_file import scheme_from_definition

SIDES = ("image_left_", "image_right_")
# Its landmarks are the five points, in their order.
FIVE = scheme_from_definition(
    {
        "name": "five",
        "landmarks": [
            *(f"{side}eye" for side in SIDES),
            "nose_tip",
            *(f"{side}mouth_corner" for side in SIDES),
        ],
        "normalizers": {"inter_ocular": [f"{side}eye" for side in SIDES]},
    },
    "five",
)
TWO = scheme_from_definition(
    {
        "name": "two",
        "landmarks": [f"{side}eye" for side in SIDES],
        "normalizers": {"inter_ocular": [f"{side}eye" for side in SIDES]},
    },
    "two",
)


def face(points, scheme, image=None):
    image = np.zeros((10, 10, 3), np.uint8) if image is None else image
    return Face(np.asarray(points, np.float64), np.zeros(4), 1.0, scheme, image)


def axis_rotation(axis, degrees):
    """Rotation about a coordinate axis by the right-hand rule, (3, 3)."""
    return cv2.Rodrigues(np.deg2rad(degrees) * np.eye(3)[axis])[0]


def seen_head(scheme, yaw, pitch, roll, camera_away=None):
    """The head of the module, turned, in a picture; `camera_away` in RMS sizes of the head.

    The face looks along -z; x points right, y down. A turn about y by a takes -z to -sin(a) x, and
    one about x to +sin(a) y, so to the image right and up are negative turns.
    """
    turn = axis_rotation(2, roll) @ axis_rotation(0, -pitch) @ axis_rotation(1, -yaw)
    head = np.array(list(HEAD.values()))
    head = (head - head.mean(0)) @ turn.T
    away = np.sqrt(np.square(head).sum(1).mean()) * (camera_away or 1e9)
    points = np.full((scheme.num_landmarks, 2), 7.0)
    chosen = [scheme.landmark_names.index(name) for name in HEAD]
    points[chosen] = 300 + 0.2 * head[:, :2] * away / (away + head[:, 2:])
    return points


POSES = [(0, 0, 0), (40, 0, 0), (-40, 0, 0), (0, 25, 0), (0, -25, 0), (0, 0, 60), (30, -20, -50)]


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_the_pose_of_a_known_head_is_found(scheme, pose):
    # A turned head looks smaller, so the camera is taken to be a little too far away.
    assert np.abs(np.subtract(head_pose(seen_head(scheme, *pose, 5), scheme), pose)).max() < 2


@pytest.mark.parametrize("camera_away", [3.5, None])
@pytest.mark.parametrize("pose", POSES)
def test_another_camera_costs_some_degrees(pose, camera_away):
    scheme = get_scheme("ibug68")
    found = head_pose(seen_head(scheme, *pose, camera_away), scheme)
    assert np.abs(np.subtract(found, pose)).max() < 10


def test_the_pose_depends_neither_on_place_nor_on_size():
    scheme = get_scheme("ibug68")
    points = seen_head(scheme, 25, 10, 5, 5)
    moved = head_pose(1e-3 * points + (400, -30), scheme)
    np.testing.assert_allclose(moved, head_pose(points, scheme), atol=1e-5)


def test_turning_the_picture_changes_the_roll_alone():
    scheme = get_scheme("ibug68")
    points = seen_head(scheme, 25, 10, 5, 5)
    before = head_pose(points, scheme)
    after = head_pose(geometry.apply_affine(geometry.rotation(35), points), scheme)
    np.testing.assert_allclose(np.subtract(after, before), (0, 0, 35), atol=1e-6)


def test_a_mirrored_face_turns_and_tilts_the_other_way():
    scheme = get_scheme("ibug68")
    points = seen_head(scheme, 25, 10, 5, 5)
    mirrored = head_pose(500 * scheme.mirror(points / 500), scheme)
    np.testing.assert_allclose(mirrored, head_pose(points, scheme) * np.array([-1, 1, -1]))


def test_regions_by_name():
    scheme = get_scheme("ibug68")
    points = np.arange(136.0).reshape(68, 2)
    np.testing.assert_array_equal(face(points, scheme)["mouth_outer"], points[48:60])
    assert {name: len(face(points, scheme)[name]) for name in scheme.regions} == {
        name: len(indices) for name, indices in scheme.regions.items()
    }
    with pytest.raises(KeyError, match=r"no region 'ear'; it has: face_contour, .*mouth_inner"):
        face(points, scheme)["ear"]


def test_what_a_scheme_lacks_is_named():
    two = face(np.zeros((2, 2)), TWO)
    with pytest.raises(BadInput, match="'two' has no nose_tip, no chin, "):
        _ = two.head_pose
    with pytest.raises(BadInput, match="'two' has no nose_tip, no image_left_mouth_corner"):
        two.chip()


def test_a_face_at_one_place_has_neither_pose_nor_chip():
    nowhere = face(np.full((68, 2), 3.0), get_scheme("ibug68"))
    with pytest.raises(BadInput, match="no head pose"):
        _ = nowhere.head_pose
    with pytest.raises(BadInput, match="no chip"):
        nowhere.chip()
    with pytest.raises(BadInput, match="0 pixels"):
        face(TEMPLATE_PX, FIVE).chip(0)


def test_five_points_of_every_benchmark_scheme():
    for scheme in SCHEMES.values():
        points = np.random.default_rng(0).uniform(0, 9, (scheme.num_landmarks, 2))
        found = five_points(points, scheme)
        index = scheme.landmark_names.index
        for place, name in ((2, "nose_tip"), (4, "image_right_mouth_corner")):
            np.testing.assert_array_equal(found[place], points[index(name)])
        np.testing.assert_allclose(found[0], points[list(scheme.regions["image_left_eye"])].mean(0))


def test_a_similarity_is_recovered_and_never_mirrors():
    points = np.random.default_rng(0).normal(size=(5, 2))
    affine = geometry.compose_affines(geometry.rotation(130), geometry.scale_and_shift(3, (4, -5)))
    targets = geometry.apply_affine(affine, points)
    np.testing.assert_allclose(similarity(points, targets), affine, atol=1e-12)
    assert np.linalg.det(similarity(points, points * (-1, 1))[:, :2]) > 0


@pytest.mark.parametrize("size", [112, 224])
@pytest.mark.parametrize(("degrees", "scale"), [(0, 1.0), (30, 2.2), (-100, 1.3)])
def test_a_chip_shows_the_points_at_the_template(size, degrees, scale):
    # Blobs at the template's places, moved by a known similarity, must come back to them.
    move = geometry.compose_affines(
        geometry.scale_and_shift(scale, (250, 240)), geometry.rotation(degrees)
    )
    points = geometry.apply_affine(move, TEMPLATE_PX - 56)
    y, x = np.mgrid[:500, :500]
    squares = [(x - px) ** 2 + (y - py) ** 2 for px, py in points]
    bright = np.exp(-np.min(squares, axis=0) / (2 * (2.5 * scale) ** 2))
    image = np.repeat((255 * bright)[..., None].astype(np.uint8), 3, axis=2)
    chip = face(points, FIVE, image).chip(size)
    assert chip.shape == (size, size, 3)
    for place_px in (TEMPLATE_PX + 0.5) / 112 * size - 0.5:
        rows, columns = np.mgrid[:size, :size]
        near = np.hypot(columns - place_px[0], rows - place_px[1]) < 6 * size / 112
        weight = chip[..., 0] * near
        found = [(columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()]
        # OpenCV samples at 1/32 of a pixel; the grey levels are whole numbers.
        np.testing.assert_allclose(found, place_px, atol=0.1 * size / 112)
