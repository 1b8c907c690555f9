"""The peers' benchmark: what of it needs no peer."""

import numpy as np
import pytest

pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def cascade():
    from benchmarks import runtimes

    return runtimes, *runtimes._model(None, width=0.1)


def test_both_graphs_give_what_keras_gives(cascade):
    runtimes, model, spec = cascade
    crops = runtimes._crops(spec, 1)
    expected = model.predict(crops, verbose=0)
    assert np.abs(expected["shape_2"] - expected["shape_0"]).max() > 0.01  # refined it is
    for graph in runtimes._graphs(model).values():
        np.testing.assert_allclose(graph(crops)["shape_2"], expected["shape_2"], atol=1e-4)


def test_a_system_that_fails_is_named_with_its_reason(cascade, tmp_path, monkeypatch):
    runtimes, model, spec = cascade

    def systems(*_):
        yield "good", lambda: lambda image: np.full((1, 98, 2), 0.5, np.float32)
        yield "bad", lambda: 1 / 0

    monkeypatch.setattr(runtimes, "_systems", systems)
    result = runtimes.compare(model, spec, num_crops=1, runs=1, folder=tmp_path)
    assert set(result["systems"]) == {"good"}
    assert result["missing"] == {"bad": "ZeroDivisionError: division by zero"}
    assert result["systems"]["good"]["deviation_px"] > 0
