"""The WFLW reader on lists as distributed, and on the real faces where they are."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tf_facealign.data.datasets import load_faces
from tf_facealign.data.wflw import FLAGS, read_wflw
from tf_facealign.errors import BadInput

DATA = os.environ.get("FACEALIGN_DATA")
needs_wflw = pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "wflw").is_dir(),
    reason="needs the folder wflw/ in the folder FACEALIGN_DATA names",
)

LIST = "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_test.txt"
IMAGE = "12--Group/12_Group_Group_12_Group_Group_12_153.jpg"
# Landmark k lies at (100 + k, 50.25 + k / 2), written as the list does, with six decimals.
LANDMARKS = np.stack([100 + np.arange(98), 50.25 + np.arange(98) / 2], axis=1)
POINTS = " ".join(f"{value:.6f}" for value in LANDMARKS.ravel())
LINE = f"{POINTS} 100 50 197 99 0 0 1 1 0 0 {IMAGE}"


def _write(root: Path, *lines: str) -> Path:
    path = root / LIST
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_what_a_face_carries(tmp_path: Path) -> None:
    _write(tmp_path, LINE)
    (face,) = read_wflw(tmp_path, "test")
    assert face.name == f"{IMAGE}#1"
    assert_array_equal(face.landmarks_px, LANDMARKS)
    assert_array_equal(face.box_px, [100, 50, 197, 99])
    assert face.path == tmp_path / "WFLW_images" / IMAGE
    assert face.subsets == ("illumination", "makeup")
    assert face.visible is None


@pytest.mark.parametrize("number", range(6))
def test_the_order_of_the_flags(tmp_path: Path, number: int) -> None:
    flags = " ".join(str(int(number == flag)) for flag in range(6))
    _write(tmp_path, LINE.replace("0 0 1 1 0 0", flags))
    # The list's header: pose expression illumination make-up occlusion blur.
    names = ["largepose", "expression", "illumination", "makeup", "occlusion", "blur"]
    assert read_wflw(tmp_path, "test")[0].subsets == (names[number],)


def test_faces_of_one_photo(tmp_path: Path) -> None:
    _write(tmp_path, LINE, LINE, LINE.replace("_153", "_9"))
    faces = read_wflw(tmp_path, "test")
    assert len({face.name for face in faces}) == 3
    assert [face.group for face in faces] == [IMAGE, IMAGE, IMAGE.replace("_153", "_9")]


def test_the_list_may_lie_at_another_depth(tmp_path: Path) -> None:
    _write(tmp_path, LINE).rename(tmp_path / "list_98pt_rect_attr_train.txt")
    assert len(load_faces("wflw", tmp_path, "train")) == 1


def test_a_part_of_the_faces_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _write(tmp_path, LINE)
    read_wflw(tmp_path, "test")
    assert [record.message for record in caplog.records] == [
        "WFLW test is incomplete: 1 of 2500 faces"
    ]


def test_a_missing_image_is_told_when_it_is_used(tmp_path: Path) -> None:
    _write(tmp_path, LINE)
    (face,) = read_wflw(tmp_path, "test")
    with pytest.raises(BadInput, match=r"12_153\.jpg: cannot read the image"):
        face.image_rgb()


def _refusal(root: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_wflw(root, "test")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("", "expected 206 numbers and the path of an image"),
        (LINE[:1000], "expected 206 numbers and the path of an image"),
        (LINE[:-4], "expected 206 numbers and the path of an image"),
        (f"{POINTS} {IMAGE}", "expected 206 numbers and the path of an image"),  # test_blur.txt
        (LINE.replace("100.000000", "1OO"), "could not convert string to float: '1OO'"),
        (LINE.replace("100.000000", "nan"), f"{IMAGE}#2: a landmark is not a finite number"),
        (LINE.replace(" 197 99 ", " 100 99 "), f"{IMAGE}#2: box [100.0, 50.0, 100.0, 99.0] has no"),
        (LINE.replace(" 0 0 1 1", " 0 0 2 1"), "a flag of [0.0, 0.0, 2.0, 1.0, 0.0, 0.0] is"),
        (LINE.replace("12--Group/", "/etc/"), "'/etc/12_Group_Group_12_Group_Group_12_153.jpg' is"),
        (LINE.replace("12--Group/", "../"), "'../12_Group_Group_12_Group_Group_12_153.jpg' is not"),
    ],
)
def test_malformed_lines(tmp_path: Path, wrong: str, fault: str) -> None:
    path = _write(tmp_path, LINE, wrong, LINE)
    assert _refusal(tmp_path).startswith(f"{path}: line 2: {fault}")


def test_bad_lists(tmp_path: Path) -> None:
    assert _refusal(tmp_path) == f"{tmp_path}: no list_98pt_rect_attr_test.txt in it"
    path = _write(tmp_path)
    assert _refusal(tmp_path) == f"{path}: the file is empty"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert _refusal(tmp_path) == f"{path}: not a text file"


def test_ten_thousand_lines_are_read_fast(tmp_path: Path) -> None:
    """In less than 3.5 times what it takes to read the numbers alone, on whatever machine."""
    path = _write(tmp_path, *[LINE] * 10_000)
    start = time.process_time()
    for line in path.read_text().splitlines():
        np.array(line.split()[:-1], np.float64)
    middle = time.process_time()
    assert len(read_wflw(tmp_path, "test")) == 10_000
    assert time.process_time() - middle < 3.5 * (middle - start)


@pytest.mark.dataset
@needs_wflw
def test_real_faces() -> None:
    faces = load_faces("wflw", split="test")
    assert len(faces) in (100, 2500)
    shapes = np.stack([face.landmarks_px for face in faces])
    boxes = np.stack([face.box_px for face in faces])
    # The rectangle is the tight box in whole pixels.
    assert abs(boxes[:, :2] - shapes.min(1)).max() <= 0.5
    assert abs(boxes[:, 2:] - shapes.max(1)).max() <= 0.5
    # Contour 0 lies left of contour 32 in every face: points are (x, y), in the list's order.
    assert (shapes[:, 0, 0] < shapes[:, 32, 0]).all()
    for face in faces[::25]:
        height, width, _ = face.image_rgb().shape
        assert (face.landmarks_px.mean(0) > 0).all()
        assert (face.landmarks_px.mean(0) < [width, height]).all()


@pytest.mark.dataset
@needs_wflw
@pytest.mark.parametrize("flag", FLAGS)
def test_real_flags_agree_with_the_lists_of_the_subsets(flag: str) -> None:
    """Each of the six lists repeats its faces: 196 numbers and the image."""
    path = next((Path(str(DATA)) / "wflw").rglob(f"list_98pt_test_{flag}.txt"))
    listed = set()
    for line in path.read_text().splitlines():
        *numbers, image = line.split()
        listed.add((image, np.array(numbers, float).tobytes()))
    for face in load_faces("wflw", split="test"):
        assert ((face.group, face.landmarks_px.tobytes()) in listed) == (flag in face.subsets)
