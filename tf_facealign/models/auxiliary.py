"""Auxiliary supervision of GRegNet's deep features, for training only.

A 1×1 convolution turns them into one map a landmark, whose soft-argmax is a shape. Its loss teaches
the features where each landmark is, which a dense layer alone need not know; the exported model has
none of it.
"""

import keras
import numpy as np
from keras import layers, ops

AUXILIARY = "auxiliary"
"""Name of the output, beside those of the cascade."""


def auxiliary_shape(features: keras.KerasTensor, num_landmarks: int) -> keras.KerasTensor:
    """A shape out of a feature map.

    Args:
        features: (B, H, W, C).
        num_landmarks: L.

    Returns:
        (B, L, 2) in unit coordinates, between the centres of the outer cells.
    """
    maps = layers.Conv2D(num_landmarks, 1, name="auxiliary_maps")(features)
    return SoftArgmax(name=AUXILIARY)(maps)


@keras.saving.register_keras_serializable(package="facealign")
class SoftArgmax(layers.Layer):
    """The mean position of a map's softmax.

    Call arguments:
        maps: (B, H, W, L) float.

    Returns:
        (B, L, 2) float, (x, y) in unit coordinates of the map.
    """

    def call(self, maps):
        _, height, width, landmarks = maps.shape
        share = ops.softmax(ops.reshape(maps, (-1, height * width, landmarks)), axis=1)
        rows, columns = np.mgrid[:height, :width]
        centres = np.stack([(columns + 0.5) / width, (rows + 0.5) / height], -1).reshape(-1, 2)
        return ops.einsum("bpl,pd->bld", share, centres.astype("float32"))
