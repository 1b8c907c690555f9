"""How several replicas share batches."""

import numpy as np
import pytest

from tf_facealign import face_crop
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.input_pipeline import FaceCrops, plain_batches, training_batches
from tf_facealign.data.replicas import Replicas
from tf_facealign.data.synthetic_faces import synthetic_faces

SCHEME = get_scheme("aflw19")
BATCH = 4


@pytest.fixture(scope="module")
def crops():
    return FaceCrops(synthetic_faces(6, SCHEME), SCHEME, face_crop.Padding())


def shapes_of(crops, count, replicas):
    augmentation = Augmentation.from_config(AugmentationConfig())
    batches = training_batches(crops, augmentation, ["shape_0"], BATCH, 5, 1, replicas)
    return [targets["shape_0"].numpy() for _, targets in batches.take(count)]


def test_workers_share_each_batch_in_order(crops):
    """Two workers with two devices each: a device gets one face of every batch of four."""
    alone = shapes_of(crops, 3, Replicas())
    first, second = (shapes_of(crops, 6, Replicas(4, w, 2, joined=False)) for w in (0, 2))
    for number, batch in enumerate(alone):
        devices = [worker[2 * number + device] for worker in (first, second) for device in (0, 1)]
        assert [len(part) for part in devices] == [1, 1, 1, 1]
        np.testing.assert_array_equal(np.concatenate(devices), batch)


def test_parts_of_a_process_may_come_as_one_batch(crops):
    alone = shapes_of(crops, 3, Replicas())
    for part, batch in zip(shapes_of(crops, 3, Replicas(2, 1, 1)), alone, strict=True):
        np.testing.assert_array_equal(part, batch[BATCH // 2 :])


@pytest.mark.parametrize("total", [4, 2])
def test_means_over_held_out_faces_stay_what_they_are(crops, total):
    """Six faces in batches of four: four devices need two more, two devices need none.

    Keras sums over a batch, divides by its size, and weighs that by the size.
    """
    batches = list(
        plain_batches(crops, ["shape_0"], BATCH, Replicas(total, 0, total, joined=False))
    )
    sizes = [len(batch[0]) for batch in batches]
    assert sizes == {4: [1] * 8, 2: [2, 2, 1, 1]}[total]
    expected = np.mean([crops.plain(index)[1] for index in range(6)], axis=0)
    weights = [batch[2].numpy() if total == 4 else np.ones(len(batch[0])) for batch in batches]
    shapes = [batch[1]["shape_0"].numpy() for batch in batches]
    totals = [np.einsum("b,bld->ld", w, s) for w, s in zip(weights, shapes, strict=True)]
    np.testing.assert_allclose(np.sum(totals, axis=0) / sum(sizes), expected, atol=1e-6)
    weighted = np.sum(totals, axis=0) / np.sum(np.concatenate(weights))
    np.testing.assert_allclose(weighted, expected, atol=1e-6)  # a weighted metric
