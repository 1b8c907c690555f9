"""docs/training.md: its commands are understood, its links lead somewhere, its figures measured."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/training.md").read_text("utf-8")


@pytest.mark.parametrize("source", ["memory", "records", "files"])
def test_the_speed_of_the_faces_is_the_measured_one(source):
    runs = json.loads((ROOT / "docs/results/bench/input_pipeline.json").read_text())["runs"]
    measured = [
        f"{run['faces_per_second']:,}"
        for run in runs
        if run["faces"] == "300-W" and run["from"] == source
    ]
    (row,) = re.findall(rf"^\| {source}\b.*\|$", PAGE, re.MULTILINE)
    assert [cell.strip() for cell in row.split("|")[2:-1]] == measured
