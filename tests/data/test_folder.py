"""A user's folder of images and `.pts` files."""

import json
from pathlib import Path

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.folder import read_folder, write_folder
from tf_facealign.data.pts_file import write_pts
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput

AFLW19 = get_scheme("aflw19")
SHAPE = np.random.default_rng(0).uniform(0, 100, (19, 2))


def _add(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"never opened")
    write_pts(path.with_suffix(".pts"), SHAPE)


def test_a_nested_folder(tmp_path: Path) -> None:
    for name in ("b.PNG", "deep/er/a.jpeg", "a.webp"):
        _add(tmp_path / name)
    faces = read_folder(tmp_path, AFLW19)
    assert [face.name for face in faces] == ["a.webp", "b.PNG", "deep/er/a.jpeg"]
    assert [face.path for face in faces] == [tmp_path / face.name for face in faces]
    for face in faces:
        np.testing.assert_allclose(face.landmarks_px, SHAPE, atol=1e-6)
        np.testing.assert_allclose(face.box_px, [*SHAPE.min(0), *SHAPE.max(0)], atol=1e-6)


def test_images_without_annotation_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg", "notes.txt", "._a.pts"):
        (tmp_path / name).write_bytes(b"never opened")
    write_pts(tmp_path / "a.pts", SHAPE)
    assert len(read_folder(tmp_path, AFLW19)) == 1
    assert [record.message for record in caplog.records] == [
        f"{tmp_path}: 2 images without .pts are skipped"
    ]


def _refusal(root: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_folder(root, AFLW19)
    return str(caught.value)


def test_bad_folders(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "nowhere") == (
        f"{tmp_path / 'nowhere'}: no such folder, and no .csv or .json file"
    )
    (tmp_path / "a.jpg").write_bytes(b"never opened")
    assert _refusal(tmp_path) == f"{tmp_path}: no .pts file in it (1 images)"
    write_pts(tmp_path / "b.pts", SHAPE)
    assert _refusal(tmp_path) == f"{tmp_path / 'b.pts'}: no image beside it"
    (tmp_path / "b.pts").rename(tmp_path / "a.pts")
    write_pts(tmp_path / "a.pts", SHAPE[:5])
    assert _refusal(tmp_path) == f"{tmp_path / 'a.pts'}: 5 points, expected 19"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    drawn = synthetic_faces(2, AFLW19, size=64)
    write_folder(tmp_path / "faces", drawn)
    faces = read_folder(tmp_path / "faces", AFLW19)
    boxes = json.loads((tmp_path / "faces/boxes.json").read_text())
    assert [face.name for face in faces] == ["face_00000.png", "face_00001.png"] == list(boxes)
    for face, original in zip(faces, drawn, strict=True):
        np.testing.assert_array_equal(face.image_rgb(), original.image_rgb())
        np.testing.assert_allclose(face.landmarks_px, original.landmarks_px, atol=1e-6)
        np.testing.assert_allclose(boxes[face.name], [original.box_px], atol=0.006)
