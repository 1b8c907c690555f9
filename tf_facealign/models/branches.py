"""GRegNet in branches: narrower networks side by side, each of which learns by itself.

Networks that were trained alike err in different directions, and their mean errs less than they do.
Together they are one network of their joint width whose kernels, all but the first, have blocks on
the diagonal and zeros elsewhere. The zeros are neither stored nor computed: with b branches about
1/b of the weights and multiply-accumulates remain.
"""

from collections.abc import Iterator

import keras
from keras import layers

from tf_facealign.models.gregnet import build_gregnet

BRANCH = "branch_"
"""A branch is called so, and its number, from 1."""
BRANCHES = "branches"
"""The outputs of each branch, beside those of the whole."""


def build_branched_gregnet(
    num_landmarks: int,
    width: float = 1.0,
    branches: int = 2,
    dropout: float = 0.0,
    precision: str = "float32",
) -> keras.Model:
    """Build GRegNets of `width / branches` side by side.

    Args:
        num_landmarks: n.
        width: of all branches together.
        branches: how many.
        dropout: see `build_gregnet`.
        precision: see `build_gregnet`.

    Returns:
        A functional model named "gregnet" with the input and the outputs of `build_gregnet`:
        `shape_0` is the mean of the branches' shapes, a feature map the channels of them all, one
        branch after the other. The output `branches` lists what each branch gives, the layers
        "branch_1", "branch_2", ….
    """
    single = [
        build_gregnet(num_landmarks, width / branches, dropout, precision, f"{BRANCH}{index}")
        for index in range(1, branches + 1)
    ]
    image = keras.Input(single[0].input_shape[1:], name="image")
    each = [branch(image) for branch in single]
    outputs = {"shape_0": layers.Average(name="shape_0")([found["shape_0"] for found in each])}
    for tap in [name for name in each[0] if name != "shape_0"]:
        joined = layers.Concatenate(dtype=precision, name=tap)
        outputs[tap] = joined([found[tap] for found in each])
    return keras.Model(image, {**outputs, BRANCHES: each}, name="gregnet")


def leaves(model: keras.Model, prefix: str = "") -> Iterator[tuple[str, layers.Layer]]:
    """The layers of a model and of the models in it, in the graph's order.

    Yields:
        a layer's name, which in a branch starts with the branch's; and the layer.
    """
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            inner = f"{layer.name}/" if layer.name.startswith(BRANCH) else prefix
            yield from leaves(layer, inner)
        else:
            yield prefix + layer.name, layer


def shape_heads(model: keras.Model) -> list[layers.Dense]:
    """The last dense layer of GRegNet, which gives the first shape in crop pixels; one a branch."""
    return [layer for _, layer in leaves(model) if layer.name == "shape_px"]
