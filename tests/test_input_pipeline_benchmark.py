import importlib.util
import itertools
import json
from pathlib import Path

import pytest


@pytest.fixture
def benchmark():
    path = Path(__file__).parent.parent / "benchmarks" / "input_pipeline.py"
    spec = importlib.util.spec_from_file_location("input_pipeline_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_way_to_read_is_measured(benchmark, monkeypatch, tmp_path):
    monkeypatch.delenv("FACEALIGN_DATA", raising=False)
    arguments = ["--faces", "32", "--rounds", "1", "--threads", "1", "--processes", "2"]
    benchmark.main([*arguments, "--json", str(tmp_path / "found.json")])
    report = json.loads((tmp_path / "found.json").read_text())
    runs = {(run["from"], run["processes"], run["augmentation"]) for run in report["runs"]}
    ways = itertools.product(("files", "records", "memory"), (0, 2), benchmark.AUGMENTATIONS)
    assert runs == set(ways)
    assert len(runs) == len(report["runs"])
    assert all(run["faces_per_second"] > 0 for run in report["runs"])
    assert report["made_by"]["command"]
