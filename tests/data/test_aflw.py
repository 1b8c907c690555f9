"""The AFLW reader on a small AFLWinfo_release.mat; the real one is not to be had here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.io import savemat

from tf_facealign.data import aflw
from tf_facealign.data.aflw import read_aflw
from tf_facealign.data.datasets import load_faces
from tf_facealign.errors import BadInput
from tf_facealign.images import write_image

NAMES = ["0/image00002.jpg", "2/image00007.jpg", "2/image00007.jpg", "3/image1.jpg", "3/image2.jpg"]
ROWS = np.arange(5.0)[:, None]
# Landmark k of row r lies at (10 r + k, 100 + k).
SHAPES = np.concatenate([10 * ROWS + np.arange(19), 0 * ROWS + 100 + np.arange(19)], axis=1)
MASKS = np.ones((5, 19))
MASKS[[0, 2], 4] = 0
# x_min x_max y_min y_max.
BOXES = np.concatenate([10 * ROWS, 10 * ROWS + 50, 0 * ROWS + 95, 0 * ROWS + 145], axis=1)
# Rows 4 and 2 train; 5, 1 and 3 test, of which 5 and (counted from 1) no other is frontal.
PERMUTATION = np.array([[4.0, 2, 5, 1, 3]])


@pytest.fixture(autouse=True)
def _two_training_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aflw, "NUM_TRAINING", 2)


def _save(root: Path, **changed: Any) -> Path:
    fields = {"data": SHAPES, "mask_new": MASKS, "bbox": BOXES, "ra": PERMUTATION, **changed}
    cells = np.empty((5, 1), object)
    cells[:, 0] = fields.pop("names", NAMES)
    path = root / "AFLWinfo_release.mat"
    savemat(path, {"nameList": cells, **fields}, do_compression=True)
    return path


def test_what_a_face_carries(tmp_path: Path) -> None:
    _save(tmp_path)
    first = load_faces("aflw", tmp_path)[0]
    assert (first.name, first.group) == ("3/image2.jpg#5", "3/image2.jpg")
    assert_array_equal(first.landmarks_px, np.stack([40 + np.arange(19), 100 + np.arange(19)], 1))
    assert_array_equal(first.box_px, [40, 95, 90, 145])
    assert first.visible is not None
    assert first.visible.all()


@pytest.mark.parametrize(
    ("split", "rows"), [("train", [4, 2]), ("test", [5, 1, 3]), ("frontal", [5])]
)
def test_splits(tmp_path: Path, split: str, rows: list[int]) -> None:
    _save(tmp_path)
    faces = read_aflw(tmp_path, split)
    assert [int(face.name.split("#")[1]) for face in faces] == rows


def test_subsets(tmp_path: Path) -> None:
    _save(tmp_path)
    assert [face.subsets for face in read_aflw(tmp_path, "test")] == [
        ("full", "frontal"),
        ("full",),
        ("full",),
    ]
    assert read_aflw(tmp_path, "frontal")[0].subsets == ("frontal",)
    assert read_aflw(tmp_path, "train")[0].subsets == ()


def test_faces_of_one_photo(tmp_path: Path) -> None:
    _save(tmp_path)
    second, third = read_aflw(tmp_path, "train")[1], read_aflw(tmp_path, "test")[2]
    assert (second.group, third.group) == (NAMES[1], NAMES[1])
    assert second.name != third.name
    assert third.visible is not None
    assert_array_equal(np.flatnonzero(~third.visible), [4])


@pytest.mark.parametrize("place", [".", "flickr", "data/flickr"])
def test_where_the_images_may_lie(tmp_path: Path, place: str) -> None:
    _save(tmp_path)
    image = np.full((4, 5, 3), 7, np.uint8)
    write_image(tmp_path / place / "3/image2.jpg", image)
    first, second, _ = read_aflw(tmp_path, "test")
    assert_array_equal(first.image_rgb(), image)
    with pytest.raises(BadInput, match=r"image00002\.jpg: cannot read the image"):
        second.image_rgb()


def _refusal(root: Path, split: str = "test") -> str:
    with pytest.raises(BadInput) as caught:
        read_aflw(root, split)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{root / 'AFLWinfo_release.mat'}: ")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"data": SHAPES[:, :36]}, "data, mask_new and bbox have shapes [(5, 36), (5, 19), (5, 4)"),
        ({"data": SHAPES[:4]}, "data, mask_new and bbox have shapes [(4, 38), (5, 19), (5, 4)], e"),
        ({"mask_new": MASKS[:4]}, "data, mask_new and bbox have shapes [(5, 38), (4, 19), (5, 4)"),
        ({"bbox": BOXES.T}, "data, mask_new and bbox have shapes [(5, 38), (5, 19), (4, 5)], exp"),
        ({"ra": PERMUTATION[:, :4]}, "ra is not a permutation of 1 to 5"),
        ({"ra": PERMUTATION - 1}, "ra is not a permutation of 1 to 5"),
        ({"ra": PERMUTATION * 0 + 1}, "ra is not a permutation of 1 to 5"),
        ({"names": [*NAMES[:4], "/etc/image2.jpg"]}, "'/etc/image2.jpg' is not the path of a file"),
        ({"names": [*NAMES[:4], "../image2.jpg"]}, "'../image2.jpg' is not the path of a file in"),
        ({"names": [*NAMES[:4], ""]}, "an entry of nameList is not the name of an image"),
        ({"names": [*NAMES[:4], 7.0]}, "an entry of nameList is not the name of an image"),
        ({"bbox": BOXES[:, [0, 0, 2, 3]]}, "3/image2.jpg#5: box [40.0, 95.0, 40.0, 145.0] has"),
        ({"data": SHAPES * np.nan}, "3/image2.jpg#5: a landmark is not a finite number"),
    ],
)
def test_malformed_fields(tmp_path: Path, changed: dict[str, Any], fault: str) -> None:
    _save(tmp_path, **changed)
    assert _refusal(tmp_path).startswith(fault)


def test_a_split_without_faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _save(tmp_path, mask_new=MASKS * 0)
    assert _refusal(tmp_path, "frontal") == "no face of the split 'frontal' among 5 faces"
    monkeypatch.setattr(aflw, "NUM_TRAINING", 20000)
    assert _refusal(tmp_path) == "no face of the split 'test' among 5 faces"


def test_bad_files(tmp_path: Path, save_mat_v73) -> None:
    assert _refusal(tmp_path) == f"{tmp_path}: no AFLWinfo_release.mat in it"
    path = _save(tmp_path)
    path.write_bytes(path.read_bytes()[:600])
    assert "cut short" in _refusal(tmp_path) or "no field" in _refusal(tmp_path)
    save_mat_v73(path, {"data": SHAPES})
    assert _refusal(tmp_path).startswith("its format is MATLAB v7.3")
    savemat(path, {"data": SHAPES})
    assert _refusal(tmp_path) == "no field nameList in it"
