"""Convolutions in half precision; shapes and the trained model in float32."""

import keras
import numpy as np
import pytest

from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.losses import L2Loss
from tf_facealign.models.aligner import build_aligner, plain_copy, set_mean_shape
from tf_facealign.models.sifc import SIFC

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (4, 112, 112, 3)).astype("float32")
SHAPES = RNG.uniform(0.3, 0.7, (4, 5, 2)).astype("float32")


def aligner(precision):
    keras.utils.set_random_seed(0)
    return build_aligner(5, width=0.25, precision=precision)


@pytest.fixture(scope="module")
def mixed():
    return aligner("mixed_bfloat16")


def test_features_are_half_precision_and_shapes_are_not(mixed):
    features = mixed.get_layer("gregnet")(IMAGES)
    precisions = {name: keras.backend.standardize_dtype(x.dtype) for name, x in features.items()}
    assert precisions.pop("shape_0") == "float32"
    assert set(precisions.values()) == {"bfloat16"}
    for shape in mixed(IMAGES).values():
        assert keras.backend.standardize_dtype(shape.dtype) == "float32"
    assert {weight.dtype for weight in mixed.weights} == {"float32"}


def test_shapes_resolve_a_hundredth_of_a_pixel_at_the_far_edge(mixed):
    """bfloat16 has 8 bits: between 64 and 128 pixels its neighbours lie half a pixel apart."""
    mean = 0.9 + np.arange(10).reshape(5, 2) * 0.01 / CROP_SIZE
    set_mean_shape(mixed, mean)
    for name in ("gregnet", "lrefnet_1", "lrefnet_2"):
        layer = mixed.get_layer(name)
        layer = layer.get_layer("shape_px") if name == "gregnet" else layer
        kernel = layer.kernel if name == "gregnet" else layer.dense_kernel
        kernel.assign(np.zeros(kernel.shape))
    for shape in mixed(IMAGES).values():
        # float32's own step at 112 pixels is 7.6e-6.
        assert np.abs(shape - mean).max() * CROP_SIZE < 1e-4


def test_patches_are_taken_where_float32_says():
    """On a ramp, which bfloat16 holds exactly, a sample is its own x."""
    ramp = np.broadcast_to(np.arange(56.0), (1, 56, 56)).astype("float32")[..., None]
    features = keras.ops.cast(ramp, "bfloat16")
    x = np.linspace(40.0, 40.1, 11)  # feature pixels
    shape = np.stack([(x + 0.5) / 56, np.full(11, 0.5)], -1)[None].astype("float32")
    patches = keras.ops.convert_to_numpy(SIFC(1)(features, shape))
    assert patches.ravel() == pytest.approx(x, abs=1e-4)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_a_step_differs_by_rounding_only(precision):
    """bfloat16 rounds by 2⁻⁹ (float16 by 2⁻¹²); 18 convolutions one after another add to that."""
    losses = []
    for each in ("float32", precision):
        model = aligner(each)
        model.compile(keras.optimizers.SGD(1e-4), loss=L2Loss())
        targets = dict.fromkeys(model.output, SHAPES)
        losses.append([model.train_on_batch(IMAGES, targets)[0] for _ in range(2)])
    (first, second), (mixed_first, mixed_second) = losses
    assert mixed_first == pytest.approx(first, rel=18 * 2**-9)
    assert mixed_second - mixed_first == pytest.approx(second - first, rel=0.1)


def test_the_trained_model_is_plain_float32(mixed, tmp_path):
    for layer in mixed.get_layer("gregnet").layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True
    plain_copy(mixed).save(tmp_path / "plain.keras")
    revived = keras.models.load_model(tmp_path / "plain.keras", safe_mode=True)
    layers = [*revived.get_layer("gregnet").layers, *revived.layers]
    assert {layer.dtype_policy.name for layer in layers} == {"float32"}
    assert not any(getattr(layer, "synchronized", False) for layer in layers)
    same = build_aligner(5, width=0.25)
    assert [weight.path for weight in revived.weights] == [weight.path for weight in same.weights]
    same.set_weights(mixed.get_weights())
    for name, shape in same(IMAGES).items():
        np.testing.assert_array_equal(revived(IMAGES)[name], shape)
