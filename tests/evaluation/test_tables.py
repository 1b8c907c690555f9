"""What a report writes down: tables as the paper lays them out, text, and JSON."""

import json

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.protocols import PROTOCOLS
from tf_facealign.evaluation.report import Cost
from tf_facealign.evaluation.report_json import report_json, write_report
from tf_facealign.evaluation.scoring import score
from tf_facealign.evaluation.tables import Table, report_tables, report_title
from tf_facealign.evaluation.text_table import report_text, table_text
from tf_facealign.face_crop import landmarks_box

IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(1)
IMAGE = np.zeros((8, 8, 3), np.uint8)


def _face(name, subsets):
    points = RNG.uniform(0, 20, (68, 2))
    points[36], points[45] = [0, 0], [100, 0]
    return FaceSample(name, points, landmarks_box(points), pixels=IMAGE, subsets=subsets)


FACES = [
    _face("a", ("common", "full")),
    _face("b", ("common", "full")),
    _face("c", ("challenging", "full")),
]
TRUTH = np.stack([face.landmarks_px for face in FACES])


def _system(name, shifts, costs=None, missing=()):
    """A system whose stages are off by so many pixels, percent of the inter-ocular distance."""
    stages = {}
    for number, shift in enumerate(shifts):
        stages[f"shape_{number}"] = TRUTH + np.array([shift, 0.0])
        stages[f"shape_{number}"][list(missing)] = np.nan
    return Predictions(name, stages, costs or {})


@pytest.fixture(scope="module")
def report():
    costs = {"shape_0": Cost(11_560_000, 1_730_500_000), "shape_1": Cost(12_970_000)}
    systems = [_system("new", [4, 2], costs), _system("old", [3], missing=[1])]
    return score(FACES, systems, IBUG68, PROTOCOLS["300w"])


def _table(report, title) -> Table:
    (table,) = [table for table in report_tables(report) if table.title.startswith(title)]
    return table


def test_the_benchmark_table_is_the_papers(report):
    table = _table(report, "300-W by inter_ocular")
    assert table.head == ("", "method", "common", "challenging", "full")
    nme = [row for row in table.rows if row.cells[0] == "NME %"]
    published = [row.cells[1:] for row in nme if not row.measured]
    assert ("LAB [1]", "2.98", "5.19", "3.49") in published
    assert ("the paper's GRegNet [1]", "2.97", "5.07", "3.38") in published
    assert ("the paper's cascade [1]", "2.71", "4.78", "3.12") in published
    (pipnet,) = [cells for cells in published if cells[0].startswith("PIPNet-R18 [")]
    assert pipnet[1:] == ("–", "–", "3.36")
    assert [row.cells[1:] for row in nme if row.measured] == [
        ("new S0", "4.00", "4.00", "4.00"),
        ("new S1", "2.00", "2.00", "2.00"),
        ("old", "3.00", "3.00", "3.00"),
    ]
    # Nobody prints failure rates of 300-W at 10 %: no published row, not a row of dashes.
    rates = [row for row in table.rows if row.cells[0] == "FR %"]
    assert [row.cells[1] for row in rates] == ["new S0", "new S1", "old"]
    assert [row.cells[2] for row in rates] == ["0.00", "0.00", "50.00"]
    assert table.notes[0] == "[1] the paper, Table 3"


def test_every_source_of_a_published_row_is_under_its_table(report):
    for table in report_tables(report):
        numbers = {row.cells[table.head.index("method")].rpartition("[")[2].rstrip("]")
                   for row in table.rows if not row.measured}  # fmt: skip
        assert numbers == {note[1:].partition("]")[0] for note in table.notes}


