import json
import sys
from pathlib import Path

import numpy as np
import pytest

NO_TORCH = "PyTorch is not installed; `make bench` does"


@pytest.fixture
def benchmark(monkeypatch):
    root = Path(__file__).parent.parent
    monkeypatch.syspath_prepend(root / "benchmarks")
    monkeypatch.setenv("PYTHONPATH", str(root))  # of the processes it starts
    import training_step

    yield training_step
    for name in {"pytorch_aligner", "training_step", "training_systems"} & set(sys.modules):
        del sys.modules[name]


def test_rates_and_ratios(benchmark):
    # Seconds of two turns of two steps with 32 faces.
    seconds = {"tf_facealign": [[1.0, 1.0], [2.0, 2.0]], "pytorch": [[4.0, 4.0], [2.0, 2.0]]}
    rates = benchmark._rates(seconds)
    assert rates["faces"]["tf_facealign"] == {"low": 16, "median": 24, "high": 32}
    assert rates["faces_of_fastest_step"] == {"tf_facealign": 32, "pytorch": 16}
    # In the first turn ours was 4 times as fast, in the second just as fast.
    assert rates["ours_to_theirs"] == {"pytorch": {"low": 1.75, "median": 2.5, "high": 3.25}}


def test_pytorch_collects_the_same_patches_as_sifc(benchmark):
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    from pytorch_aligner import patches

    from tf_facealign.models.sifc import SIFC

    rng = np.random.default_rng(0)
    features = rng.normal(size=(2, 9, 14, 3)).astype("float32")
    shape = rng.uniform(-0.2, 1.2, (2, 6, 2)).astype("float32")
    theirs = patches(torch.from_numpy(features).permute(0, 3, 1, 2), torch.from_numpy(shape))
    ours = np.array(SIFC(5)(features, shape)).reshape(2, 6, -1)
    np.testing.assert_allclose(theirs.transpose(0, 1), ours, atol=1e-5)


def test_pytorch_has_the_parameters_of_table_6(benchmark):
    pytest.importorskip("torch", reason=NO_TORCH)
    from pytorch_aligner import Aligner

    assert sum(weight.numel() for weight in Aligner(98, 1.0).parameters()) == 12_971_612


@pytest.mark.slow
def test_both_are_measured(benchmark, tmp_path):
    pytest.importorskip("torch", reason=NO_TORCH)
    arguments = ["--widths", "0.1", "--optimizers", "sgd", "--rounds", "2", "--steps", "1"]
    benchmark.main([*arguments, "--cores", "1", "--json", str(tmp_path / "found.json")])
    report = json.loads((tmp_path / "found.json").read_text())
    (run,) = report["runs"]
    assert (run["width"], run["optimizer"], run["cores"]) == (0.1, "sgd", 1)
    for clock in ("per_second", "per_core_second"):
        assert all(rate["low"] > 0 for rate in run[clock]["faces"].values())
        assert run[clock]["ours_to_theirs"]["pytorch"]["median"] > 0
    assert report["made_by"]["command"]
