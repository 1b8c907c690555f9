"""The graph for the phone against the graph of training."""

import numpy as np
import pytest

from tf_facealign.export.crops import crops_of
from tf_facealign.export.deployment import Deployment
from tf_facealign.export.running import moved_start, predict_keras
from tf_facealign.models.aligner import build_aligner

# Both are float32 and sum a few thousand products in another order.
TOLERANCE_UNIT = 1e-4 / 112


@pytest.mark.parametrize("offset_unit", [0.0, 0.37, -40.0, 1e6])
@pytest.mark.parametrize("depthwise", [True, False])
def test_equals_the_training_graph_wherever_the_points_are(
    aligner, faces, spec, offset_unit, depthwise
):
    crops = crops_of(faces, spec)
    with moved_start(aligner, offset_unit):
        expected = predict_keras(aligner, crops)
        found = Deployment(aligner, depthwise)(crops.astype("float32"))["shape_2"].numpy()
    # A float32 of that size has no finer steps.
    step = np.spacing(np.float32(abs(offset_unit) + 1))
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE_UNIT + 2 * step)


def test_the_refinements_of_the_toy_matter(aligner, faces, spec):
    stages = aligner.predict(crops_of(faces, spec).astype("float32"), verbose=0)
    assert stages["shape_0"].min() < 0
    assert stages["shape_0"].max() > 1
    for before, after in (("shape_0", "shape_1"), ("shape_1", "shape_2")):
        assert np.abs(stages[after] - stages[before]).max() > 0.2 / 112


def test_other_patches_and_fewer_stages():
    image = np.random.default_rng(0).uniform(0, 255, (2, 112, 112, 3)).astype("float32")
    for refinements, patch in ((0, 5), (1, 3), (2, 4)):
        model = build_aligner(4, 0.1, num_refinements=refinements, patch_size=patch)
        answer = f"shape_{refinements}"
        found = Deployment(model)(image)
        assert list(found) == [answer]
        expected = model(image)[answer].numpy()
        np.testing.assert_allclose(found[answer].numpy(), expected, atol=TOLERANCE_UNIT)