def test_other_tables(report):
    intervals = _table(report, "95 % intervals and percentiles of the NME, by inter_ocular")
    (row,) = [row for row in intervals.rows if row.cells[:2] == ("common", "new")]
    assert row.cells[2:] == (
        "2", "2.00 [2.00, 2.00]", "0.00 [0.00, 0.00]", "0.8000 [0.8000, 0.8000]",
        "2.00", "2.00", "2.00", "2.00",
    )  # fmt: skip
    regions = _table(report, "NME % by region")
    assert regions.head == ("region", "new S0", "new S1", "old")
    assert regions.rows[0].cells == ("face_contour", "4.00", "2.00", "3.00")
    differences = _table(report, "NME − NME of new")
    assert differences.rows[0].cells == (
        "old", "inter_ocular", "common", "1", "+1.000", "[+1.000, +1.000]", "–",
    )  # fmt: skip
    complexity = _table(report, "Complexity")
    measured = [row.cells for row in complexity.rows if row.measured]
    assert measured == [("new S0", "11.56", "1.7305"), ("new S1", "12.97", "–")]
    assert ("the paper's cascade [1]", "12.97", "1.7444") in [row.cells for row in complexity.rows]


def test_the_title_says_what_must_be_known_first(report):
    first, incomplete, missing = report_title(report)
    assert first.startswith("300-W: 3 faces; ")
    assert "common has 2 faces, not 554; challenging has 1 faces, not 135" in incomplete
    assert "not comparable with published figures" in incomplete
    assert missing.startswith("old: no prediction for 1 of 3 faces (b); they are failures")


def test_ones_own_faces_have_no_published_rows():
    tables = report_tables(score(FACES, [_system("new", [4, 2])], IBUG68))
    assert all(row.measured for table in tables for row in table.rows)
    assert not any(table.notes or table.title == "Complexity" for table in tables)


def test_text(report):
    text = report_text(report)
    for table in report_tables(report):
        for row in table.rows:
            assert " ".join("  ".join(row.cells).split()) in " ".join(text.split())
    lines = table_text(_table(report, "300-W by inter_ocular")).splitlines()
    starred = [line for line in lines if line.startswith("* ") and "measured here" not in line]
    assert len(starred) == 9  # three stages of systems by three metrics
    assert all("new" in line or "old" in line for line in starred)
    # A column's numbers end below each other.
    column = [line.index("2.00") for line in starred if "new S1" in line and "NME" in line]
    assert [line.index("4.00") for line in starred if "new S0" in line and "NME" in line] == column


def test_json_has_every_number(report):
    content = report_json(report)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    header = content["faces"], content["normalizer"], content["threshold"]
    assert header == (3, "inter_ocular", 0.1)
    assert content["incomplete"]["full"] == [3, 689]
    common = content["subsets"]["common"]
    assert (common["faces"], common["missing"], common["failure_rate"]) == (2, 0, 0.0)
    assert (common["nme"], common["auc"]) == pytest.approx((2.0, 0.8))
    assert common["nme_interval"] == pytest.approx([2.0, 2.0])
    assert list(common["percentiles"]) == ["50", "90", "95", "99"]
    assert content["stages"]["shape_1"] == content["subsets"]
    assert content["stages"]["shape_0"]["full"]["nme"] == pytest.approx(4.0)
    assert list(content["other_normalizers"]) == ["inter_pupil"]
    assert list(content["other_normalizers"]["inter_pupil"]) == ["subsets", "stages"]
    assert content["regions"]["shape_0"]["nose"] == pytest.approx(4.0)
    assert len(content["landmarks"]["shape_1"]) == 68
    assert content["landmarks"]["shape_1"]["nose_tip"] == pytest.approx(2.0)
    assert content["costs"]["shape_1"] == {"parameters": 12_970_000, "maccs": None}
    (other,) = content["other_systems"]
    assert (other["system"], other["missing"]) == ("old", ["b"])
    assert other["subsets"]["common"]["percentiles"]["99"] is None  # infinite: of the missing face
    difference = content["differences"][0]
    assert (difference["system"], difference["reference"]) == ("old", "new")
    assert difference["nme"] == pytest.approx(1.0)


def test_the_report_is_written_whole(report, tmp_path):
    path = tmp_path / "runs" / "eval.json"
    write_report(path, report)
    written = json.loads(path.read_text())
    assert written.pop("made_by")["command"]
    assert written == report_json(report)
    assert [file.name for file in path.parent.iterdir()] == ["eval.json"]
    with pytest.raises(BadInput, match="cannot write here"):
        write_report(path / "deeper.json", report)
