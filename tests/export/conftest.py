"""A small cascade with weights that move its points as those of a trained one do."""

import keras
import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.model_spec import ModelSpec, embed_spec
from tf_facealign.models.aligner import build_aligner, set_mean_shape

SCHEME = get_scheme("cofw29")
SPEC = ModelSpec("toy", SCHEME.name, 112, (0.1, 0.1, 0.1, 0.1))


@pytest.fixture(scope="session")
def faces():
    return synthetic_faces(6, SCHEME)


@pytest.fixture(scope="session")
def spec():
    return SPEC


@pytest.fixture(scope="session")
def aligner(faces):
    """Half of its points lie outside the crop, and a refinement moves them by pixels."""
    keras.utils.set_random_seed(2)  # int8 is as exact on it as on a trained cascade
    model = build_aligner(SCHEME.num_landmarks, width=0.1)
    rng = np.random.default_rng(0)
    set_mean_shape(model, rng.uniform(-0.5, 1.5, (SCHEME.num_landmarks, 2)))
    for weight in model.weights:
        if weight.path.endswith("shape_px/kernel"):
            weight.assign(rng.normal(0, 0.3, weight.shape))
        if weight.path.endswith("dense_kernel"):
            weight.assign(rng.normal(0, 0.1, weight.shape))
        if weight.path.endswith("_bias"):
            weight.assign(rng.normal(0, 0.1, weight.shape))
    return model


@pytest.fixture(scope="session")
def keras_file(aligner, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "toy.keras"
    aligner.save(path)
    embed_spec(path, SPEC)
    return path


@pytest.fixture(scope="session")
def contents(aligner, faces):
    """Every variant of the toy, with a second signature for two crops."""
    from tf_facealign.export.crops import crops_of
    from tf_facealign.export.quantization import INTEGER_VARIANTS, VARIANTS, quantize
    from tf_facealign.export.tflite import BATCH, SINGLE, convert

    floats, integers = (convert(aligner, 2, depthwise) for depthwise in (True, False))
    crops = crops_of(faces, SPEC).astype("float32")
    calibration = {SINGLE: crops[:, None], BATCH: crops.reshape(-1, 2, 112, 112, 3)}
    return {
        variant: quantize(integers if variant in INTEGER_VARIANTS else floats, variant, calibration)
        for variant in VARIANTS
    }
