"""GRegNet: the global regression network (paper, section 3.2 and Table 1).

ResNet-18 with a 3×3 stride-1 stem, no max pooling, a depthwise 7×7 convolution in place of global
average pooling, and two dense layers. Its shallow feature maps are exposed for the refinements.
"""

import random

import keras
from keras import layers

from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.models.batch_norm import BatchNorm

_STAGES = ((1, 64), (2, 128), (3, 256), (4, 512))  # res1..res4: index, channels at width 1
_DENSE_UNITS = 512


def build_gregnet(
    num_landmarks: int,
    width: float = 1.0,
    dropout: float = 0.0,
    precision: str = "float32",
    name: str = "gregnet",
) -> keras.Model:
    """Build GRegNet.

    Args:
        num_landmarks: n, the number of landmarks.
        width: scales every channel count; 1.0 is the paper's network.
        dropout: rate of the dropout before the last dense layer. The paper adds dropout in phase
            two (section 4.3) without saying where or how much.
        precision: dtype policy of the convolutions. Shapes stay float32: bfloat16 resolves 0.2 to
            0.4 crop pixels in most of a crop.
        name: of the model.

    Returns:
        A functional model. Input: image (B, 112, 112, 3) float32 RGB in 0..255.
        Output: a dict of `shape_0` (B, n, 2) in unit coordinates of the crop and the features after
        batch norm and ReLU, in the precision of the convolutions: `conv1` (B, 112, 112, 64·width),
        `res1` (B, 56, 56, 64·width) and `res2`, `res3`, `res4`, each half the size and twice the
        channels of the former. The last dense layer, "shape_px", speaks crop pixels: in units a
        hundredth of that a usual learning rate would throw the points about.
        `models.aligner.set_mean_shape` sets its starting bias.
    """
    image = keras.Input((CROP_SIZE, CROP_SIZE, 3), name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(image)
    x = conv1 = _conv_norm_relu(x, _scaled(64, width), "conv1", precision)
    taps = {"conv1": conv1}
    for index, channels in _STAGES:
        channels = _scaled(channels, width)
        x = _residual_block(x, channels, 2, f"res{index}a", precision)
        x = taps[f"res{index}"] = _residual_block(x, channels, 1, f"res{index}b", precision)
    x = layers.DepthwiseConv2D(x.shape[1], use_bias=False, dtype=precision, name="gdconv")(x)
    x = _norm(x, "gdconv_norm", precision)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(_scaled(_DENSE_UNITS, width), activation="relu", name="fc")(x)
    x = layers.Dropout(dropout, seed=_seed(dropout), name="dropout")(x)
    small = keras.initializers.RandomNormal(stddev=1e-2)  # S⁰ starts as the mean shape
    x = layers.Dense(2 * num_landmarks, kernel_initializer=small, name="shape_px")(x)
    x = layers.Rescaling(1 / CROP_SIZE, name="to_unit")(x)
    shape_0 = layers.Reshape((num_landmarks, 2), name="shape_0")(x)
    return keras.Model(image, {"shape_0": shape_0, **taps}, name=name)


def _seed(dropout: float) -> int | None:
    """A seed for dropout, drawn as Keras itself would.

    Without one PyTorch draws from its global generator, whose state no checkpoint keeps.
    """
    return random.randint(1, 10**9) if dropout else None


def _scaled(channels: int, width: float) -> int:
    """Channels times width, a multiple of 4 so that vector units stay full, and at least 16.

    Below 16 oneDNN's weight gradient of a strided 1×1 convolution writes past its workspace and
    crashes TensorFlow on the CPU: github.com/uxlfoundation/oneDNN/issues/6035.
    """
    return max(16, round(channels * width / 4) * 4)


def _conv_norm(x, channels: int, strides: int, kernel: int, name: str, precision: str):
    x = layers.Conv2D(
        channels,
        kernel,
        strides=strides,
        padding="same",
        use_bias=False,  # the batch norm has one
        kernel_initializer="he_normal",
        dtype=precision,
        name=name,
    )(x)
    return _norm(x, f"{name}_norm", precision)


def _norm(x, name: str, precision: str):
    """Batch norm with the constants of PyTorch, which the paper trained in."""
    return BatchNorm(momentum=0.9, epsilon=1e-5, dtype=precision, name=name)(x)


def _conv_norm_relu(x, channels: int, name: str, precision: str, strides: int = 1):
    x = _conv_norm(x, channels, strides, 3, name, precision)
    return layers.ReLU(dtype=precision, name=f"{name}_relu")(x)


def _residual_block(x, channels: int, strides: int, name: str, precision: str):
    """Basic block of ResNet-18; a strided block projects its shortcut by a 1×1 convolution."""
    shortcut = x
    if strides > 1:
        shortcut = _conv_norm(x, channels, strides, 1, f"{name}_shortcut", precision)
    x = _conv_norm_relu(x, channels, f"{name}_1", precision, strides)
    x = _conv_norm(x, channels, 1, 3, f"{name}_2", precision)
    x = layers.Add(dtype=precision, name=f"{name}_add")([shortcut, x])
    return layers.ReLU(dtype=precision, name=name)(x)
