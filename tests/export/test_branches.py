"""A cascade in branches passes every gate in every variant, and its int8 file stays in integers."""

import keras
import numpy as np
import pytest
from ai_edge_litert.tools import flatbuffer_utils as flatbuffer

from tf_facealign.export.crops import crops_of
from tf_facealign.export.quantization import INTEGER_VARIANTS, VARIANTS, quantize
from tf_facealign.export.tflite import SINGLE, convert
from tf_facealign.export.verify import verify
from tf_facealign.models.aligner import build_aligner


@pytest.fixture(scope="module")
def branched():
    keras.utils.set_random_seed(2)
    model = build_aligner(29, width=0.25, branches=2)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if weight.path.endswith("shape_px/bias"):  # one branch lies elsewhere than the other
            weight.assign(rng.uniform(0, 112, weight.shape))
        if weight.path.endswith("dense_kernel"):
            weight.assign(rng.normal(0, 0.03, weight.shape))
    return model


@pytest.fixture(scope="module")
def contents(branched, faces, spec):
    calibration = {SINGLE: crops_of(faces, spec).astype("float32")[:, None]}
    floats, integers = (convert(branched, depthwise=depthwise) for depthwise in (True, False))
    return {
        variant: quantize(integers if variant in INTEGER_VARIANTS else floats, variant, calibration)
        for variant in VARIANTS
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_passes_every_gate(branched, contents, faces, spec, variant):
    found = verify(contents[variant], branched, spec, variant, faces, "synthetic")
    assert [gate.detail for gate in found.failed] == []


def test_the_joined_features_of_int8_are_integers(contents):
    model = flatbuffer.read_model_from_bytearray(bytearray(contents["int8"]))
    (graph,) = model.subgraphs
    joined = [
        graph.tensors[operator.outputs[0]]
        for operator in graph.operators
        if flatbuffer.opcode_to_name(model, operator.opcodeIndex) == "CONCATENATION"
    ]
    assert sorted(int(tensor.shape[1]) for tensor in joined) == [56, 112]
    assert {tensor.type for tensor in joined} == {flatbuffer.schema_fb.TensorType.INT8}
