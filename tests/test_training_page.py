"""docs/training.md: its commands are understood, its links lead somewhere, its figures measured."""

import csv
import json
import re
import statistics
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


def test_the_figures_of_the_whole_width_are_those_of_its_log():
    folder = ROOT / "docs/results/training/300w-dense"
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    seconds = sum(float(row["seconds"]) for row in rows)
    assert f"took {seconds / 60:.0f} minutes on an H200" in PAGE
    rates = [float(row["faces_per_second"]) for row in rows]
    assert f"{statistics.median(rates):,.0f} faces a second in the median" in PAGE
    assert f"up to {max(rates):,.0f}. " in PAGE
    nme = json.loads((folder / "lfpw_test.json").read_text())["subsets"]["lfpw_test"]["nme"]
    assert f"comes to {nme:.2f} % on LFPW's test faces" in PAGE


@pytest.mark.parametrize(
    ("report", "run"),
    [("300w.json", "300w"), ("training/300w-mirrored/lfpw_test.json", "300w-mirrored")],
)
def test_the_figures_of_the_branches_are_those_of_their_reports(report, run):
    stages = json.loads((ROOT / "docs/results" / report).read_text())["stages"]
    nme = stages["shape_2"]["lfpw_test"]["nme"]
    assert re.search(rf"to {nme:.2f} %[^.]*\(\[training/{run}\]", PAGE)


def test_the_side_of_the_annotations_is_the_measured_one():
    measured = json.loads((ROOT / "docs/results/bench/annotation_side.json").read_text())["rows"]
    text = " ".join(PAGE.split())
    tiny, small = measured["300w-tiny"], measured["300w-small"]
    assert f"by {-tiny['x']:.2f} % of the distance between the eyes for 300w-tiny" in text
    assert f"{-small['x']:.2f} % for 300w-small (standard error {tiny['x_error']:.2f} %)" in text
    assert all(abs(row["y"]) < 2 * row["y_error"] for row in measured.values())
