import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_facealign.models.batch_norm import BatchNorm
from tf_facealign.models.gregnet import build_gregnet

CHANNELS = 3
SETTINGS = {"momentum": 0.9, "epsilon": 1e-5}


def features(seed=0, size=(4, 5, 6)):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(*size, CHANNELS)) * [1, 5, 0.1] + [0, 3, -2]).astype("float32")


def built(layer_class=BatchNorm, **kwargs):
    """A layer whose four weights are random, the moving variance positive."""
    layer = layer_class(**SETTINGS, **kwargs)
    layer.build((None, None, None, CHANNELS))
    rng = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(rng.uniform(0.5, 2, CHANNELS))
    return layer


def trained(layer, x):
    """Results of one training call: outputs, gradients of Σ outputs³, moving statistics."""
    with tf.GradientTape() as tape:
        x = tf.constant(x)
        tape.watch(x)
        outputs = layer(x, training=True)
        total = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(total, [x, layer.gamma.value, layer.beta.value])
    moving = (layer.moving_mean, layer.moving_variance)
    return [np.array(value) for value in (outputs, *gradients, *moving)]


def test_equals_the_definition():
    """Eq. 1–4 of Ioffe and Szegedy, 2015, with the batch's own mean and variance, in float64."""
    layer, x = built(), features()
    gamma, beta, moving_mean, moving_variance = (np.array(w, np.float64) for w in layer.weights)
    mean, variance = x.mean((0, 1, 2), np.float64), x.var((0, 1, 2), np.float64)
    outputs, *_, new_mean, new_variance = trained(layer, x)
    expected = gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta
    np.testing.assert_allclose(outputs, expected, atol=1e-4)
    np.testing.assert_allclose(new_mean, 0.9 * moving_mean + 0.1 * mean, rtol=1e-5)
    np.testing.assert_allclose(new_variance, 0.9 * moving_variance + 0.1 * variance, rtol=1e-5)


# A batch of 2 of one pixel each tells the variance over n from that over n - 1.
@pytest.mark.parametrize("size", [(4, 5, 6), (2, 1, 1)])
def test_trains_as_that_of_keras(size):
    x = features(size=size)
    ours, theirs = (trained(built(c), x) for c in (BatchNorm, keras.layers.BatchNormalization))
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-4 * np.abs(their).max())


@pytest.mark.parametrize("kwargs", [{}, {"trainable": False}], ids=["inference", "frozen"])
def test_otherwise_uses_the_moving_statistics(kwargs):
    x = features()
    layers = [built(c, **kwargs) for c in (BatchNorm, keras.layers.BatchNormalization)]
    ours, theirs = (np.array(layer(x, training=bool(kwargs))) for layer in layers)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(layers[0].moving_mean, built().moving_mean)


def test_is_one_kernel_while_training_and_none_in_an_exported_graph():
    x = tf.TensorSpec((None, 5, 6, CHANNELS), "float32")
    call = tf.function(built())
    for training in (True, False):
        graph = call.get_concrete_function(x, training=training).graph
        kinds = [operation.type for operation in graph.get_operations()]
        assert kinds.count("FusedBatchNormV3") == int(training)


def test_mixed_precision_keeps_its_statistics_in_float32():
    layer = built(dtype="mixed_bfloat16")
    outputs = layer(tf.cast(features(), "bfloat16"), training=True)
    assert outputs.dtype == "bfloat16"
    assert layer.moving_mean.dtype == "float32"
    # bfloat16 keeps 8 bits, and the largest feature is below 20.
    expected = trained(built(), features())
    np.testing.assert_allclose(np.array(outputs, "float32"), expected[0], atol=20 * 2**-8)


def test_every_batch_norm_of_gregnet_trains_so():
    layers = build_gregnet(5, width=0.1).layers
    norms = {type(layer) for layer in layers if isinstance(layer, keras.layers.BatchNormalization)}
    assert norms == {BatchNorm}
