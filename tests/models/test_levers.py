"""What helps to train the cascade and is no part of it: coupled stages, auxiliary supervision."""

import keras
import numpy as np
import pytest

from tf_facealign.models.aligner import build_aligner, without_auxiliary
from tf_facealign.models.auxiliary import AUXILIARY, SoftArgmax

IMAGE = np.random.default_rng(0).uniform(0, 255, (2, 112, 112, 3)).astype("float32")


def stage_2_gradient(detach):
    """Largest gradient of the last stage's loss in GRegNet's last dense layer."""
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    model = build_aligner(5, width=0.1, detach=detach)
    kernel = model.get_layer("gregnet").get_layer("shape_px").kernel
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(IMAGE)["shape_2"] ** 2)
    gradient = tape.gradient(loss, kernel.value)
    return 0.0 if gradient is None else float(np.abs(gradient).max())


def test_a_detached_stage_does_not_move_the_shape_before_it():
    assert stage_2_gradient(detach=True) == 0.0
    assert stage_2_gradient(detach=False) > 1e-6


def test_soft_argmax_is_the_mean_of_the_softmax():
    maps = np.random.default_rng(1).normal(0, 3, (2, 4, 6, 3)).astype("float32")
    shape = keras.ops.convert_to_numpy(SoftArgmax()(maps))
    for face, landmark in np.ndindex(2, 3):
        share = np.exp(maps[face, :, :, landmark].astype(float))
        share /= share.sum()
        x = sum(share[i, j] * (j + 0.5) / 6 for i, j in np.ndindex(4, 6))
        y = sum(share[i, j] * (i + 0.5) / 4 for i, j in np.ndindex(4, 6))
        assert shape[face, landmark] == pytest.approx([x, y], abs=1e-6)


def test_a_sharp_map_gives_its_cell():
    maps = np.zeros((1, 14, 14, 1), "float32")
    maps[0, 3, 10, 0] = 100
    shape = keras.ops.convert_to_numpy(SoftArgmax()(maps))
    assert shape[0, 0] == pytest.approx([10.5 / 14, 3.5 / 14], abs=1e-6)


def test_auxiliary_supervision_leaves_no_trace():
    model = build_aligner(5, width=0.1, auxiliary=True)
    assert list(model.output) == ["shape_0", "shape_1", "shape_2", AUXILIARY]
    bare = without_auxiliary(model)
    assert list(bare.output) == ["shape_0", "shape_1", "shape_2"]
    assert [w.path for w in bare.weights] == [w.path for w in build_aligner(5, width=0.1).weights]
    assert np.array_equal(bare(IMAGE)["shape_2"], model(IMAGE)["shape_2"])
