"""The COFW reader on small files in MATLAB's format."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
from numpy.testing import assert_array_equal

from tf_facealign import face_crop
from tf_facealign.data.cofw import read_cofw
from tf_facealign.data.datasets import load_faces
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding

# An image of each kind there is: grey, colour, and grey among the colour ones.
GREY = np.arange(40 * 60, dtype=np.uint8).reshape(40, 60)
COLOUR = np.arange(30 * 50 * 3, dtype=np.uint8).reshape(30, 50, 3)
BOXES = np.array([[11.0, 6.0, 20.0, 30.0], [1.0, 2.0, 25.0, 24.0]])
# Landmark k lies at MATLAB's (k + 1, 2k + 1), so at (k, 2k) counted from 0; every third is hidden.
ROW = np.concatenate([np.arange(29) + 1.0, 2 * np.arange(29) + 1.0, np.arange(29) % 3 == 0])
PHIS = np.stack([ROW, ROW])


def _fields(split: str = "test", **changed: Any) -> dict[str, Any]:
    suffix = {"train": "Tr", "test": "T"}[split]
    fields = {"Is": [GREY, COLOUR], "phis": PHIS, "bboxes": BOXES} | changed
    return {name + suffix: value for name, value in fields.items()}


@pytest.mark.parametrize("split", ["train", "test"])
def test_what_a_face_carries(tmp_path: Path, save_mat_v73, split: str) -> None:
    # COFW.zip unpacks to such a folder.
    folder = tmp_path / "common/xpburgos/behavior/code/pose"
    save_mat_v73(folder / f"COFW_{split}.mat", _fields(split))
    first, second = load_faces("cofw", tmp_path, split)
    assert [first.name, second.name] == [f"COFW_{split}.mat#1", f"COFW_{split}.mat#2"]
    expected = np.stack([np.arange(29), 2 * np.arange(29)], axis=1)
    assert_array_equal(first.landmarks_px, expected)
    # x y w h = 11 6 20 30, from 1: the corner is (10, 5), the other (30, 35).
    assert_array_equal(first.box_px, [10, 5, 30, 35])
    assert first.visible is not None
    assert_array_equal(first.visible, np.arange(29) % 3 != 0)
    assert_array_equal(first.image_rgb(), np.stack([GREY] * 3, axis=-1))
    assert_array_equal(second.image_rgb(), COLOUR)


def test_pictures_are_not_transposed(tmp_path: Path, save_mat_v73) -> None:
    """Written by hand: MATLAB's 3 rows × 5 columns (× 3 colours) are HDF5's 5 × 3 (3 × 5 × 3)."""
    path = tmp_path / "COFW_test.mat"
    save_mat_v73(path, _fields())
    grey, colour = np.zeros((5, 3), np.uint8), np.zeros((3, 5, 3), np.uint8)
    grey[4, 1] = 200  # x = 4, y = 1
    colour[0, 4, 1], colour[2, 3, 0] = 210, 220  # red at (4, 1), blue at (3, 0)
    with h5py.File(path, "r+") as file:
        file["grey"], file["colour"] = grey, colour
        file["IsT"][0] = [file["grey"].ref, file["colour"].ref]
    first, second = (face.image_rgb() for face in read_cofw(tmp_path, "test"))
    assert first.shape == second.shape == (3, 5, 3)
    assert {tuple(place) for place in np.argwhere(first)} == {(1, 4, 0), (1, 4, 1), (1, 4, 2)}
    assert (second[1, 4, 0], second[0, 3, 2], np.count_nonzero(second)) == (210, 220, 2)


def test_grey_pictures_can_be_cut(tmp_path: Path, save_mat_v73) -> None:
    """They are views with a stride of 0, which OpenCV must take for what they look like."""
    save_mat_v73(tmp_path / "COFW_test.mat", _fields())
    image = read_cofw(tmp_path, "test")[0].image_rgb()
    for box in ([0, 0, 30, 30], [-100, -100, 500, 500]):
        affine = face_crop.crop_affine(box, Padding())
        assert_array_equal(face_crop.cut(image, affine), face_crop.cut(image.copy(), affine))


def test_colour_is_preferred(tmp_path: Path, save_mat_v73) -> None:
    save_mat_v73(tmp_path / "COFW_test.mat", _fields())
    save_mat_v73(tmp_path / "COFW_test_color.mat", _fields(Is=[COLOUR, GREY]))
    first, second = read_cofw(tmp_path, "test")
    assert first.name == "COFW_test_color.mat#1"
    assert_array_equal(first.image_rgb(), COLOUR)
    assert_array_equal(second.image_rgb(), np.stack([GREY] * 3, axis=-1))


def _refusal(root: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_cofw(root, "test")
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{root / 'COFW_test.mat'}: ")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"phis": PHIS[:, :58]},
            "2 images, landmarks of shape (2, 58) and boxes of shape (2, 4); ",
        ),
        ({"phis": PHIS[:1]}, "2 images, landmarks of shape (1, 87)"),
        ({"bboxes": BOXES[:1]}, "2 images, landmarks of shape (2, 87) and boxes of shape (1, 4)"),
        ({"Is": [GREY]}, "1 images, landmarks of shape (2, 87)"),
        ({"Is": [GREY, GREY / 255]}, "image 2 does not hold uint8 pixels"),
        ({"Is": [GREY, COLOUR[..., :2]]}, "image 2 is of shape (30, 50, 2), expected (H, W) or"),
        ({"Is": [GREY, [GREY]]}, "image 2 does not hold uint8 pixels"),
        ({"Is": np.zeros((2, 1))}, "image 1 does not hold uint8 pixels"),
        ({"bboxes": BOXES * [1, 1, 0, 1]}, "COFW_test.mat#1: box [10.0, 5.0, 10.0, 35.0] has no"),
        ({"phis": PHIS * np.nan}, "COFW_test.mat#1: a landmark is not a finite number"),
    ],
)
def test_malformed_fields(tmp_path: Path, save_mat_v73, changed: dict[str, Any], fault: str):
    save_mat_v73(tmp_path / "COFW_test.mat", _fields(**changed))
    assert _refusal(tmp_path).startswith(fault)


def test_bad_files(tmp_path: Path, save_mat_v73) -> None:
    assert _refusal(tmp_path) == f"{tmp_path}: no COFW_test_color.mat or COFW_test.mat in it"
    path = tmp_path / "COFW_test.mat"
    scipy.io.savemat(path, {"phisT": PHIS})
    assert _refusal(tmp_path).startswith("its format is MATLAB v5, where MATLAB v7.3")
    save_mat_v73(path, _fields("train"))
    assert _refusal(tmp_path) == "no field IsT in it"
    save_mat_v73(path, _fields())
    path.write_bytes(path.read_bytes()[:5000])
    assert _refusal(tmp_path).startswith("the file is damaged or cut short")
