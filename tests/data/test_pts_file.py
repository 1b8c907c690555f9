"""`.pts` files: what is written is read, and every broken file is refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from tf_facealign.data.pts_file import read_pts, write_pts
from tf_facealign.errors import BadInput

GOOD = "version: 1\nn_points:  3\n{\n1 1\n11.5 21.25\n-3.5 101\n}\n"
# One less than the file says: files count pixels from 1.
GOOD_POINTS = [[0, 0], [10.5, 20.25], [-4.5, 100]]


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "face.pts"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "1 1\n11.5 21.25\n-3.5 101",
        "{\n1 1\n11.5 21.25\n-3.5 101\n}",
        "n_points: 3\n1 1\n11.5 21.25\n-3.5 101\n",
        GOOD.replace("\n", " \r\n"),
        GOOD.replace(" ", "\t"),
        GOOD.replace("\n", "\n\n"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("11.5", "1.15e1"),
    ],
    ids=["full", "bare", "braces", "header", "crlf", "tabs", "blank_lines", "bom", "exponent"],
)
def test_the_variants_in_circulation(tmp_path: Path, content: str | bytes) -> None:
    points = read_pts(_file(tmp_path, content), num_landmarks=3)
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, GOOD_POINTS)


def test_round_trip(tmp_path: Path) -> None:
    points = np.random.default_rng(0).uniform(-500, 5000, (98, 2))
    write_pts(tmp_path / "new" / "face.pts", points)
    np.testing.assert_allclose(read_pts(tmp_path / "new" / "face.pts"), points, rtol=0, atol=1e-6)


def test_the_written_text_is_the_benchmark_format(tmp_path: Path) -> None:
    write_pts(tmp_path / "a.pts", [[0, 0], [10.5, 20.25]])
    lines = (tmp_path / "a.pts").read_text().splitlines()
    assert lines[:3] == ["version: 1", "n_points: 2", "{"]
    assert lines[3].split() == ["1.0000000", "1.0000000"]
    assert lines[5:] == ["}"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("version: 1\nn_points: 3\n{\n}\n", "no points"),
        (GOOD.replace("}\n", ""), "closing brace"),
        (GOOD[: GOOD.index("-3.5")], "closing brace"),
        (GOOD[: GOOD.index(" 101")], "is not a point"),
        (GOOD.replace("3\n{", "4\n{"), "n_points 4, but there are 3"),
        (GOOD.replace("3\n{", "many\n{"), "n_points many"),
        (GOOD.replace("n_points:  3", "n_points:  2").replace("1 1\n", ""), "2 points, expected 3"),
        (GOOD.replace("11.5", "nan"), "not finite"),
        (GOOD.replace("11.5", "-inf"), "not finite"),
        (GOOD.replace("11.5", "eleven"), "not a number"),
        (GOOD.replace("11.5", "11,5"), "not a number"),
        (GOOD.replace("11.5", "11.5 7"), "is not a point"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe", "not a .pts text file"),
        (b"\x00\x01\x02\x03", "is not a point"),
    ],
)
def test_broken_files(tmp_path: Path, content: str | bytes, fault: str) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(BadInput) as caught:
        read_pts(path, num_landmarks=3)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert fault in message
    assert "\n" not in message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.pts: cannot read the landmarks \(No such file"):
        read_pts(tmp_path / "none.pts")
    with pytest.raises(BadInput, match="cannot read the landmarks"):
        read_pts(tmp_path)


@pytest.mark.parametrize(
    "points", [[[1.0, 2.0, 3.0]], [1.0, 2.0], [[np.nan, 1.0]], [[np.inf, 1.0]]]
)
def test_what_cannot_be_written(tmp_path: Path, points: list[object]) -> None:
    with pytest.raises(BadInput, match=r"face\.pts: cannot write"):
        write_pts(tmp_path / "face.pts", points)
    assert not list(tmp_path.iterdir())


def test_an_unwritable_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadInput, match="cannot write here"):
        write_pts(tmp_path / "file" / "face.pts", [[1.0, 2.0]])
