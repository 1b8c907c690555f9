"""The COFW-68 reader on small files as distributed, and on the real ones where they are."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.io import savemat

from tf_facealign.data.cofw68 import read_cofw68
from tf_facealign.data.datasets import load_faces
from tf_facealign.errors import BadInput

DATA = os.environ.get("FACEALIGN_DATA")
needs_cofw68 = pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "cofw68").is_dir(),
    reason="needs the folder cofw68/ in the folder FACEALIGN_DATA names",
)

BOXES = np.array([[70, 15, 120, 116], [-24, 30, 100, 100], [5, 6, 70, 80]], np.int16)
POINTS = np.random.default_rng(0).uniform(10, 90, (3, 68, 2))
HIDDEN = (np.arange(68) % 4 == 1).astype(np.uint8)[None]
# Eleven faces would show whether 10 comes after 2; three show that N counts from 1.
IMAGES = [np.full((8 + row, 9), row, np.uint8) for row in range(3)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "COFW68_Data/test_annotations"
    folder.mkdir(parents=True)
    savemat(folder.parent / "cofw68_test_bboxes.mat", {"bboxes": BOXES})
    for row, points in enumerate(POINTS):
        savemat(folder / f"{row + 1}_points.mat", {"Points": points, "Occ": HIDDEN})
    return tmp_path


def test_what_a_face_carries(root: Path, save_mat_v73) -> None:
    save_mat_v73(root / "COFW68_Data/COFW_test.mat", {"IsT": IMAGES})
    faces = load_faces("cofw68", root)
    assert [face.name for face in faces] == [
        f"COFW68_Data/test_annotations/{number}_points.mat" for number in (1, 2, 3)
    ]
    for row, face in enumerate(faces):
        assert_array_equal(face.landmarks_px, POINTS[row] - 1)
        assert_array_equal(face.image_rgb(), np.full((8 + row, 9, 3), row))
        assert face.visible is not None
        assert_array_equal(face.visible, np.arange(68) % 4 != 1)
    # x y w h = 70 15 120 116, from 1.
    assert_array_equal(faces[0].box_px, [69, 14, 189, 130])
    assert_array_equal(faces[1].box_px, [-25, 29, 75, 129])


def test_without_images_the_missing_file_is_told_when_one_is_used(root: Path) -> None:
    faces = read_cofw68(root)
    assert len(faces) == 3
    with pytest.raises(BadInput, match=r"COFW_test\.mat: cannot read the image \(No such file"):
        faces[0].image_rgb()


def _refusal(root: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_cofw68(root)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{root}/")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"Points": POINTS[0]}, "no field Occ in it"),
        ({"Points": POINTS[0].T, "Occ": HIDDEN}, "points of shape (2, 68) and 68 flags, expected"),
        ({"Points": POINTS[0], "Occ": HIDDEN[:, 1:]}, "points of shape (68, 2) and 67 flags"),
        (
            {"Points": POINTS[0] * np.inf, "Occ": HIDDEN},
            "a landmark is not a finite number",
        ),
    ],
)
def test_malformed_points(root: Path, fields: dict[str, Any], fault: str) -> None:
    name = "COFW68_Data/test_annotations/2_points.mat"
    savemat(root / name, fields)
    assert _refusal(root).startswith(f"{name}: {fault}")


def test_files_that_are_missing_or_disagree(root: Path, save_mat_v73, tmp_path: Path) -> None:
    save_mat_v73(root / "COFW_test.mat", {"IsT": IMAGES[:2]})
    assert _refusal(root) == "COFW_test.mat: 2 images, but COFW-68 has 3 boxes"
    (root / "COFW_test.mat").unlink()
    points = root / "COFW68_Data/test_annotations/3_points.mat"
    points.write_bytes(points.read_bytes()[:200])
    assert _refusal(root).startswith(
        "COFW68_Data/test_annotations/3_points.mat: the file is damaged or cut short"
    )
    points.unlink()
    assert _refusal(root).startswith(
        "COFW68_Data/test_annotations/3_points.mat: cannot read the file (No such file"
    )
    boxes = root / "COFW68_Data/cofw68_test_bboxes.mat"
    for wrong in (BOXES[:, :3], BOXES[:0]):
        savemat(boxes, {"bboxes": wrong})
        assert "cofw68_test_bboxes.mat: boxes of shape (" in _refusal(root)
    save_mat_v73(boxes, {"bboxes": BOXES})
    assert "its format is MATLAB v7.3" in _refusal(root)
    boxes.unlink()
    assert _refusal(root) == f"{root}: no cofw68_test_bboxes.mat in it"


@pytest.mark.dataset
@needs_cofw68
def test_real_annotations() -> None:
    faces = load_faces("cofw68")
    assert len(faces) == 507
    shapes = np.stack([face.landmarks_px for face in faces])
    boxes = np.stack([face.box_px for face in faces])
    # Jaw 0 lies left of jaw 16 in every face, and each box holds the middle of its landmarks.
    assert (shapes[:, 0, 0] < shapes[:, 16, 0]).all()
    middle = (shapes.min(1) + shapes.max(1)) / 2
    assert (middle > boxes[:, :2]).all()
    assert (middle < boxes[:, 2:]).all()
    # x1 is x + w, not w: boxes as wide as the landmarks, on average.
    assert np.mean((boxes[:, 2] - boxes[:, 0]) / np.ptp(shapes[..., 0], axis=1)) == pytest.approx(
        1, abs=0.05
    )
    # COFW is known for 23 % of hidden landmarks (Burgos-Artizzu and others, ICCV 2013).
    hidden = 1 - np.mean([face.visible for face in faces])
    assert hidden == pytest.approx(0.23, abs=0.02)
