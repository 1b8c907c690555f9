"""docs/evaluation.md shows a table, a file, Python and commands; all of them hold."""

import re
from pathlib import Path

from tf_facealign.data.csv_faces import read_csv_faces
from tf_facealign.evaluation.predictions_file import read_predictions
from tf_facealign.evaluation.protocols import PROTOCOLS
from tf_facealign.scheme_file import scheme_from_definition

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "evaluation.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_python_blocks_run_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(block, names)


def test_the_example_file_is_read(tmp_path):
    (block,) = blocks("json")
    (tmp_path / "points.json").write_text(block)
    sides = ("image_left_", "image_right_")
    eyes, corners = ([side + part for side in sides] for part in ("eye", "mouth_corner"))
    scheme = scheme_from_definition(
        {
            "name": "five",
            "landmarks": [*eyes, "nose_tip", *corners],
            "normalizers": {"inter_ocular": eyes},
        },
        "five",
    )
    columns = ["image", *(f"{axis}{number}" for number in range(5) for axis in "xy")]
    rows = [f"face_{number:05d}.png," + ",".join(map(str, range(10))) for number in (0, 1)]
    (tmp_path / "faces.csv").write_text("\n".join([",".join(columns), *rows]) + "\n")
    faces = read_csv_faces(tmp_path / "faces.csv", scheme)
    predictions = read_predictions(tmp_path / "points.json", faces, scheme)
    assert predictions.system == "a ruler and a pencil"
    assert predictions.stages["shape"][1, 4].tolist() == [72.5, 107.0]


def test_the_table_of_protocols_is_the_packages():
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| `")]
    del rows[0]  # the head, `--dataset`
    table = {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in rows}
    assert set(table) == set(PROTOCOLS)
    for name, protocol in PROTOCOLS.items():
        subsets, normalizers, padding = table[name]
        counts = ", ".join(f"{subset} {count:,}" for subset, count in protocol.subsets.items())
        visible = ", and these on their visible landmarks" if protocol.visible else ""
        assert subsets == counts + visible
        assert normalizers == ", ".join(protocol.normalizers)
        assert padding == _padding_in_words(protocol.dataset.padding)


def _padding_in_words(padding):
    sides = {side: getattr(padding, side) for side in ("left", "top", "right", "bottom")}
    if len(set(sides.values())) == 1:
        return f"{100 * padding.left:g} % on each side" if padding.left else "none"
    return ", ".join(f"{side} {100 * share:g} %" for side, share in sides.items())
