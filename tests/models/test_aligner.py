import os
import subprocess
import sys

import cv2
import keras
import numpy as np
import pytest

from tf_facealign.models.aligner import build_aligner, set_mean_shape
from tf_facealign.models.complexity import complexity_table, layer_costs, stage_costs
from tf_facealign.models.gregnet import build_gregnet
from tf_facealign.models.sifc import SIFC


def crops(count, seed=0):
    """Smooth pictures: neighbouring pixels of a photo are alike, those of noise are not."""
    coarse = np.random.default_rng(seed).uniform(0, 255, (count, 16, 16, 3)).astype("float32")
    return np.stack([cv2.resize(image, (112, 112)) for image in coarse])


def randomised(model, seed=0):
    """Weights as of a trained network: refinements that move the points, not their tiny start."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.path.endswith(("dense_kernel", "shape_px/kernel")):
            weight.assign(rng.normal(0, 2.0, weight.shape))
    return model


def count_trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.fixture(scope="module")
def paper_model():
    return build_aligner(98)


def test_parameters_of_table_6(paper_model):
    assert count_trainable(paper_model.get_layer("gregnet")) == 11_562_372  # 11.56 M
    assert count_trainable(paper_model) == 12_971_612  # 12.97 M
    assert sum(cost.parameters for cost in layer_costs(paper_model)) == 12_971_612


def test_maccs_of_the_settled_architecture(paper_model):
    gregnet = sum(cost.maccs for cost in layer_costs(paper_model.get_layer("gregnet")))
    cascade = sum(cost.maccs for cost in layer_costs(paper_model))
    assert round(gregnet / 1e9, 4) == 1.7305
    assert round(cascade / 1e9, 4) == 1.7319


def test_frozen_layers_count():
    model = build_aligner(5, width=0.1)
    before = layer_costs(model)
    model.get_layer("gregnet").trainable = False
    assert layer_costs(model) == before


def test_costs_of_each_stage(paper_model):
    costs = stage_costs(paper_model)
    assert list(costs) == ["shape_0", "shape_1", "shape_2"]
    assert costs["shape_0"][0] == 11_562_372
    assert costs["shape_2"][0] == 12_971_612
    # A refinement: 98 patches of 5 × 5 × 64 to 4 values each, these 392 to 196; and the biases.
    maccs = 98 * 5 * 5 * 64 * 4 + 392 * 196
    steps = np.diff(list(costs.values()), axis=0).tolist()
    assert steps == [[maccs + 392 + 196, maccs]] * 2
    assert costs["shape_2"][1] == sum(cost.maccs for cost in layer_costs(paper_model))


def test_table_names_the_totals(paper_model):
    table = complexity_table(paper_model)
    assert "11.56 M" in table
    assert "1.7319 G" in table
    assert "lrefnet_2" in table


def test_gregnet_exposes_its_features():
    model = build_gregnet(68, width=0.25)
    outputs = model(crops(2))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "shape_0": (2, 68, 2),
        "conv1": (2, 112, 112, 16),
        "res1": (2, 56, 56, 16),
        "res2": (2, 28, 28, 32),
        "res3": (2, 14, 14, 64),
        "res4": (2, 7, 7, 128),
    }


def test_cascade_is_eq_1_to_4():
    """S^t = S^(t-1) + LRefNet(SIFC(F^t, S^(t-1))) with F¹ = res1, F² = conv1, put together by
    hand."""
    model = randomised(build_aligner(19, width=0.1))
    image = crops(2)
    outputs = model(image)
    features = model.get_layer("gregnet")(image)
    shape = features["shape_0"]
    for stage, tap in ((1, "res1"), (2, "conv1")):
        patches = SIFC(5)(features[tap], shape)
        shape = shape + model.get_layer(f"lrefnet_{stage}")(patches)
        np.testing.assert_allclose(outputs[f"shape_{stage}"], shape, atol=1e-5)


@pytest.mark.parametrize("refinements", [0, 1, 2])
def test_number_of_refinements(refinements):
    model = build_aligner(5, width=0.1, num_refinements=refinements)
    assert list(model.output) == [f"shape_{t}" for t in range(refinements + 1)]


def test_three_refinements_are_refused():
    with pytest.raises(ValueError, match="num_refinements must be 0 to 2, got 3"):
        build_aligner(5, num_refinements=3)


def test_starts_at_the_mean_shape():
    mean = np.random.default_rng(0).uniform(0.2, 0.8, (68, 2))
    model = build_aligner(68, width=0.1)
    set_mean_shape(model, mean)
    for shape in model.predict(crops(2), verbose=0).values():
        assert np.abs(shape - mean).max() < 0.05


def test_loss_of_a_stage_trains_features_but_not_the_earlier_shape():
    import tensorflow as tf

    model = randomised(build_aligner(7, width=0.1))
    gregnet = model.get_layer("gregnet")
    head, stem = gregnet.get_layer("shape_px").kernel, gregnet.get_layer("conv1").kernel
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(crops(1))["shape_2"] ** 2)
    head_gradient, stem_gradient = tape.gradient(loss, [head.value, stem.value])
    assert head_gradient is None  # S¹ and S⁰ are constants for ΔS²
    assert np.abs(stem_gradient).max() > 0


def test_keras_file_round_trip(tmp_path):
    model = randomised(build_aligner(29, width=0.1, patch_size=3, dropout=0.3))
    model.save(tmp_path / "model.keras")
    revived = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    image = crops(2)
    for name, shape in model.predict(image, verbose=0).items():
        np.testing.assert_array_equal(revived.predict(image, verbose=0)[name], shape)
    # What get_config forgets comes back as its default: look at the revived attributes themselves.
    assert revived.get_layer("sifc_1").patch_size == 3
    assert revived.get_layer("lrefnet_2").num_landmarks == 29
    assert revived.get_layer("gregnet").get_layer("dropout").rate == 0.3


def test_frozen_gregnet_keeps_its_statistics_but_drops_units():
    """Phase two: batch norms in inference mode, dropout active (paper, section 4.3)."""
    model = randomised(build_aligner(11, width=0.1, dropout=0.5))
    model.get_layer("gregnet").trainable = False
    norms = [w for w in model.weights if "moving_" in w.path]
    before = [np.array(w) for w in norms]
    image = crops(4)
    first, second = (np.array(model(image, training=True)["shape_0"]) for _ in range(2))
    assert np.abs(first - second).max() > 0
    for weight, value in zip(norms, before, strict=True):
        np.testing.assert_array_equal(weight, value)


JAX_SCRIPT = """
import sys, keras, numpy as np
from tf_facealign.models.loading import load_model
assert keras.backend.backend() == "jax"
model = load_model(sys.argv[1])
shapes = model.predict(np.load(sys.argv[2]), verbose=0)
np.savez(sys.argv[3], **shapes)
"""


def test_jax_backend_gives_the_same_shapes(tmp_path):
    pytest.importorskip("jax", reason="the JAX backend is not installed")
    model = randomised(build_aligner(68, width=0.25))
    image = crops(3)
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "image.npy", image)
    files = [str(tmp_path / name) for name in ("model.keras", "image.npy", "out.npz")]
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", JAX_SCRIPT, *files], check=True, env=environment)
    with np.load(tmp_path / "out.npz") as shapes:
        for name, shape in model.predict(image, verbose=0).items():
            np.testing.assert_allclose(shapes[name], shape, atol=1e-4)
