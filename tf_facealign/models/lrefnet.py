"""LRefNet: the local refinement network (paper, section 3.4 and Table 2)."""

import keras
from keras import ops

from tf_facealign.face_crop import CROP_SIZE

_FEATURES = 4
"""Outputs of the per-landmark convolution (Table 2: 4n channels in n groups)."""


@keras.saving.register_keras_serializable(package="facealign")
class LRefNet(keras.layers.Layer):
    """Turn the patches around the landmarks into an increment of the shape.

    A convolution that covers the whole patch, grouped so that each landmark has weights of its own,
    gives 4 values a landmark; after a ReLU one dense layer over all of them gives the increment. A
    grouped convolution that covers its whole input is one matrix product per landmark, which is how
    it is computed.

    Args:
        num_landmarks: L.

    Call arguments:
        patches: (B, L, P, P, C) float, from `SIFC`.

    Returns:
        (B, L, 2) float, the increment ΔS in unit coordinates.
    """

    def __init__(self, num_landmarks: int, **kwargs):
        super().__init__(**kwargs)
        self.num_landmarks = num_landmarks

    def build(self, patches_shape):
        landmarks, rows, columns, channels = patches_shape[1:]
        inputs = rows * columns * channels
        # Each landmark's convolution is a layer of its own: its fan-in is one patch.
        he_normal = keras.initializers.RandomNormal(stddev=(2 / inputs) ** 0.5)
        self.conv_kernel = self.add_weight(
            shape=(landmarks, inputs, _FEATURES), initializer=he_normal, name="conv_kernel"
        )
        self.conv_bias = self.add_weight(
            shape=(landmarks, _FEATURES), initializer="zeros", name="conv_bias"
        )
        self.dense_kernel = self.add_weight(
            shape=(landmarks * _FEATURES, 2 * self.num_landmarks),
            initializer=keras.initializers.RandomNormal(stddev=1e-2),  # refinements start near zero
            name="dense_kernel",
        )
        self.dense_bias = self.add_weight(
            shape=(2 * self.num_landmarks,), initializer="zeros", name="dense_bias"
        )

    def call(self, patches):
        landmarks, rows, columns, channels = patches.shape[1:]
        patches = ops.reshape(patches, (-1, landmarks, rows * columns * channels))
        local = ops.einsum("bli,lio->blo", patches, self.conv_kernel) + self.conv_bias
        local = ops.reshape(ops.relu(local), (-1, landmarks * _FEATURES))
        increment_px = ops.matmul(local, self.dense_kernel) + self.dense_bias
        # Weights that speak crop pixels, not units a hundredth of that: see GRegNet's head.
        return ops.reshape(increment_px / CROP_SIZE, (-1, self.num_landmarks, 2))

    def get_config(self):
        return {**super().get_config(), "num_landmarks": self.num_landmarks}
