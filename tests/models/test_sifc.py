import keras
import numpy as np
import pytest

from tf_facealign.models.sifc import SIFC


def naive_sifc(features, shape, patch):
    """The definition, sample by sample, in float64: bilinear, the map's edge repeated outside
    it."""
    batch, height, width, channels = features.shape
    features = features.astype(np.float64)
    out = np.zeros((batch, shape.shape[1], patch, patch, channels))
    for b, landmark, j, i in np.ndindex(out.shape[:4]):
        x = np.float64(shape[b, landmark, 0]) * width - 0.5 + i - (patch - 1) / 2
        y = np.float64(shape[b, landmark, 1]) * height - 0.5 + j - (patch - 1) / 2
        x0, y0 = int(np.floor(x)), int(np.floor(y))
        for yy, xx in [(y0, x0), (y0, x0 + 1), (y0 + 1, x0), (y0 + 1, x0 + 1)]:
            weight = (1 - abs(x - xx)) * (1 - abs(y - yy))
            pixel = features[b, min(max(yy, 0), height - 1), min(max(xx, 0), width - 1)]
            out[b, landmark, j, i] += weight * pixel
    return out


def random_case(seed, size=(9, 14), low=0.0, high=1.0, landmarks=13):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(2, *size, 3)).astype("float32")
    return features, rng.uniform(low, high, (2, landmarks, 2)).astype("float32")


@pytest.mark.parametrize("patch", [1, 3, 4, 5])
@pytest.mark.parametrize(
    ("low", "high"),
    [(0.3, 0.7), (-0.1, 1.1), (-40.0, 40.0)],
    ids=["inside", "border", "far outside"],
)
def test_equals_the_definition(patch, low, high):
    features, shape = random_case(patch, low=low, high=high)
    patches = keras.ops.convert_to_numpy(SIFC(patch)(features, shape))
    np.testing.assert_allclose(patches, naive_sifc(features, shape, patch), atol=1e-5)


def test_full_size_map_keeps_its_precision():
    features, shape = random_case(0, size=(112, 112), low=-0.05, high=1.05, landmarks=98)
    patches = keras.ops.convert_to_numpy(SIFC(5)(features, shape))
    # A float32 coordinate of 112 pixels is exact to 4e-6, the features' slope is below 10 a pixel.
    np.testing.assert_allclose(patches, naive_sifc(features, shape, 5), atol=1e-4)


def test_huge_coordinates_repeat_the_corner():
    features, _ = random_case(1)
    shape = np.array([[[1e30, 1e30]], [[-1e30, 1e30]]], "float32")
    patches = keras.ops.convert_to_numpy(SIFC(5)(features, shape))
    np.testing.assert_array_equal(patches[0, 0], np.broadcast_to(features[0, -1, -1], (5, 5, 3)))
    np.testing.assert_array_equal(patches[1, 0], np.broadcast_to(features[1, -1, 0], (5, 5, 3)))


def test_centre_sample_of_a_linear_map_is_its_value_there():
    """On features that equal their own unit coordinates, the centre sample is the landmark
    itself."""
    height, width = 10, 20
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    features = np.stack([u, v], -1)[None].astype("float32")
    shape = np.array([[[0.31, 0.62], [0.5, 0.5]]], "float32")
    patches = keras.ops.convert_to_numpy(SIFC(5)(features, shape))
    np.testing.assert_allclose(patches[:, :, 2, 2], shape, atol=1e-6)


def test_gradient_of_the_features_is_the_numerical_one():
    """The layer is linear in the features, so a central difference is exact up to rounding."""
    import tensorflow as tf

    features, shape = random_case(2, size=(5, 6), low=-0.2, high=1.2, landmarks=4)
    layer = SIFC(3)
    weights = np.random.default_rng(3).normal(size=(2, 4, 3, 3, 3)).astype("float32")
    with tf.GradientTape() as tape:
        tensor = tf.constant(features)
        tape.watch(tensor)
        total = tf.reduce_sum(layer(tensor, shape) * weights)
    gradient = tf.convert_to_tensor(tape.gradient(total, tensor)).numpy()
    for index in np.ndindex(features.shape):
        step = np.zeros_like(features, np.float64)
        step[index] = 0.5
        difference = [
            (naive_sifc(features + sign * step, shape, 3) * weights).sum() for sign in (1, -1)
        ]
        assert gradient[index] == pytest.approx(difference[0] - difference[1], abs=1e-4)


def test_no_gradient_reaches_the_shape():
    import tensorflow as tf

    features, shape = random_case(4)
    with tf.GradientTape() as tape:
        tensor = tf.constant(shape)
        tape.watch(tensor)
        total = tf.reduce_sum(SIFC(5)(features, tensor) ** 2)
    assert tape.gradient(total, tensor) is None
