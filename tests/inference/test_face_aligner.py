"""FaceAligner over both kinds of model file."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tf_facealign import face_crop, get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.images import write_image
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.face_detector import overlap


@pytest.fixture(params=["dot_keras", "dot_tflite"])
def dot_aligner(request):
    return FaceAligner.load(request.getfixturevalue(request.param))


def image_with_dot(x, y, size=(200, 300), radius=2):
    image = np.zeros((*size, 3), np.uint8)
    image[y - radius : y + radius + 1, x - radius : x + radius + 1] = 255
    return image


@pytest.mark.parametrize(
    "box",
    [
        (60, 40, 160, 140),
        (20.5, 30.25, 230, 180),  # not square
        (-60, -40, 140, 150),  # beyond the left and the top
        (90, 60, 420, 330),  # beyond the right and the bottom
        (-500, -500, 900, 900),  # larger than the image, so the crop shrinks it
    ],
)
def test_landmarks_come_back_to_the_pixel_they_were_seen_at(dot_aligner, box):
    (face,) = dot_aligner(image_with_dot(120, 90), [box])
    pixel_of_crop = face_crop.crop_affine(box, face_crop.Padding())[0, 0] / 112
    np.testing.assert_allclose(face.landmarks_px, [[120, 90]] * 68, atol=0.35 * pixel_of_crop)
    np.testing.assert_array_equal(face.box_px, box)
    assert face.score == 1.0
    assert face.landmarks_px.dtype == np.float64


def test_stages_that_are_constant_lie_where_they_must(dot_keras):
    # The padded box is (-10, 0, 110, 100); its square is (-10, -10, 110, 110).
    stages = FaceAligner.load(dot_keras).stages(
        np.zeros((50, 50, 3), np.uint8), [[0, 100 / 12, 100, 100 - 100 / 12]]
    )
    assert list(stages) == ["shape_0", "shape_1", "shape_2"]
    np.testing.assert_allclose(stages["shape_0"], np.full((1, 68, 2), 50.0), atol=1e-4)
    np.testing.assert_allclose(stages["shape_1"], np.full((1, 68, 2), 20.0), atol=1e-4)


def test_tflite_names_its_one_stage(dot_tflite):
    stages = FaceAligner.load(dot_tflite).stages(image_with_dot(50, 50), [[0, 0, 99, 99]])
    assert list(stages) == ["shape_2"]


def test_many_boxes_are_each_as_if_alone(dot_aligner):
    image = np.random.default_rng(0).integers(0, 256, (120, 150, 3), np.uint8)
    corners = np.random.default_rng(1).uniform(-20, 80, (40, 2))
    boxes = np.concatenate([corners, corners + 50], axis=1)
    together = dot_aligner(image, boxes)
    assert len(together) == 40
    for index in (0, 31, 32, 39):  # around the batch of 32
        alone = dot_aligner(image, boxes[index : index + 1])[0]
        np.testing.assert_allclose(together[index].landmarks_px, alone.landmarks_px, atol=1e-3)


def test_no_boxes_are_no_faces(dot_aligner):
    image = image_with_dot(50, 50)
    assert dot_aligner(image, []) == []
    assert dot_aligner(image, np.empty((0, 4))) == []
    assert {shape.shape for shape in dot_aligner.stages(image, []).values()} == {(0, 68, 2)}


def test_an_image_without_faces_gives_none(dot_tflite):
    assert FaceAligner.load(dot_tflite)(np.zeros((90, 90, 3), np.uint8)) == []


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((20, 20, 2), np.uint8),
        np.zeros(20, np.uint8),
        np.zeros((20, 20), np.uint16),
        [np.zeros((20, 20, 3), np.uint8)],
        None,
        np.zeros((20, 20, 3), np.float32),
        np.zeros((0, 20, 3), np.uint8),
        "photo.jpg",
    ],
)
def test_refuses_what_is_no_image(dot_tflite, image):
    aligner = FaceAligner.load(dot_tflite)
    with pytest.raises(BadInput, match="image"):
        aligner(image, [[0, 0, 10, 10]])
    with pytest.raises(BadInput, match="image"):
        aligner(image)


@pytest.mark.parametrize(
    "boxes",
    [
        [[0, 0, 0, 10]],
        [[10, 0, 0, 10]],
        [[0, 0, np.nan, 10]],
        [[0, 0, np.inf, 10]],
        [0, 0, 10, 10],
        [[0, 0, 10]],
        [[0, 0, 10, 10], [0, 0]],
        "box",
    ],
)
def test_refuses_what_is_no_box(dot_tflite, boxes):
    with pytest.raises(BadInput, match="box"):
        FaceAligner.load(dot_tflite)(image_with_dot(50, 50), boxes)


def test_tflite_needs_neither_tensorflow_nor_keras(dot_tflite):
    code = f"""
