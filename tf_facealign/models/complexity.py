"""Parameters and multiply-accumulates (MACCs) of a model, as the paper's Table 6 counts them.

MACCs are those of convolutions and dense layers for one image; batch norms, activations and the
bilinear samples of SIFC are left out, as is usual.
"""

import math
from dataclasses import dataclass

import keras
from keras import layers

from tf_facealign.models.branches import leaves
from tf_facealign.models.lrefnet import LRefNet


@dataclass(frozen=True)
class LayerCost:
    """One layer: its name, output shape without the batch, trainable parameters and MACCs."""

    name: str
    output_shape: tuple[int, ...]
    parameters: int
    maccs: int


def layer_costs(model: keras.Model) -> list[LayerCost]:
    """Every layer with parameters to learn, frozen or not, in the graph's order, unfolded.

    The name of a layer in a branch starts with the branch's.
    """
    costs = []
    for name, layer in leaves(model):
        parameters = sum(math.prod(weight.shape) for weight in _learnt(layer))
        if parameters:
            shape = tuple(layer.output.shape[1:])
            costs.append(LayerCost(name, shape, parameters, _maccs(layer, shape)))
    return costs


def _learnt(layer: layers.Layer) -> list[keras.Variable]:
    """The weights that training learns, frozen or not: all but statistics and random states."""
    statistics = ("moving_mean", "moving_variance", "seed_generator_state")
    return [weight for weight in layer.weights if weight.name not in statistics]


def stage_costs(model: keras.Model) -> dict[str, tuple[int, int]]:
    """Each stage's parameters and MACCs, with all that it needs: `shape_0` is GRegNet alone.

    Args:
        model: from `build_aligner`.
    """
    costs = {
        stage: layer_costs(keras.Model(model.input, output))
        for stage, output in sorted(model.output.items())
    }
    return {
        stage: (sum(c.parameters for c in of_stage), sum(c.maccs for c in of_stage))
        for stage, of_stage in costs.items()
    }


def complexity_table(model: keras.Model) -> str:
    """A text table: one row a layer, then the totals of GRegNet and of the whole cascade.

    Args:
        model: from `build_aligner` or `build_gregnet`.
    """
    rows = [
        _row(c.name, "×".join(map(str, c.output_shape)), c.parameters, c.maccs)
        for c in layer_costs(model)
    ]
    rule = "-" * len(rows[0])
    parts = {layer.name: layer for layer in model.layers if isinstance(layer, keras.Model)}
    for name, part in {**parts, "total": model}.items():
        costs = layer_costs(part)
        parameters, maccs = sum(c.parameters for c in costs), sum(c.maccs for c in costs)
        rows += [rule] if rule not in rows else []
        rows.append(_row(name, "", parameters, maccs))
        rows.append(f"{'':<22}{'':>14}{parameters / 1e6:>12.2f} M{maccs / 1e9:>14.4f} G")
    header = f"{'layer':<22}{'output':>14}{'parameters':>14}{'MACCs':>16}"
    return "\n".join([header, rule, *rows])


def _row(name: str, shape: str, parameters: int, maccs: int) -> str:
    return f"{name:<22}{shape:>14}{parameters:>14,}{maccs:>16,}"


def _maccs(layer: keras.layers.Layer, output_shape: tuple[int, ...]) -> int:
    """A weight of a convolution works at every output position, one of a dense layer once."""
    if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
        return math.prod(layer.kernel.shape) * math.prod(output_shape[:2])
    if isinstance(layer, layers.Dense):
        return math.prod(layer.kernel.shape)
    if isinstance(layer, LRefNet):
        return math.prod(layer.conv_kernel.shape) + math.prod(layer.dense_kernel.shape)
    return 0
