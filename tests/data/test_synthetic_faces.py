"""Landmarks are compared with what is found in the picture, not with the code that drew it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.data.synthetic.anatomy import Anatomy
from tf_facealign.data.synthetic.look import Appearance
from tf_facealign.data.synthetic_faces import (
    FaceRecipe,
    draw_face,
    render,
    sample_recipe,
    synthetic_faces,
)
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import scheme_from_names

# Flat light on pale skin, no noise: features stand out and nothing else does.
PLAIN = Appearance(
    skin=(220.0, 220.0, 220.0),
    hair_style="bald",
    blush=0.0,
    lips=(150.0, 20.0, 20.0),
    iris=(200.0, 200.0, 200.0),
    light=(0.0, 0.0, 1.0),
    light_strength=0.0,
    background="plain",
)
POSES = [
    Anatomy(),
    Anatomy(yaw_degrees=25, roll_degrees=12),
    Anatomy(yaw_degrees=-25, pitch_degrees=12, mouth_open=0.5),
    Anatomy(pitch_degrees=-15, roll_degrees=-15, smile=0.8, gaze=(0.8, -0.4)),
]
SIZE = 480  # one pixel here is a third of a pixel at the usual 160


def edge_offset_px(
    grey: np.ndarray, points_px: np.ndarray, normals: np.ndarray, reach_px: float = 6.0
) -> np.ndarray:
    """How far along the normals the picture's edge lies from each point.

    The mean of a step between two levels tells where the step is, whatever blurs it.
    """
    steps = np.linspace(-reach_px, reach_px, 121)
    at = points_px[:, None, :] + steps[None, :, None] * normals[:, None, :]
    profile = map_coordinates(grey.astype(float), [at[..., 1], at[..., 0]], order=1)
    inside, outside = profile[:, :10].mean(axis=1), profile[:, -10:].mean(axis=1)
    assert (abs(inside - outside) > 15).all(), "no edge to find"
    return reach_px * (2 * (profile.mean(axis=1) - outside) / (inside - outside) - 1)


def steepest_offset_px(
    grey: np.ndarray, points_px: np.ndarray, normals: np.ndarray, reach_px: float = 3.0
) -> np.ndarray:
    """How far along the normals the picture changes most; for an edge between uneven sides."""
    steps = np.linspace(-reach_px, reach_px, 61)
    at = points_px[:, None, :] + steps[None, :, None] * normals[:, None, :]
    profile = map_coordinates(grey.astype(float), [at[..., 1], at[..., 0]], order=1)
    slope = np.diff(profile, axis=1) ** 2
    assert (np.ptp(profile, axis=1) > 15).all(), "no edge to find"
    return (slope * (steps[1:] - 0.05)).sum(axis=1) / slope.sum(axis=1)


def outward_normals(loop_px: np.ndarray) -> np.ndarray:
    """Unit normals of a loop that runs clockwise as seen."""
    tangent = np.roll(loop_px, -1, axis=0) - np.roll(loop_px, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=-1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def darkness_centre(grey: np.ndarray, near_px: np.ndarray, radius_px: float) -> np.ndarray:
    """Centre of gravity of what is darker than 100 around a point."""
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    close = np.hypot(x - near_px[0], y - near_px[1]) < radius_px
    weight = np.where(close, np.clip(100.0 - grey, 0, None), 0)
    assert weight.sum() > 0, "nothing dark here"
    return np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()


@pytest.mark.parametrize("anatomy", POSES)
def test_pupils_are_where_the_picture_is_dark(anatomy: Anatomy) -> None:
    # Wide open, so that no lid covers a part of the pupil.
    anatomy = replace(anatomy, eyes_open=(1.3, 1.3), eye_height=0.13)
    scheme = get_scheme("wflw98")
    image, landmarks = render(FaceRecipe(anatomy, PLAIN), scheme, SIZE)
    for index in (96, 97):
        found = darkness_centre(image[..., 0], landmarks[index], radius_px=8)
        assert np.hypot(*(found - landmarks[index])) < 1.0


@pytest.mark.parametrize("anatomy", POSES)
def test_outer_lip_landmarks_lie_on_the_edge_of_the_lips(anatomy: Anatomy) -> None:
    image, landmarks = render(FaceRecipe(anatomy, PLAIN), get_scheme("ibug68"), SIZE)
    outer = landmarks[48:60]
    normals = outward_normals(outer)
    smooth = [1, 2, 4, 5, 7, 8, 9, 10, 11]  # without the corners and the dip, which have no normal
    offsets = edge_offset_px(image[..., 1], outer[smooth], normals[smooth])
    assert np.abs(offsets).max() < 1.0


@pytest.mark.parametrize("anatomy", [*POSES, Anatomy(yaw_degrees=42, mouth_half_width=0.28)])
def test_contour_landmarks_lie_on_the_edge_of_the_face(anatomy: Anatomy) -> None:
    # A strong light leaves the neck, behind the jaw, in the dark.
    look = replace(PLAIN, light_strength=0.5)
    image, landmarks = render(FaceRecipe(anatomy, look), get_scheme("wflw98"), SIZE)
    contour = landmarks[0:33]
    normals = -outward_normals(contour)  # ear to ear over the chin runs anticlockwise
    below_ears = slice(9, 24)
    offsets = steepest_offset_px(image[..., 1], contour[below_ears], normals[below_ears])
    assert np.abs(offsets).max() < 1.0


@pytest.mark.parametrize("anatomy", POSES)
def test_eye_corners_are_the_ends_of_the_lash_line(anatomy: Anatomy) -> None:
    anatomy = replace(anatomy, roll_degrees=0.0, eyes_open=(0.0, 0.0), eye_tilt=0.0)
    scheme = get_scheme("ibug68")
    image, landmarks = render(FaceRecipe(anatomy, PLAIN), scheme, SIZE)
    for corners in (landmarks[[36, 39]], landmarks[[42, 45]]):
        (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
        strip = image[int(y0) - 3 : int(y1) + 12, int(x0) - 12 : int(x1) + 13, 0]
        dark = np.flatnonzero((strip < 100).any(axis=0)) + int(x0) - 12
        # Half the thickness of the line, 1.5 pixels, sticks out at either end.
        assert abs(dark[0] + 1.5 - corners[:, 0].min()) < 1.5
        assert abs(dark[-1] - 1.5 - corners[:, 0].max()) < 1.5


def test_the_four_schemes_show_one_face_and_share_their_common_points() -> None:
    drawn = {name: draw_face(7, name) for name in SCHEMES}
    image, _ = drawn["ibug68"]
    positions: dict[str, np.ndarray] = {}
    shared = 0
    for name, (other, landmarks) in drawn.items():
        np.testing.assert_array_equal(other, image)
        for landmark, point in zip(SCHEMES[name].landmark_names, landmarks, strict=True):
            shared += landmark in positions
            np.testing.assert_array_equal(positions.setdefault(landmark, point), point)
    assert shared > 80
    np.testing.assert_array_equal(drawn["ibug68"][1][36], drawn["wflw98"][1][60])
    np.testing.assert_array_equal(drawn["cofw29"][1][8], drawn["aflw19"][1][6])


@pytest.mark.parametrize("name", SCHEMES)
def test_a_mirrored_head_has_mirrored_landmarks(name: str) -> None:
    scheme = get_scheme(name)
    there = Anatomy(
        yaw_degrees=20, pitch_degrees=5, roll_degrees=8, gaze=(0.5, 0.2), eyes_open=(0.0, 1.0)
    )
    back = replace(there, yaw_degrees=-20, roll_degrees=-8, gaze=(-0.5, 0.2), eyes_open=(1.0, 0.0))
    shape, other = (
        (render(FaceRecipe(anatomy, PLAIN), scheme, 64)[1] + 0.5) / 64 for anatomy in (there, back)
    )
    np.testing.assert_allclose(scheme.mirror(shape), other, atol=1e-9)


def test_positive_angles_turn_right_look_up_and_tilt_clockwise() -> None:
    def points(**pose: float) -> np.ndarray:
        recipe = FaceRecipe(replace(Anatomy(), **pose), PLAIN)
        return render(recipe, get_scheme("ibug68"), 96)[1]

    straight, eyes = points(), slice(36, 48)

    def nose_from_eyes(shape: np.ndarray) -> np.ndarray:
        return shape[30] - shape[eyes].mean(axis=0)

    assert nose_from_eyes(points(yaw_degrees=20))[0] > nose_from_eyes(straight)[0] + 3
    assert nose_from_eyes(points(pitch_degrees=15))[1] < nose_from_eyes(straight)[1] - 2
    tilted = points(roll_degrees=15)
    assert tilted[45, 1] > tilted[36, 1] + 3


def test_what_covers_the_face_does_not_move_its_landmarks() -> None:
    recipe = FaceRecipe(Anatomy(), PLAIN)
    plain, landmarks = render(recipe, get_scheme("ibug68"), 96)
    for change in (
        {"occluder": "hand"},
        {"occluder": "bar"},
        {"occluder": "patch"},
        {"glasses": "clear"},
        {"glasses": "dark"},
        {"hair_style": "long"},
        {"beard": 0.8},
        {"noise": 5.0},
        {"blur_px": 1.0},
        {"background": "shapes"},
    ):
        other, same = render(
            replace(recipe, look=replace(PLAIN, **change)), get_scheme("ibug68"), 96
        )
        np.testing.assert_array_equal(same, landmarks)
        assert (other != plain).any(), change


def test_a_closed_eye_has_its_lids_together_and_an_open_mouth_its_lips_apart() -> None:
    anatomy = Anatomy(eyes_open=(0.0, 1.0), mouth_open=1.0)
    _, shape = render(FaceRecipe(anatomy, PLAIN), get_scheme("wflw98"), SIZE)
    np.testing.assert_allclose(shape[62], shape[66], atol=1e-9)
    assert shape[74, 1] - shape[70, 1] > 15
    assert shape[94, 1] - shape[90, 1] > 30


@pytest.mark.parametrize("size", [64, 160])
def test_every_face_has_its_margin(size: int) -> None:
    for seed in range(40):
        _, landmarks = draw_face(seed, "wflw98", size)
        low, high = landmarks.min(axis=0), landmarks.max(axis=0)
        margin = 0.25 * (high - low)
        assert (low - margin >= -1e-6).all(), seed
        assert (high + margin <= size - 1 + 1e-6).all(), seed
        assert (high - low).max() > 0.35 * size, seed


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_face() -> None:
    image, landmarks = draw_face(3)
    again, landmarks_again = draw_face(3)
    np.testing.assert_array_equal(image, again)
    np.testing.assert_array_equal(landmarks, landmarks_again)
    assert (image.shape, image.dtype) == ((160, 160, 3), np.uint8)
    assert (landmarks.shape, landmarks.dtype) == ((68, 2), np.float64)
    assert np.abs(draw_face(4)[1] - landmarks).max() > 1


def test_random_faces_vary_in_what_matters() -> None:
    recipes = [sample_recipe(seed) for seed in range(200)]
    yaw = np.array([recipe.anatomy.yaw_degrees for recipe in recipes])
    assert yaw.min() < -35
    assert yaw.max() > 35
    assert abs(yaw).max() <= 45
    assert {recipe.look.hair_style for recipe in recipes} == {
        *("bald", "short", "fringe", "receding", "long")
    }
    assert {recipe.look.occluder for recipe in recipes} == {"none", "hand", "bar", "patch"}
    assert {recipe.look.glasses for recipe in recipes} == {"none", "clear", "dark"}
    assert {recipe.look.grey for recipe in recipes} == {True, False}
    assert any(recipe.anatomy.eyes_open == (0.0, 0.0) for recipe in recipes)
    assert any(recipe.anatomy.mouth_open > 0.5 for recipe in recipes)


def test_synthetic_faces_are_samples_with_tight_boxes_and_names_of_their_own() -> None:
    scheme = get_scheme("cofw29")
    faces = synthetic_faces(6, scheme, seed=1, size=64)
    assert len({face.name for face in faces}) == 6
    for face in faces:
        assert face.landmarks_px.shape == (29, 2)
        np.testing.assert_array_equal(face.box_px[:2], face.landmarks_px.min(axis=0))
        np.testing.assert_array_equal(face.box_px[2:], face.landmarks_px.max(axis=0))
        assert face.image_rgb().shape == (64, 64, 3)
    longer = synthetic_faces(8, scheme, seed=1, size=64)
    np.testing.assert_array_equal(longer[5].image_rgb(), faces[5].image_rgb())


def test_seeds_share_no_face() -> None:
    scheme = get_scheme("aflw19")
    faces = synthetic_faces(8, scheme, seed=0, size=32) + synthetic_faces(
        8, scheme, seed=1, size=32
    )
    shapes = np.array([face.landmarks_px for face in faces])
    distance = np.abs(shapes[:, None] - shapes[None]).max(axis=(2, 3))
    assert (distance[~np.eye(16, dtype=bool)] > 0.1).all()


def test_a_scheme_with_an_unknown_landmark_and_a_tiny_size_are_refused() -> None:
    scheme = scheme_from_names("mine", ("chin", "third_eye"), {}, {}, ())
    with pytest.raises(BadInput, match="third_eye"):
        synthetic_faces(1, scheme)
    with pytest.raises(BadInput, match="32"):
        draw_face(0, size=16)
    with pytest.raises(BadInput, match="ibug68"):
        draw_face(0, "ibug99")
