"""The cascade as a graph made for the phone: the arithmetic of training, in another order.

Training blends P×P samples a landmark out of (P+1)×(P+1) pixels and then convolves them. Both are
linear, so they may change places: here the whole window of pixels is gathered once, convolved at
its four whole offsets, and only those four results are blended. A crop pixel's size goes into the
weights of the dense layer.
"""

import keras
import numpy as np
import tensorflow as tf

from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.models.aligner import is_stage
from tf_facealign.models.lrefnet import LRefNet
from tf_facealign.models.sifc import SIFC

CONVOLUTION = "convolution"
"""In the names of what the refinements do with features, and not with coordinates."""


class Deployment:
    """A cascade that gives its last stage only.

    Args:
        aligner: from `models.build_aligner`; a model of that form without refinements will do.
        depthwise: write the convolution of the refinements as depthwise ones: in float LiteRT takes
            less time for them than for a grouped one, and more in integers.

    Attributes:
        answer: the name of the last stage, `shape_T`.
        features: the model that gives the first shape, and the feature map of each refinement.
    """

    def __init__(self, aligner: keras.Model, depthwise: bool = True) -> None:
        stages = sorted(filter(is_stage, aligner.output))
        sifcs = [layer for layer in aligner.layers if isinstance(layer, SIFC)]
        lrefnets = [layer for layer in aligner.layers if isinstance(layer, LRefNet)]
        self.answer = stages[-1]
        start = aligner.output[stages[-1 - len(sifcs)]]
        outputs = {"shape": start, "maps": [sifc.input[0] for sifc in sifcs]}
        self.features = keras.Model(aligner.input, outputs)
        pairs = zip(sifcs, lrefnets, strict=True)
        self._refinements = [Refinement(sifc, lrefnet, depthwise) for sifc, lrefnet in pairs]

    def __call__(self, image):
        """Images (B, 112, 112, 3), B fixed, float32 RGB in 0..255 → {`shape_T`: (B, L, 2)}."""
        found = self.features(image, training=False)
        shape = found["shape"]
        for refinement, features in zip(self._refinements, found["maps"], strict=True):
            shape = refinement(features, shape)
        return {self.answer: shape}


class Refinement:
    """SIFC and LRefNet in one.

    Args:
        sifc: says how large a patch is.
        lrefnet: has the weights.
        depthwise: see `Deployment`.
    """

    def __init__(self, sifc: SIFC, lrefnet: LRefNet, depthwise: bool) -> None:
        self._name = lrefnet.name
        self._convolve = self._depthwise if depthwise else self._grouped
        self._patch = patch = sifc.patch_size
        kernel = np.array(lrefnet.conv_kernel)
        landmarks, _, outputs = kernel.shape
        self._kernel = kernel.reshape(landmarks, patch, patch, -1, outputs)
        self._bias = np.array(lrefnet.conv_bias)
        self._dense_kernel = np.array(lrefnet.dense_kernel) / CROP_SIZE
        self._dense_bias = np.array(lrefnet.dense_bias) / CROP_SIZE

    def __call__(self, features, shape):
        """Features (B, H, H, C) and shape (B, L, 2) in unit coordinates → the refined shape."""
        batch, size, _, channels = features.shape
        with tf.name_scope(self._name):
            indices, fraction = self._window(shape, features.shape)
            with tf.name_scope(CONVOLUTION):
                # Counted, not -1: a crop of another size must not pass.
                pixels = tf.gather(tf.reshape(features, (batch * size**2, channels)), indices)
                corners = self._convolve(tf.reshape(pixels, (batch, *2 * [self._patch + 1], -1)))
            local = tf.nn.relu(_blend(corners, fraction) + self._bias)
            increment = tf.matmul(tf.reshape(local, (batch, -1)), self._dense_kernel)
            return shape + tf.reshape(increment + self._dense_bias, shape.shape)

    def _window(self, shape, map_shape):
        """Flat indices of each window's pixels, by y, x and landmark, and (B, L, 2) fractions."""
        batch, size, *_ = map_shape
        corner = shape * size - self._patch / 2
        # Farther out every pixel repeats the edge anyway, and the cast to integer stays defined.
        corner = tf.clip_by_value(corner, -1.0 - self._patch, size)
        whole = tf.floor(corner)
        steps = np.arange(self._patch + 1, dtype="float32").reshape(-1, 1, 1)
        pixels = tf.reshape(whole, (batch, 1, -1, 2)) + steps
        # Small whole numbers: exact in floats of any precision, so nothing outside the map is read.
        pixels = tf.cast(tf.clip_by_value(pixels, 0, size - 1), tf.int32)
        pixels *= np.array([1, size], "int32")
        columns = tf.reshape(pixels[..., 0], (batch, 1, self._patch + 1, -1))
        rows = tf.reshape(pixels[..., 1], (batch, self._patch + 1, 1, -1))
        if batch > 1:
            rows += np.arange(batch, dtype="int32").reshape(-1, 1, 1, 1) * size**2
        return tf.reshape(rows + columns, (-1,)), corner - whole

    def _grouped(self, windows):
        """Windows (B, P+1, P+1, L·C) → their convolution at four offsets, (B, 4, L, outputs)."""
        kernel = self._kernel.transpose(1, 2, 3, 0, 4).reshape(*self._kernel.shape[1:4], -1)
        corners = tf.nn.conv2d(windows, kernel, 1, "VALID")
        return tf.reshape(corners, (windows.shape[0], 4, *self._bias.shape))

    def _depthwise(self, windows):
        """As `_grouped`: for each output a depthwise convolution, summed over the channels."""
        landmarks, patch, _, channels, outputs = self._kernel.shape
        kernels = self._kernel.transpose(4, 1, 2, 0, 3).reshape(outputs, patch, patch, -1, 1)
        products = [tf.nn.depthwise_conv2d(windows, each, [1] * 4, "VALID") for each in kernels]
        by_channel = (windows.shape[0], 4, landmarks, channels)
        sums = [tf.reduce_sum(tf.reshape(each, by_channel), -1) for each in products]
        return tf.stack(sums, -1)


def _blend(corners, fraction):
    """Bilinear blend of (B, 4, L, outputs), by y and x, with fractions (B, L, 2)."""
    batch, _, landmarks, _ = corners.shape
    # The weight of a pixel is 1 - f before the point and f behind it: |1 - f| and |0 - f|.
    before = np.array([[1, 1], [0, 1], [1, 0], [0, 0]], "float32").reshape(4, 1, 2)
    weights = tf.abs(before - tf.reshape(fraction, (batch, 1, landmarks, 2)))
    return tf.reduce_sum(corners * (weights[..., :1] * weights[..., 1:]), 1)