import sys, numpy as np, tf_facealign
image = np.zeros((60, 60, 3), np.uint8)
aligner = tf_facealign.FaceAligner.load({str(dot_tflite)!r})
assert len(aligner(image, [[0, 0, 50, 50]])) == 1 and aligner(image) == []
heavy = {{"tensorflow", "keras", "jax", "torch"}} & {{name.split(".")[0] for name in sys.modules}}
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_arrays_files_and_greys_are_one_image(dot_tflite, tmp_path):
    aligner, image, box = FaceAligner.load(dot_tflite), image_with_dot(120, 90), (60, 40, 160, 140)
    write_image(tmp_path / "a.png", image)
    (expected,) = aligner(image, [box])
    for same in (image[..., 0], np.dstack([image, image[..., :1]]), str(tmp_path / "a.png")):
        (face,) = aligner(same, [box])
        np.testing.assert_array_equal(face.landmarks_px, expected.landmarks_px)
    assert face["mouth_outer"].shape == (12, 2)
    assert expected.image_rgb is image


def test_a_batch_is_as_its_images_alone(dot_aligner):
    images = [image_with_dot(x, 90) for x in (60, 100, 140)]
    boxes = [[(10, 40, 110, 140), (20, 50, 100, 130)], [], [(90, 40, 190, 140)]]
    together = dot_aligner.batch(images, boxes)
    assert [len(faces) for faces in together] == [2, 0, 1]
    for image, group, faces in zip(images, boxes, together, strict=True):
        for face, alone in zip(faces, dot_aligner(image, group), strict=True):
            np.testing.assert_allclose(face.landmarks_px, alone.landmarks_px, atol=1e-3)
            assert face.image_rgb is image
    assert dot_aligner.batch([]) == []
    assert dot_aligner.batch([np.zeros((50, 50, 3), np.uint8)]) == [[]]
    with pytest.raises(BadInput, match="boxes for 1 images, not for 2"):
        dot_aligner.batch(images[:2], [[]])


def test_any_function_is_a_detector(dot_tflite):
    box = np.array([60.0, 40, 160, 140])
    aligner = FaceAligner.load(dot_tflite, detector=lambda _: (box[None], np.array([0.5])))
    (face,) = aligner(image_with_dot(120, 90))
    np.testing.assert_array_equal(face.box_px, box)
    assert face.score == 0.5
    aligner = FaceAligner.load(dot_tflite, detector=lambda _: (box[None], []))
    with pytest.raises(BadInput, match="1 boxes and 0 scores"):
        aligner(image_with_dot(120, 90))


@pytest.mark.parametrize("shift", [(0.1, -0.06), (-0.12, 0.05), (0.0, 0.1)])
@pytest.mark.parametrize("growth", [0.85, 1.15])
def test_a_rough_detection_is_drawn_to_the_landmarks(shift, growth):
    """The released model looks into a box beside the drawn face, then at the face itself."""
    (drawn,) = synthetic_faces(1, get_scheme("ibug68"), seed=4)
    corners = drawn.box_px.reshape(2, 2)
    center, size = corners.mean(0), corners[1] - corners[0]
    center = center + size * shift
    rough = np.concatenate([center - size * growth / 2, center + size * growth / 2])
    aligner = FaceAligner.load(detector=lambda _: (rough[None], np.array([0.7])))
    (once,) = aligner(drawn.pixels, [rough])
    (box,), scores = aligner.detect(drawn.pixels)
    np.testing.assert_array_equal(box, face_crop.landmarks_box(once.landmarks_px))
    assert overlap(box, drawn.box_px) > max(overlap(rough, drawn.box_px), 0.85)
    (twice,) = aligner(drawn.pixels)
    (told,) = aligner(drawn.pixels, [box])
    np.testing.assert_array_equal(twice.landmarks_px, told.landmarks_px)
    np.testing.assert_array_equal(twice.box_px, box)
    assert twice.score == scores[0] == 0.7


@pytest.mark.parametrize("model", ["dot_keras", "dot_tflite"])
def test_a_detection_stays_where_the_landmarks_seen_there_are_elsewhere(model, request):
    """All landmarks in one point are no box."""
    rough = np.array([[60.0, 40, 160, 140], [10.0, 20, 90, 110]])
    path = request.getfixturevalue(model)
    aligner = FaceAligner.load(path, detector=lambda _: (rough, np.array([0.9, 0.5])))
    boxes, scores = aligner.detect(image_with_dot(120, 90))
    np.testing.assert_array_equal(boxes, rough)
    np.testing.assert_array_equal(scores, [0.9, 0.5])


def test_threads_may_share_an_aligner(dot_aligner):
    def found(x):
        faces = dot_aligner(image_with_dot(x, 90), [(x - 60, 40, x + 50, 140)] * 5)
        assert dot_aligner(np.full((60, 60, 3), 90, np.uint8)) == []
        return np.stack([face.landmarks_px for face in faces])

    places = [70 + step for step in range(40)]
    with ThreadPoolExecutor(8) as threads:
        for x, shapes in zip(places, threads.map(found, places), strict=True):
            np.testing.assert_allclose(shapes, np.broadcast_to((x, 90), shapes.shape), atol=0.4)
