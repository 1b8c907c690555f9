"""Branches: GRegNets side by side are one wide GRegNet with blocks on the diagonal."""

import keras
import numpy as np
import pytest

from tf_facealign.models.aligner import build_aligner, plain_copy, set_mean_shape
from tf_facealign.models.branches import build_branched_gregnet, shape_heads
from tf_facealign.models.complexity import layer_costs
from tf_facealign.models.gregnet import build_gregnet

IMAGE = np.random.default_rng(0).uniform(0, 255, (2, 112, 112, 3)).astype("float32")


def in_blocks(parts, axes):
    """Arrays along the diagonal of the given axes, zeros elsewhere."""
    whole = np.zeros(
        [sum(p.shape[a] for p in parts) if a in axes else n for a, n in enumerate(parts[0].shape)]
    )
    starts = dict.fromkeys(axes, 0)
    for part in parts:
        place = tuple(
            slice(starts[a], starts[a] + n) if a in axes else slice(None)
            for a, n in enumerate(part.shape)
        )
        whole[place] = part
        for axis in axes:
            starts[axis] += part.shape[axis]
    return whole


def joined(name, parts):
    """What a weight of the wide network must be, given that of each branch."""
    if name == "shape_px/kernel":
        return np.concatenate(parts) / len(parts)
    if name == "shape_px/bias":
        return np.mean(parts, axis=0)
    if name == "conv1/kernel":  # all read the image
        return np.concatenate(parts, axis=-1)
    if name == "gdconv/kernel":  # one filter a channel
        return np.concatenate(parts, axis=2)
    if parts[0].ndim == 1:  # biases, batch norms
        return np.concatenate(parts)
    return in_blocks(parts, (parts[0].ndim - 2, parts[0].ndim - 1))


def by_layer(model):
    return {"/".join(weight.path.split("/")[-2:]): weight for weight in model.weights}


@pytest.mark.parametrize("branches", [2, 4])
def test_branches_are_blocks_of_a_wide_network(branches):
    keras.utils.set_random_seed(1)
    branched = build_branched_gregnet(7, width=1.0, branches=branches)
    rng = np.random.default_rng(1)
    for weight in branched.weights:  # statistics and biases too must differ between branches
        weight.assign(np.array(weight) + rng.uniform(0, 0.02, weight.shape))
    wide = build_gregnet(7, width=1.0)
    single = [by_layer(branched.get_layer(f"branch_{i + 1}")) for i in range(branches)]
    for name, weight in by_layer(wide).items():
        weight.assign(joined(name, [np.array(branch[name]) for branch in single]))
    outputs, expected = branched(IMAGE), wide(IMAGE)
    for name, value in expected.items():
        scale = np.abs(value).max()
        np.testing.assert_allclose(outputs[name], value, atol=1e-5 * scale, err_msg=name)


def test_branches_begin_apart():
    first, second = build_branched_gregnet(5, width=0.5)(IMAGE)["branches"]
    assert np.abs(np.array(first["res4"]) - np.array(second["res4"])).max() > 0.1


def test_a_branch_learns_by_itself():
    import tensorflow as tf

    model = build_aligner(5, width=0.5, branches=2, auxiliary=True)
    stems = [
        model.get_layer("gregnet").get_layer(name).get_layer("conv1").kernel.value
        for name in ("branch_1", "branch_2")
    ]
    for supervised in ("branch_1", "auxiliary_1"):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(IMAGE)[supervised] ** 2)
        own, other = tape.gradient(loss, stems)
        assert np.abs(own).max() > 0
        assert other is None


def test_the_first_shape_is_the_mean_of_the_branches():
    outputs = build_aligner(5, width=0.5, branches=2, auxiliary=True)(IMAGE)
    mean = (np.array(outputs["branch_1"]) + np.array(outputs["branch_2"])) / 2
    np.testing.assert_allclose(outputs["shape_0"], mean, atol=1e-6)


def test_each_branch_starts_at_the_mean_shape():
    mean = np.random.default_rng(0).uniform(0.2, 0.8, (68, 2))
    model = build_aligner(68, width=0.5, branches=2, auxiliary=True)
    set_mean_shape(model, mean)
    outputs = model.predict(IMAGE, verbose=0)
    for name in ("branch_1", "branch_2", "shape_2"):
        assert np.abs(outputs[name] - mean).max() < 0.05
    assert len(shape_heads(model)) == 2


def test_half_the_weights_and_work():
    one, two = (
        sum(np.array([(c.parameters, c.maccs) for c in layer_costs(model.get_layer("gregnet"))]))
        for model in (build_aligner(68), build_aligner(68, branches=2))
    )
    # By hand: what reads the image, one filter a channel, biases and norms, and the last dense
    # layer's kernel are as many; all else is halved. Only the last bias comes twice.
    assert tuple(two) == (5_819_856, 876_098_048)
    whole = 64 * 27 + 512 * 49 + 512 + 512 * 136 + 136  # conv1, gdconv, fc's bias, shape_px
    norms = 2 * (64 + 5 * 64 + 5 * 128 + 5 * 256 + 5 * 512 + 512)
    assert two[0] == (one[0] - whole - norms) // 2 + whole + norms + 136


def test_the_cost_of_a_layer_names_its_branch():
    names = [cost.name for cost in layer_costs(build_aligner(5, width=0.5, branches=2))]
    assert len(set(names)) == len(names)
    assert {"branch_1/conv1", "branch_2/conv1", "branch_2/shape_px", "lrefnet_2"} <= set(names)


def test_a_saved_copy_without_what_training_needs(tmp_path):
    model = build_aligner(11, width=0.5, branches=2, dropout=0.1, auxiliary=True)
    copy = plain_copy(model)
    assert list(copy.output) == ["shape_0", "shape_1", "shape_2"]
    copy.save(tmp_path / "model.keras")
    revived = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    expected = model.predict(IMAGE, verbose=0)
    for name, shape in revived.predict(IMAGE, verbose=0).items():
        np.testing.assert_allclose(shape, expected[name], atol=1e-6)
