"""Operators as models of their own: each gives what it gives inside the whole model."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from tf_facealign.errors import BadInput
from tf_facealign.inference.operator_times import _pack, one_operator_models, operator_times


@pytest.fixture(scope="module", params=["float32", "float16"])
def model_path(request, tmp_path_factory):
    """Convolution, residual sum, dense layer; also with weights that are expanded on loading."""
    import keras
    import tensorflow as tf

    image = keras.Input((8, 8, 3), name="image")
    features = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    features = features + keras.layers.Conv2D(4, 1)(features)
    shape = keras.layers.Dense(6)(keras.layers.Flatten()(features))
    folder = tmp_path_factory.mktemp("operators")
    keras.Model(image, {"shape_0": shape}).export(folder, format="tf_saved_model", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    if request.param == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    path = folder / "model.tflite"
    path.write_bytes(converter.convert())
    return path


def test_every_operator_alone_gives_what_it_gives_in_the_model(model_path):
    """Without delegates on both sides, which would keep their inner tensors to themselves."""
    whole = plain(model_path.read_bytes())
    (details,) = whole.get_input_details()
    image = np.random.default_rng(0).normal(size=details["shape"]).astype("float32")
    whole.set_tensor(details["index"], image)
    whole.invoke()
    parts = list(one_operator_models(model_path))
    for part in parts:
        alone = plain(part.content)
        for tensor, number in zip(alone.get_input_details(), part.inputs, strict=True):
            alone.set_tensor(tensor["index"], whole.get_tensor(number))
        alone.invoke()
        for tensor, number in zip(alone.get_output_details(), part.outputs, strict=True):
            result = alone.get_tensor(tensor["index"])
            np.testing.assert_allclose(result, whole.get_tensor(number), atol=1e-6)
    kinds = [part.operator for part in parts]
    assert kinds.count("CONV_2D") == 2
    assert "DEQUANTIZE" not in kinds


def plain(content):
    interpreter = Interpreter(
        model_content=content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    return interpreter


def test_kinds_are_counted_and_the_slowest_comes_first(model_path):
    times = operator_times(model_path, runs=2)
    kinds = [part.operator for part in one_operator_models(model_path)]
    assert {row.operator: row.count for row in times} == {kind: kinds.count(kind) for kind in kinds}
    assert sorted(times, key=lambda row: -row.cpu_ms) == times
    assert sum(row.cpu_ms for row in times) > 0


def test_weights_behind_the_flatbuffer_are_found(model_path, tmp_path):
    whole = schema.ModelT.InitFromPackedBuf(model_path.read_bytes(), 0)
    weights = [buffer.data for buffer in whole.buffers]
    for buffer, data in zip(whole.buffers, weights, strict=True):
        if data is not None:
            buffer.data, buffer.offset, buffer.size = None, 2**20, len(data)
    place, tail = len(_pack(whole)), b""
    for buffer, data in zip(whole.buffers, weights, strict=True):
        if data is not None:
            buffer.offset, tail = place + len(tail), tail + bytes(data)
    behind = tmp_path / "behind.tflite"
    behind.write_bytes(_pack(whole) + tail)
    parts = zip(one_operator_models(model_path), one_operator_models(behind), strict=True)
    assert all(part == other for part, other in parts)


def test_a_part_has_only_the_weights_it_needs(model_path):
    for part in one_operator_models(model_path):
        model = schema.ModelT.InitFromPackedBuf(part.content, 0)
        used = {tensor.buffer for tensor in model.subgraphs[0].tensors} - {0}
        assert used == set(range(1, len(model.buffers))), part.operator


@pytest.mark.parametrize("content", [b"", b"no model at all" * 9])
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "m.tflite"
    with pytest.raises(BadInput, match=r"m\.tflite"):
        operator_times(path)
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"m\.tflite"):
        operator_times(path)
