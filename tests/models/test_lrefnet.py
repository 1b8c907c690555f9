import keras
import numpy as np

from tf_facealign.models.lrefnet import LRefNet


def test_equals_a_convolution_per_landmark_and_a_dense_layer():
    """Table 2 written out: landmark l sees its own patch only, then all 4n values meet once."""
    rng = np.random.default_rng(0)
    landmarks, patch, channels = 6, 5, 3
    patches = rng.normal(size=(2, landmarks, patch, patch, channels)).astype("float32")
    layer = LRefNet(landmarks)
    layer.build(patches.shape)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape))
    conv, conv_bias, dense, dense_bias = (w.astype(np.float64) for w in layer.get_weights())

    hidden = np.zeros((2, landmarks, 4))
    for b, landmark, k in np.ndindex(hidden.shape):
        total = conv_bias[landmark, k]
        for y, x, c in np.ndindex(patch, patch, channels):
            total += (
                patches[b, landmark, y, x, c] * conv[landmark, (y * patch + x) * channels + c, k]
            )
        hidden[b, landmark, k] = max(total, 0)
    expected = np.zeros((2, landmarks * 2))
    for b, output in np.ndindex(expected.shape):
        expected[b, output] = dense_bias[output] + hidden[b].reshape(-1) @ dense[:, output]

    increment = keras.ops.convert_to_numpy(layer(patches))
    expected = expected.reshape(2, landmarks, 2) / 112  # crop pixels to unit
    np.testing.assert_allclose(increment, expected, rtol=1e-4, atol=1e-5)


def test_parameters_of_the_paper():
    layer = LRefNet(98)
    layer.build((None, 98, 5, 5, 64))
    assert layer.count_params() == 704_620  # 98·(5·5·64·4 + 4) + 98·4·98·2 + 98·2


def test_starts_near_zero():
    patches = np.random.default_rng(1).normal(size=(4, 68, 5, 5, 16)).astype("float32")
    increment = keras.ops.convert_to_numpy(LRefNet(68)(patches))
    assert 0 < np.abs(increment).max() < 0.01  # unit coordinates: about a pixel
