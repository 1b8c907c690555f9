import functools
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.ibug300w import read_300w
from tf_facealign.data.pose_balance import balance, pose_bins, pose_coordinates
from tf_facealign.data.synthetic.head import Head
from tf_facealign.data.synthetic_faces import sample_recipe
from tf_facealign.errors import BadInput

SCHEMES = ["ibug68", "wflw98", "cofw29", "aflw19"]
COUNT = 200


@functools.cache
def drawn(scheme_name):
    """Shapes (COUNT, L, 2) of random heads, not painted, and their yaw."""
    names = get_scheme(scheme_name).landmark_names
    shapes, yaw_degrees = [], []
    for seed in range(COUNT):
        anatomy = sample_recipe(seed).anatomy
        head = Head(anatomy)
        landmarks = head.landmarks()
        shapes.append(head.project(np.array([landmarks[name] for name in names])))
        yaw_degrees.append(anatomy.yaw_degrees)
    return np.array(shapes), yaw_degrees


def sample(landmarks_px, name="face"):
    box = np.concatenate([landmarks_px.min(0), landmarks_px.max(0)])
    return FaceSample(name, landmarks_px, box, pixels=np.zeros((4, 4, 3), np.uint8))


def turned_squares(counts):
    """Faces of a one-parameter family: bin k of len(counts) holds counts[k] of them.

    Their third landmark moves sideways from 0 to 1, evenly; all else stands still, so the first
    principal component is close to that movement.
    """
    centres = (np.arange(len(counts)) + 0.5) / len(counts)
    moves = np.concatenate([[0.0], np.repeat(centres, counts), [1.0]])  # the ends span the range
    shapes = np.tile([[0.0, 0], [4, 0], [2, 2], [0, 9], [4, 9]], (len(moves), 1, 1))
    shapes[:, 2, 0] += moves - 0.5
    return [sample(shape, f"face {index}") for index, shape in enumerate(shapes)]


@pytest.mark.parametrize("name", SCHEMES)
def test_the_coordinate_is_the_yaw(name):
    shapes, yaw_degrees = drawn(name)
    correlation = np.corrcoef(pose_coordinates(shapes), yaw_degrees)[0, 1]
    assert abs(correlation) > 0.9


@pytest.mark.parametrize("name", SCHEMES)
def test_place_size_and_rotation_of_each_shape_make_no_difference(name):
    shapes, _ = drawn(name)
    rng = np.random.default_rng(0)
    points = shapes[..., 0] + 1j * shapes[..., 1]
    factor = rng.uniform(0.1, 10, COUNT) * np.exp(1j * rng.uniform(-np.pi, np.pi, COUNT))
    moved = points * factor[:, None] + rng.normal(0, 50, (COUNT, 1))
    moved = np.stack([moved.real, moved.imag], -1)
    # Coordinates are of order 0.1; float64 leaves 1e-12 of it after a shift by 50 sizes.
    np.testing.assert_allclose(pose_coordinates(moved), pose_coordinates(shapes), atol=1e-12)


@pytest.mark.parametrize("name", SCHEMES)
def test_mirrored_shapes_have_mirrored_coordinates(name):
    """Also where the numerical library would happen to give the component the other sign."""
    shapes, _ = drawn(name)
    coordinates = pose_coordinates(shapes)
    mirrored = np.array([get_scheme(name).mirror(shape) for shape in shapes])
    np.testing.assert_allclose(pose_coordinates(mirrored), -coordinates, atol=1e-12)
    np.testing.assert_array_equal(pose_bins(mirrored), 8 - pose_bins(shapes))


def test_neither_order_nor_company_of_other_signs_decides_the_sign():
    shapes, _ = drawn("ibug68")
    coordinates = pose_coordinates(shapes)
    np.testing.assert_allclose(pose_coordinates(shapes[::-1]), coordinates[::-1], atol=1e-12)
    half = pose_coordinates(shapes[: COUNT // 2])
    assert np.corrcoef(half, coordinates[: COUNT // 2])[0, 1] > 0.99


def test_alignment_is_the_iterated_procrustes_analysis():
    """Against the textbook's loop: align all to the mean, take the mean, until it stands still."""
    shapes, _ = drawn("aflw19")
    centred = shapes - shapes.mean(1, keepdims=True)
    centred /= np.linalg.norm(centred, axis=(1, 2), keepdims=True)
    mean = centred[0]
    for _ in range(50):
        aligned = []
        for shape in centred:
            u, _, vt = np.linalg.svd(shape.T @ mean)
            aligned.append(shape @ u @ np.diag([1, np.linalg.det(u @ vt)]) @ vt)
        mean = np.mean(aligned, 0) / np.linalg.norm(np.mean(aligned, 0))
    flat = np.reshape(aligned, (COUNT, -1))
    flat = flat - flat.mean(0)
    expected = flat @ np.linalg.svd(flat, full_matrices=False)[2][0]
    found = pose_coordinates(shapes)
    # The loop weighs shapes by |cos| of their distance to the mean, the closed form by its square.
    assert abs(np.corrcoef(found, expected)[0, 1]) > 1 - 1e-6


def test_bins_are_equally_wide_and_span_the_range():
    shapes, _ = drawn("aflw19")
    coordinates, bins = pose_coordinates(shapes), pose_bins(shapes, 4)
    width = (coordinates.max() - coordinates.min()) / 4
    expected = [min(int((c - coordinates.min()) / width), 3) for c in coordinates]
    np.testing.assert_array_equal(bins, expected)


def test_every_bin_grows_to_the_fullest():
    faces = turned_squares([3, 1, 6, 2])
    shapes = np.array([face.landmarks_px for face in faces])
    counts = np.bincount(pose_bins(shapes, 4), minlength=4)
    assert sorted(counts) == sorted([3 + 1, 1, 6, 2 + 1])  # with the two that span the range
    result = balance(faces, num_bins=4)
    assert result[: len(faces)] == faces  # the objects themselves
    often = Counter(id(face) for face in result)
    for number in range(4):
        repeats = [often[id(faces[i])] for i in np.flatnonzero(pose_bins(shapes, 4) == number)]
        assert sum(repeats) == 6
        assert max(repeats) - min(repeats) <= 1


def test_no_face_occurs_more_often_than_allowed():
    faces = turned_squares([1, 50])
    often = Counter(id(face) for face in balance(faces, num_bins=2, max_repeats=5))
    assert sorted(often.values()) == [1] * 51 + [5, 5]


def test_the_seed_decides():
    faces = turned_squares([7, 11])
    names = [[face.name for face in balance(faces, num_bins=2, seed=seed)] for seed in (0, 0, 1)]
    assert names[0] == names[1] != names[2]
    assert len(names[0]) == len(names[2])


def test_no_faces_stay_no_faces():
    assert balance([]) == []


def test_landmarks_at_one_place_are_refused():
    shapes = np.tile([[0.0, 0], [1, 0], [0, 1]], (3, 1, 1))
    shapes[1] = 5.0
    with pytest.raises(BadInput, match="shape 1: all landmarks are at one place"):
        pose_coordinates(shapes)


@pytest.mark.dataset
def test_300w_is_balanced_without_the_limit():
    if "FACEALIGN_DATA" not in os.environ:
        pytest.skip("FACEALIGN_DATA does not say where the datasets are")
    root = Path(os.environ["FACEALIGN_DATA"]) / "300w"
    faces = read_300w(root, "train")
    shapes = [face.landmarks_px for face in faces]
    counts = np.bincount(pose_bins(shapes), minlength=9)
    assert counts.argmax() == 4  # most heads look ahead
    assert len(balance(faces)) == 9 * counts.max()
