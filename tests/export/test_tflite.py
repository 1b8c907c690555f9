import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tf_facealign.export.crops import crops_of
from tf_facealign.export.operators import ALLOWED, operators_of
from tf_facealign.export.quantization import VARIANTS
from tf_facealign.export.running import predict_keras, predict_tflite
from tf_facealign.export.tflite import BATCH, SINGLE, convert
from tf_facealign.export.verification import LIMITS
from tf_facealign.models.aligner import build_aligner


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("signature", [SINGLE, BATCH])
def test_each_variant_is_close_to_keras(aligner, faces, spec, contents, variant, signature):
    crops = crops_of(faces, spec)
    found = predict_tflite(contents[variant], crops, signature)
    distances = 112 * np.linalg.norm(found - predict_keras(aligner, crops), axis=-1)
    assert distances.mean() <= LIMITS[variant].mean_px
    assert distances.max() <= LIMITS[variant].max_px


@pytest.mark.parametrize("variant", VARIANTS)
def test_has_builtin_operators_only(contents, variant):
    assert operators_of(contents[variant]) <= ALLOWED
    assert ("QUANTIZE" in operators_of(contents[variant])) == (variant == "int8")


def test_smaller_formats_are_smaller(contents):
    sizes = {variant: len(content) for variant, content in contents.items()}
    assert sizes["float16"] < 0.6 * sizes["float32"]
    assert sizes["dynamic_int8"] < 0.5 * sizes["float32"]  # a toy is mostly graph
    assert sizes["int8"] < 0.5 * sizes["float32"]


def test_both_signatures_share_the_weights(aligner, contents):
    alone = len(convert(aligner))
    assert len(contents["float32"]) < 1.2 * alone


def test_contract_of_the_file(contents):
    for content in contents.values():
        interpreter = Interpreter(model_content=content)
        io = {"inputs": ["image"], "outputs": ["shape_2"]}
        assert interpreter.get_signature_list() == {SINGLE: io, BATCH: io}
        for name, batch in ((SINGLE, 1), (BATCH, 2)):
            runner = interpreter.get_signature_runner(name)
            image, shape = runner.get_input_details(), runner.get_output_details()
            assert tuple(image["image"]["shape"]) == (batch, 112, 112, 3)
            assert tuple(shape["shape_2"]["shape"]) == (batch, 29, 2)
            assert image["image"]["dtype"] == shape["shape_2"]["dtype"] == np.float32


def test_gregnet_alone_is_exported_as_its_only_stage():
    content = convert(build_aligner(5, width=0.1, num_refinements=0))
    signature = Interpreter(model_content=content).get_signature_list()[SINGLE]
    assert signature["outputs"] == ["shape_0"]


def test_coordinates_and_last_dense_layers_of_int8_are_float(contents):
    interpreter = Interpreter(model_content=contents["int8"])
    kinds = {d["name"]: d["dtype"] for d in interpreter.get_tensor_details()}
    integers = [name for name, kind in kinds.items() if kind == np.int8]
    assert any("lrefnet_2/convolution" in name for name in integers)
    assert any("res4b" in name for name in integers)
    assert not any("MatMul" in name and "fc_" not in name for name in integers)
