import json
import sys
from pathlib import Path

import pytest

from tf_facealign.augmentation_config import AugmentationConfig


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    import augmentation

    yield augmentation
    for name in ("augmentation", "rivals"):
        del sys.modules[name]


def test_the_whole_set_is_measured(benchmark):
    assert len(benchmark.OPERATIONS) == 11
    assert "occlusion" in benchmark.OPERATIONS
    assert set(benchmark.OPERATIONS) < set(vars(AugmentationConfig()))


def test_rates_and_ratios(benchmark):
    # (wall, processor) seconds of two rounds of 10 faces.
    seconds = {"tf_facealign": [(1.0, 0.5), (2.0, 0.5)], "imgaug": [(4.0, 2.0), (6.0, 1.0)]}
    summary = benchmark._summary(seconds, 10)
    assert summary["faces_per_second"]["tf_facealign"] == 8  # 7.5: between 10 and 5
    assert summary["faces_per_core_second"] == {"tf_facealign": 20, "imgaug": 8}
    assert summary["ours_to_theirs_per_second"] == {"imgaug": 3.5}  # between 4 and 3
    assert summary["ours_to_theirs_per_core_second"] == {"imgaug": 3.0}  # between 4 and 2


def test_it_runs_without_its_rivals_and_writes_what_it_found(benchmark, monkeypatch, tmp_path):
    def absent(faces, config):
        raise ImportError

    monkeypatch.delenv("FACEALIGN_DATA", raising=False)
    monkeypatch.setattr(
        benchmark, "SYSTEMS", {"tf_facealign": benchmark.ours, "albumentations": absent}
    )
    path = tmp_path / "new" / "bench.json"
    benchmark.main(["--rounds", "1", "--batch", "2", "--json", str(path)])
    result = json.loads(path.read_text())
    assert "versions" in result["made_by"]
    assert [(run["probability"], run["threads"]) for run in result["runs"]] == [
        (0.3, 1),
        (0.3, 2),
        (1.0, 1),
        (1.0, 2),
    ]
    for run in result["runs"]:
        assert run["missing"] == ["albumentations"]
        assert run["faces_per_second"]["tf_facealign"] > 10
