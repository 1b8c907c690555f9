"""SIFC: shape-indexed feature collection (paper, section 3.3 and Figure 4)."""

import keras
import numpy as np
from keras import ops

from tf_facealign import geometry


@keras.saving.register_keras_serializable(package="facealign")
class SIFC(keras.layers.Layer):
    """Collect a patch of features around every landmark, at sub-pixel precision.

    The P×P samples lie one feature pixel apart, centred at the landmark rescaled to the feature
    map. They all share the landmark's fractional offset, so a patch is one (P+1)×(P+1) window of
    whole pixels, gathered with a flat `take`, and one bilinear blend. Samples outside the map
    repeat its edge.

    Gradients flow to the features; the landmarks are constants (paper, section 3.3, point 2).

    Args:
        patch_size: P, the side of a patch in feature pixels; the paper uses 5.

    Call arguments:
        features: (B, H, W, C) float, of any precision; the blend has the layer's own.
        shape: (B, L, 2) float, landmarks in unit coordinates; may lie outside 0..1.

    Returns:
        (B, L, P, P, C) float; axes 2 and 3 are y and x.
    """

    def __init__(self, patch_size: int = 5, **kwargs):
        # Keras would cast whole feature maps where only the windows are read.
        super().__init__(autocast=False, **kwargs)
        self.patch_size = patch_size

    def call(self, features, shape):
        _, height, width, channels = features.shape
        corner, fraction = self._window(ops.stop_gradient(shape), (height, width))
        steps = ops.arange(self.patch_size + 1, dtype="int32")
        # Clamped as integers: whatever the coordinates' rounding, nothing is read outside the map.
        columns = ops.clip(corner[:, :, None, None, 0] + steps, 0, width - 1)
        rows = ops.clip(corner[:, :, None, None, 1] + steps[:, None], 0, height - 1)
        maps = ops.arange(ops.shape(features)[0], dtype="int32")[:, None, None, None]
        indices = (maps * height + rows) * width + columns
        pixels = ops.take(ops.reshape(features, (-1, channels)), indices, axis=0)
        return _blend(ops.cast(pixels, self.compute_dtype), fraction)

    def _window(self, shape, size):
        """Each landmark's first pixel (x, y), int32, and bilinear fraction; (B, L, 2) both."""
        centre = geometry.unit_to_px(shape, size)
        # Farther out every sample repeats the edge anyway, and the cast to integer stays defined.
        margin = float(self.patch_size)
        height, width = size
        centre = ops.clip(centre, -margin, np.array([width, height], "float32") + margin)
        corner = centre - (self.patch_size - 1) / 2
        whole = ops.floor(corner)
        return ops.cast(whole, "int32"), corner - whole

    def get_config(self):
        return {**super().get_config(), "patch_size": self.patch_size}


def _blend(pixels, fraction):
    """Bilinear blend of windows (B, L, P+1, P+1, C) by fractions (B, L, 2) → (B, L, P, P, C).

    One matrix product per landmark: every sample weighs all pixels of the window, most of them by
    zero. Its gradient is one product too, many times faster to train than sums of shifted slices.
    """
    landmarks, window, _, channels = pixels.shape[1:]
    samples = window - 1
    # Along an axis sample p lies between pixels p and p + 1, `fraction` away from the former; the
    # bilinear weight of pixel i is a tent of its distance i - p - fraction.
    i_minus_p = np.arange(window) - np.arange(samples)[:, None]
    i_minus_p_x = np.tile(i_minus_p, (samples, window)).astype("float32")
    i_minus_p_y = np.repeat(np.repeat(i_minus_p, samples, 0), window, 1).astype("float32")
    weights_x = _tent(ops.subtract(i_minus_p_x, fraction[..., :1, None]))
    weights_y = _tent(ops.subtract(i_minus_p_y, fraction[..., 1:, None]))
    pixels = ops.reshape(pixels, (-1, landmarks, window**2, channels))
    patches = ops.matmul(weights_x * weights_y, pixels)
    return ops.reshape(patches, (-1, landmarks, samples, samples, channels))


def _tent(distance):
    return ops.relu(1.0 - ops.abs(distance))
