"""The whole cascade: GRegNet, then T refinements on its own shallow features (paper, Eq. 1–4)."""

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.models.auxiliary import supervised_shapes
from tf_facealign.models.branches import build_branched_gregnet, shape_heads
from tf_facealign.models.gregnet import build_gregnet
from tf_facealign.models.lrefnet import LRefNet
from tf_facealign.models.sifc import SIFC

_TAPS = ("conv1", "res1")
"""Feature maps from the finest to coarser; refinement T uses the first (paper, section 3.2)."""


def build_aligner(
    num_landmarks: int,
    width: float = 1.0,
    num_refinements: int = 2,
    patch_size: int = 5,
    dropout: float = 0.0,
    detach: bool = True,
    auxiliary: bool = False,
    precision: str = "float32",
    branches: int = 1,
) -> keras.Model:
    """Build the cascade.

    Args:
        num_landmarks: n.
        width: scales the channels of GRegNet; 1.0 is the paper's network.
        num_refinements: T, 0 to 2; 0 is GRegNet alone, the paper's baseline.
        patch_size: side of the SIFC patches in feature pixels.
        dropout: see `build_gregnet`.
        detach: S^(t-1) is a constant to stage t, so that the loss of ΔS^t does not move it (paper,
            Eq. 7). Where false, every stage's loss also trains the stages before it.
        auxiliary: add the shapes of `models.auxiliary`, each (B, n, 2); their losses help to train
            GRegNet, and they are no part of the cascade.
        precision: see `build_gregnet`; the refinements are float32.
        branches: how many GRegNets share the channels (`models.branches`); 1 is the paper's. With
            `auxiliary` each has losses of its own, without it the loss of their mean.

    Returns:
        A functional model. Input: image (B, 112, 112, 3) float32 RGB in 0..255. Output: a dict of
        `shape_0` … `shape_T`, each (B, n, 2) in unit coordinates of the crop; `shape_T` is the
        answer. GRegNet is its layer "gregnet".

    Raises:
        ValueError: `num_refinements` is not 0, 1 or 2.
    """
    if not 0 <= num_refinements <= len(_TAPS):
        raise ValueError(f"num_refinements must be 0 to {len(_TAPS)}, got {num_refinements}")
    if branches == 1:
        gregnet = build_gregnet(num_landmarks, width, dropout, precision)
    else:
        gregnet = build_branched_gregnet(num_landmarks, width, branches, dropout, precision)
    image = keras.Input(gregnet.input_shape[1:], name="image")
    features = gregnet(image)
    shape = features["shape_0"]
    outputs = {"shape_0": shape}
    for stage in range(1, num_refinements + 1):
        tap = _TAPS[num_refinements - stage]
        patches = SIFC(patch_size, name=f"sifc_{stage}")(features[tap], shape)
        increment = LRefNet(num_landmarks, name=f"lrefnet_{stage}")(patches)
        former = ops.stop_gradient(shape) if detach else shape
        shape = layers.Add(name=f"shape_{stage}")([former, increment])
        outputs[f"shape_{stage}"] = shape
    if auxiliary:
        outputs |= supervised_shapes(features, num_landmarks)
    return keras.Model(image, outputs, name="aligner")


def is_stage(output: str) -> bool:
    """Whether an output of an aligner, by its name, is a shape of the cascade, `shape_t`."""
    return output.startswith("shape_")


def without_auxiliary(aligner: keras.Model) -> keras.Model:
    """The cascade alone, around the same layers; a compiled aligner's optimizer is left out too."""
    outputs = {name: value for name, value in aligner.output.items() if is_stage(name)}
    return keras.Model(aligner.input, outputs, name=aligner.name)


def plain_copy(aligner: keras.Model) -> keras.Model:
    """A float32 copy of the cascade alone, without what only its training needed.

    That is auxiliary supervision, the optimizer, mixed precision, and batch norms that exchange
    their statistics between devices, which only one backend can load.
    """
    cascade = without_auxiliary(aligner)
    copy = keras.models.clone_model(cascade, clone_function=_plain_layer, recursive=True)
    copy.set_weights(cascade.get_weights())
    return copy


def _plain_layer(layer: keras.Operation) -> keras.Operation:
    config = layer.get_config()
    if isinstance(layer, layers.Layer):
        config["dtype"] = "float32"
    if isinstance(layer, layers.BatchNormalization):
        config["synchronized"] = False
    return type(layer).from_config(config)


def set_mean_shape(aligner: keras.Model, mean_shape_unit: ArrayLike) -> None:
    """Let GRegNet start from the training set's mean shape.

    Args:
        aligner: from `build_aligner`.
        mean_shape_unit: (n, 2) in unit coordinates of the crop.
    """
    for head in shape_heads(aligner):
        head.bias.assign(np.reshape(mean_shape_unit, -1) * CROP_SIZE)
