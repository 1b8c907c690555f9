"""Auxiliary supervision of GRegNet, for training only: the exported model has none of it.

A 1×1 convolution turns deep features into one map a landmark, whose soft-argmax is a shape. Its
loss teaches the features where each landmark is, which a dense layer alone need not know.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from tf_facealign.models.branches import BRANCH, BRANCHES

AUXILIARY = "auxiliary"
"""Name of the output, beside those of the cascade; with branches the start of it."""


def supervised_shapes(found: dict[str, Any], num_landmarks: int) -> dict[str, keras.KerasTensor]:
    """The shapes that only their losses need.

    Args:
        found: the outputs of GRegNet.
        num_landmarks: L.

    Returns:
        `auxiliary`, a shape (B, L, 2) in unit coordinates that is read off res3, between the
        centres of its outer cells. With branches `auxiliary_i` of each, and `branch_i`, the first
        shape that it gives by itself: a loss of the mean alone would let them rely on each other.
    """
    if BRANCHES not in found:
        return {AUXILIARY: _auxiliary_shape(found["res3"], num_landmarks, "")}
    shapes = {}
    for index, branch in enumerate(found[BRANCHES], 1):
        shapes[f"{BRANCH}{index}"] = branch["shape_0"]
        suffix = f"_{index}"
        shapes[AUXILIARY + suffix] = _auxiliary_shape(branch["res3"], num_landmarks, suffix)
    return shapes


def _auxiliary_shape(
    features: keras.KerasTensor, num_landmarks: int, suffix: str
) -> keras.KerasTensor:
    maps = layers.Conv2D(num_landmarks, 1, name=f"auxiliary_maps{suffix}")(features)
    return SoftArgmax(name=AUXILIARY + suffix)(maps)


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
