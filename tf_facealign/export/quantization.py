"""Smaller number formats of a float32 TFLite file, by ai-edge-quantizer.

It works on the finished file and chooses operators by kind and by the names of what they give, so
that integers stay with the features: coordinates, shapes and the last dense layers are float32.
"""

import contextlib
import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.export.deployment import CONVOLUTION

INTEGER_VARIANTS = ("dynamic_int8", "int8")
VARIANTS = ("float32", "float16", *INTEGER_VARIANTS)

_FEATURES = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "CONCATENATION")
_RECIPES: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "float16": [("float16", ".*", ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"))],
    "dynamic_int8": [("dynamic", ".*", ("CONV_2D", "FULLY_CONNECTED"))],
    "int8": [
        ("static", r"/(conv\d|res\d|gdconv)", _FEATURES),
        ("static", rf"/{CONVOLUTION}/", ("RESHAPE", "GATHER", "CONV_2D")),
        ("dynamic", "/fc_", ("FULLY_CONNECTED",)),  # the hidden dense layer, most of their weights
    ],
}
"""Variant → how to store which operators: a way, a pattern in the name of their output, kinds."""


def check_variant(variant: str, calibrated: bool) -> None:
    """Refuse, as BadInput, an unknown variant, and int8 without images to calibrate it."""
    if variant not in VARIANTS:
        raise BadInput(f"unknown variant {variant!r}; known: {', '.join(VARIANTS)}")
    if variant == "int8" and not calibrated:
        raise BadInput("the variant int8 needs face crops to measure the range of its features on")


def quantize(
    content: bytes, variant: str, calibration: Mapping[str, NDArray[np.float32]] | None = None
) -> bytes:
    """Convert a float32 TFLite file.

    float16 stores weights in half their size; dynamic_int8 stores them in a quarter, and
    convolutions and dense layers measure the range of each input as they run; int8 knows these
    ranges beforehand. All integer weights have a scale a channel.

    Args:
        content: from `tflite.convert`.
        variant: one of `VARIANTS`.
        calibration: for int8, each signature's images (N, B, 112, 112, 3), RGB in 0..255.

    Raises:
        BadInput: see `check_variant`.
    """
    check_variant(variant, calibrated=bool(calibration))
    if variant == "float32":
        return content
    from ai_edge_quantizer import quantizer  # float32 does without

    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        # It keeps every tensor to read its range, which LiteRT warns about; and it shows progress.
        warnings.simplefilter("ignore")
        work = quantizer.Quantizer(content, _recipe(variant))
        ranges = work.calibrate(_samples(calibration or {}), num_threads=2)
        result = work.quantize(ranges or None, False, enable_progress_report=False)
    return bytes(result.quantized_model)


def _samples(
    calibration: Mapping[str, NDArray[np.float32]],
) -> dict[str, list[dict[str, NDArray[np.float32]]]]:
    return {name: [{"image": image} for image in images] for name, images in calibration.items()}


def _recipe(variant: str) -> Any:
    from ai_edge_quantizer.algorithm_manager import AlgorithmName
    from ai_edge_quantizer.qtyping import TFLOperationName
    from ai_edge_quantizer.recipe_manager import RecipeManager

    recipe = RecipeManager()
    for way, pattern, kinds in _RECIPES[variant]:
        for kind in map(TFLOperationName, kinds):
            if way == "static":
                recipe.add_static_config(pattern, kind, 8, 8)
            elif way == "dynamic":
                recipe.add_dynamic_config(pattern, kind, 8)
            else:
                casting = AlgorithmName.FLOAT_CASTING
                recipe.add_weight_only_config(pattern, kind, 16, algorithm_key=casting)
    return recipe.get_quantization_recipe()
