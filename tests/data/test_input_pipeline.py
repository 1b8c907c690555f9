import itertools
import os
import time

import numpy as np
import pytest
import tensorflow as tf

from tf_facealign import face_crop, geometry
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops, plain_batches, training_batches
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput

SCHEME = get_scheme("aflw19")
AUGMENTATION = Augmentation.from_config(AugmentationConfig())
COUNT = 7


@pytest.fixture(scope="module")
def crops():
    return FaceCrops(synthetic_faces(COUNT, SCHEME), SCHEME, face_crop.Padding())


def stream(crops, **changes):
    arguments = {"outputs": ["shape_0", "shape_1"], "batch_size": 3, "seed": 5, **changes}
    return training_batches(crops, AUGMENTATION, **arguments)


def take(batches, count):
    return [(image.numpy(), targets["shape_0"].numpy()) for image, targets in batches.take(count)]


def test_batches_fit_the_model(crops):
    image, targets = next(iter(stream(crops)))
    assert image.shape == (3, 112, 112, 3)
    assert image.dtype == tf.float32
    assert image.numpy().max() > 1.5  # 0..255: the model scales
    assert list(targets) == ["shape_0", "shape_1"]
    for shape in targets.values():
        assert shape.shape == (3, 19, 2)
        np.testing.assert_array_equal(shape, targets["shape_0"])


def test_plain_batches_are_each_face_once_in_order(crops):
    batches = take(plain_batches(crops, outputs=["shape_0"], batch_size=4), 5)
    assert [len(image) for image, _ in batches] == [4, 3]
    images = np.concatenate([image for image, _ in batches])
    shapes = np.concatenate([shape for _, shape in batches])
    for index in range(COUNT):
        image, shape = crops.plain(index)
        np.testing.assert_array_equal(images[index], image)
        np.testing.assert_array_equal(shapes[index], shape)


def test_every_epoch_shows_every_face_once():
    box, points = np.array([8.0, 8, 24, 24]), np.full((19, 2), 16.0)
    faces = [
        FaceSample(f"grey {i}", points, box, pixels=np.full((32, 32, 3), i, np.uint8))
        for i in range(COUNT)
    ]
    crops = FaceCrops(faces, SCHEME, face_crop.Padding())
    epochs = [image[:, 50, 50, 0].tolist() for image, _ in take(stream(crops, batch_size=COUNT), 3)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(COUNT))
    assert epochs[0] != epochs[1] != epochs[2]


def test_the_stream_is_decided_by_the_seed_and_may_start_anywhere(crops):
    whole = take(stream(crops), 6)
    again = take(stream(crops), 6)
    later = take(stream(crops, first_batch=4), 2)
    for (image, shape), (image_2, shape_2) in zip(whole + whole[4:], again + later, strict=True):
        np.testing.assert_array_equal(image, image_2)
        np.testing.assert_array_equal(shape, shape_2)
    other = take(stream(crops, seed=6), 1)
    assert np.abs(other[0][1] - whole[0][1]).max() > 0.01


def test_the_number_of_threads_changes_nothing(crops):
    """Also where faces differ in how long they take, which would shuffle a careless pipeline."""

    class Uneven:
        num_landmarks, threads = crops.num_landmarks, 4

        def __len__(self):
            return len(crops)

        def augmented(self, index, augmentation, rng):
            time.sleep(0.004 * (index % 3))
            return crops.augmented(index, augmentation, rng)

    taken = []
    for threads in (1, 4):
        options = tf.data.Options()
        options.threading.private_threadpool_size = threads
        taken.append(take(stream(Uneven()).with_options(options), 12))
    for (image, shape), (image_4, shape_4) in zip(*taken, strict=True):
        np.testing.assert_array_equal(image, image_4)
        np.testing.assert_array_equal(shape, shape_4)


def test_nothing_of_tf_data_outlives_its_stream(crops):
    """The thread that tunes a pipeline sleeps for seconds, and a process that ends waits for it."""
    for batches in (stream(crops), plain_batches(crops, outputs=["shape_0"], batch_size=4)):
        assert batches.options().autotune.enabled is False


def test_threads_decode_and_one_cuts_what_is_decoded(crops):
    assert crops.threads == 1
    faces = synthetic_faces(COUNT, SCHEME)
    assert FaceCrops(faces, SCHEME, face_crop.Padding(), cache=False).threads == os.cpu_count()


def test_a_face_is_placed_anew_each_epoch(crops):
    shapes = np.concatenate([shape for _, shape in take(stream(crops, batch_size=COUNT), 4)])
    for first, second in itertools.combinations(shapes, 2):
        assert np.abs(first - second).max() > 1e-3


def test_inside_tf_data_equals_alone(crops):
    """Item g of the stream is the face and the draw that the rule names."""
    image, shape = take(stream(crops, batch_size=1, first_batch=COUNT + 2), 1)[0]
    index = np.random.default_rng((5, 1)).permutation(COUNT)[2]
    rng = np.random.default_rng((5, 1, 2))
    alone = crops.augmented(int(index), AUGMENTATION, rng)
    np.testing.assert_array_equal(image[0], alone[0])
    np.testing.assert_array_equal(shape[0], alone[1])


def test_mean_shape_is_the_mean_of_the_plain_shapes(crops):
    expected = np.mean([crops.plain(i)[1] for i in range(COUNT)], axis=0)
    np.testing.assert_allclose(crops.mean_shape(), expected, atol=1e-6)


def test_plain_crop_shows_the_padded_box():
    """The box fills 1 / 1.2 of the crop: its corners lie at 1/12 and 11/12."""
    box = np.array([30.0, 30.0, 90.0, 90.0])
    points = np.linspace(30, 90, SCHEME.num_landmarks)[:, None].repeat(2, 1)
    face = FaceSample("square", points, box, pixels=np.zeros((120, 120, 3), np.uint8))
    _, shape = FaceCrops([face], SCHEME, face_crop.Padding()).plain(0)
    # Points and box speak pixel centres: the first lies on the box's corner.
    assert shape[0] == pytest.approx([1 / 12, 1 / 12], abs=1e-6)
    assert shape[-1] == pytest.approx([11 / 12, 11 / 12], abs=1e-6)


def test_unreadable_image_is_named_at_once_or_remembered(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    points = geometry.apply_affine(np.eye(2, 3), np.random.default_rng(0).uniform(0, 9, (19, 2)))
    face = FaceSample("bad", points, np.array([0.0, 0, 9, 9]), path=tmp_path / "bad.jpg")
    with pytest.raises(BadInput, match=r"bad\.jpg"):
        FaceCrops([face], SCHEME, face_crop.Padding())
    crops = FaceCrops([face], SCHEME, face_crop.Padding(), cache=False)
    with pytest.raises(tf.errors.OpError):
        take(plain_batches(crops, ["shape_0"], 1), 1)
    assert isinstance(crops.failure, BadInput)
    assert "bad.jpg" in str(crops.failure)
