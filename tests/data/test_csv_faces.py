"""A user's faces in a CSV file."""

from pathlib import Path

import numpy as np
import pytest

from tf_facealign.data.csv_faces import read_csv_faces
from tf_facealign.data.folder import read_folder
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme, scheme_from_names

THREE = scheme_from_names(
    "three",
    ("image_left_eye", "image_right_eye", "chin"),
    {"inter_ocular": ((0,), (1,))},
    {},
    (),
)
HEADER = "image,x0,y0,x1,y1,x2,y2"
BOXED = f"{HEADER},box_x0,box_y0,box_x1,box_y1"


def _read(path: Path, text: str, scheme: LandmarkScheme = THREE) -> list:
    path.write_text(text, encoding="utf-8")
    return read_csv_faces(path, scheme)


def test_rows_become_faces(tmp_path: Path) -> None:
    faces = _read(
        tmp_path / "faces.csv",
        f"{BOXED}\n"
        "a.jpg,30.5,40,60,41.25,45,-7,20,10,80,90\n"
        "\n"
        '"deep/b, c.png",1,2,3,4,5,9e0, , ,,\n'
        "a.jpg,130,40,160,41,145,70,,,,\n",
    )
    assert [face.name for face in faces] == ["a.jpg", "deep/b, c.png", "a.jpg#2"]
    assert [face.path for face in faces] == [
        tmp_path / "a.jpg",
        tmp_path / "deep/b, c.png",
        tmp_path / "a.jpg",
    ]
    assert [face.group for face in faces] == ["a.jpg", "deep/b, c.png", "a.jpg"]
    np.testing.assert_array_equal(faces[0].landmarks_px, [[30.5, 40], [60, 41.25], [45, -7]])
    np.testing.assert_array_equal(faces[0].box_px, [20, 10, 80, 90])
    np.testing.assert_array_equal(faces[1].box_px, [1, 2, 5, 9])  # tight
    np.testing.assert_array_equal(faces[2].box_px, [130, 40, 160, 70])


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    shuffled = "y2, x2,y1,x1,y0,x0,image"
    (face,) = _read(tmp_path / "faces.csv", f"\ufeff{shuffled}\r\n6,5,4,3,2,1,a.jpg\r\n")
    np.testing.assert_array_equal(face.landmarks_px, [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: the header has no column 'image' (the scheme three has 3 landmarks, from x0,y0"),
        ("a.jpg,1,2,3,4,5,6\n", ":1: the header has no column 'image'"),
        ("image,x0,y0,x1,y1\n", ":1: the header has no column 'x2'"),
        (f"{HEADER},x3,y3\n", ":1: the header has an unknown column 'x3'"),
        (f"{HEADER},x0\n", ":1: the header has the column 'x0' twice"),
        (f"{HEADER},box_x0,box_y0\n", ":1: the header has no column 'box_x1'"),
        (HEADER + "\n", ": no face in it"),
        (f"{HEADER}\na.jpg,1,2,3,4,5\n", ":2: 6 cells, the header has 7"),
        (f"{HEADER}\n\na.jpg,1,2,3,4,5,six\n", ":3: y2 is 'six', not a finite number"),
        (f"{HEADER}\na.jpg,1,2,3,4,5,\n", ":2: y2 is '', not a finite number"),
        (f"{HEADER}\na.jpg,1,nan,3,4,5,6\n", ":2: y0 is 'nan', not a finite number"),
        (f"{HEADER}\na.jpg,1,2,-inf,4,5,6\n", ":2: x1 is '-inf', not a finite number"),
        (f"{BOXED}\na.jpg,1,2,3,4,5,6,0,0,,9\n", ":2: box_x1 is '', not a finite number"),
        (f"{BOXED}\na.jpg,1,2,3,4,5,6,9,9,9,20\n", ":2: a.jpg: box [9.0, 9.0, 9.0, 20.0] has no"),
        (f"{HEADER}\na.jpg,1,2,1,4,1,6\n", ":2: a.jpg: box [1.0, 2.0, 1.0, 6.0] has no area"),
        (f"{HEADER}\n,1,2,3,4,5,6\n", ":2: '' is not the path of a file inside"),
        (f"{HEADER}\n/etc/a.jpg,1,2,3,4,5,6\n", ":2: '/etc/a.jpg' is not the path of a file in"),
        (f"{HEADER}\nx/../../a.jpg,1,2,3,4,5,6\n", ":2: 'x/../../a.jpg' is not the path of a"),
        (f'{HEADER}\n"a.jpg,1,2,3,4,5,6\n', ":2: not CSV (unexpected end of data)"),
    ],
)
def test_a_fault_is_one_line_with_its_number(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "faces.csv"
    with pytest.raises(BadInput) as caught:
        _read(path, text)
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)


def test_files_that_are_no_csv(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    with pytest.raises(BadInput, match=r"faces\.csv: cannot read the faces \(No such file"):
        read_folder(path, THREE)
    path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(BadInput, match=r"faces\.csv: not a CSV text file"):
        read_folder(path, THREE)


def test_faults_can_be_collected(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    path.write_text(f"{HEADER}\na.jpg,1,2,3,4,5,x\nb.jpg,1,2,3,4,5,6\nc.jpg,1\n")
    faults: list[str] = []
    assert [face.name for face in read_folder(path, THREE, faults)] == ["b.jpg"]
    assert faults == [
        f"{path}:2: y2 is 'x', not a finite number",
        f"{path}:4: 2 cells, the header has 7",
    ]
