import keras
import numpy as np
import pytest

from tf_facealign import metrics
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.training.stage_nme import StageNME


def test_agrees_with_the_published_definition():
    scheme = get_scheme("ibug68")
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.2, 0.8, (6, 68, 2)).astype("float32")
    predicted = truth + rng.normal(0, 0.02, truth.shape).astype("float32")
    for normalizer, groups in scheme.normalizers.items():
        metric = StageNME(groups)
        metric.update_state(truth[:4], predicted[:4])
        metric.update_state(truth[4:], predicted[4:])  # batches of unequal size count by faces
        expected = metrics.nme(truth, predicted, scheme.normalizer_distance(truth, normalizer))
        assert float(metric.result()) == pytest.approx(100 * expected.mean(), rel=1e-5)


def test_survives_saving():
    metric = StageNME(((36,), (45,)))
    revived = keras.metrics.deserialize(keras.metrics.serialize(metric))
    assert revived.groups == ((36,), (45,))
