"""A user's faces in a COCO keypoints file."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_facealign.data.coco_faces import read_coco_faces
from tf_facealign.data.folder import read_folder
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import scheme_from_names

THREE = scheme_from_names(
    "three",
    ("image_left_eye", "image_right_eye", "chin"),
    {"inter_ocular": ((0,), (1,))},
    {},
    (),
)
# As labelling tools write it, with keys of no interest to us.
FILE: dict[str, Any] = {
    "info": {"year": 2024},
    "images": [
        {"id": 7, "file_name": "a.jpg", "width": 100, "height": 90},
        {"id": "eight", "file_name": "deep/b.png", "width": 50, "height": 50},
    ],
    "categories": [
        {
            "id": 1,
            "name": "face",
            "keypoints": ["chin", "image_right_eye", "image_left_eye"],
            "skeleton": [[1, 2]],
        },
        {"id": 2, "name": "face_without_names"},
        {"id": 3, "name": "person", "keypoints": ["knee"]},
    ],
    "annotations": [
        {
            "id": 31,
            "image_id": 7,
            "category_id": 1,
            "keypoints": [45, 70, 2, 60, 41.25, 1, 30.5, 40, 2],
            "num_keypoints": 3,
            "bbox": [20, 10, 60, 80],
            "area": 4800,
            "iscrowd": 0,
        },
        {"image_id": "eight", "category_id": 2, "keypoints": [1, 2, 2.0, 3, 4, 1.0, 5, 9, 2.0]},
        {"id": 33, "image_id": 7, "category_id": 1, "keypoints": [0, 0, 0, 1, 2, 2, 3, 4, 2]},
        {"id": 34, "image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9]},
        {"id": 35, "image_id": 7, "category_id": 2, "keypoints": [9, 9, 1, 8, 8, 1, 7, 7, 1]},
    ],
}


def _write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_annotations_become_faces(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = _write(tmp_path / "faces.json", FILE)
    faces = read_folder(path, THREE)
    assert [face.name for face in faces] == ["a.jpg", "deep/b.png", "a.jpg#2"]
    assert [face.path for face in faces] == [
        tmp_path / name for name in ("a.jpg", "deep/b.png", "a.jpg")
    ]
    assert [face.group for face in faces] == ["a.jpg", "deep/b.png", "a.jpg"]
    # Category 1 lists its keypoints the other way round; category 2 has them in our order.
    np.testing.assert_array_equal(faces[0].landmarks_px, [[30.5, 40], [60, 41.25], [45, 70]])
    np.testing.assert_array_equal(faces[0].visible, [True, False, True])
    np.testing.assert_array_equal(faces[0].box_px, [20, 10, 80, 90])  # x + width, y + height
    np.testing.assert_array_equal(faces[1].landmarks_px, [[1, 2], [3, 4], [5, 9]])
    np.testing.assert_array_equal(faces[1].visible, [True, False, True])
    np.testing.assert_array_equal(faces[1].box_px, [1, 2, 5, 9])
    assert not faces[2].visible.any()
    assert [record.message for record in caplog.records] == [
        f"{path}: 2 annotations with unlabelled landmarks are skipped"
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": None}, "no COCO keypoints file (it has no list 'images')"),
        ({"categories": {}}, "no COCO keypoints file (it has no list 'categories')"),
        ({"annotations": []}, "no face in it"),
        ({"images": [{"id": 7}]}, "images[0] has no file_name"),
        ({"images": ["a.jpg"]}, "images[0] has no id"),
        ({"images": [{"id": [7], "file_name": "a.jpg"}]}, "images[0] has no id"),
        ({"annotations": [{"image_id": 7}]}, "annotations[0] has no category_id"),
        (
            {"categories": [{"id": 1, "keypoints": ["chin", "left_eye", "image_left_eye"]}]},
            "the keypoints of category 1 are not the landmarks of the scheme three "
            "(they differ in image_right_eye, left_eye)",
        ),
        (
            {"categories": [{"id": 1, "keypoints": ["chin", *THREE.landmark_names]}]},
            "the keypoints of category 1 are not the landmarks of the scheme three "
            "(they differ in a name given twice)",
        ),
    ],
)
def test_a_file_that_does_not_fit(tmp_path: Path, change: Any, message: str) -> None:
    path = _write(tmp_path / "faces.json", {**FILE, **change})
    with pytest.raises(BadInput) as caught:
        read_coco_faces(path, THREE)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_id": 9}, "image_id 9 is not in the file"),
        ({"category_id": 9}, "category_id 9 is not in the file"),
        ({"keypoints": [1, 2, 2, 3, 4, 2]}, "its keypoints must be 9 numbers"),
        ({"keypoints": {"chin": [1, 2]}}, "its keypoints must be 9 numbers"),
        ({"keypoints": [1, 2, 2, 3, "4", 2, 5, 6, 2]}, "its keypoints has a value that is no"),
        ({"keypoints": [1, 2, 2, 3, True, 2, 5, 6, 2]}, "its keypoints has a value that is no"),
        ({"keypoints": [1, 2, 2, 3, np.nan, 2, 5, 6, 2]}, "its keypoints has a value that is no"),
        ({"keypoints": [1, 2, 2, 3, 10**400, 2, 5, 6, 2]}, "its keypoints has a value that is no"),
        ({"keypoints": [1, 2, 2, 3, 4, 3, 5, 6, 2]}, "a v of its keypoints is not 0, 1 or 2"),
        ({"bbox": [1, 2, 3]}, "its bbox must be 4 numbers"),
        ({"bbox": [1, 2, 3, 0]}, "a.jpg: box [1.0, 2.0, 4.0, 2.0] has no area"),
        ({"bbox": [1, 2, 3, np.inf]}, "its bbox has a value that is no number of pixels"),
    ],
)
def test_a_bad_annotation_is_named_by_its_id(tmp_path: Path, change: Any, message: str) -> None:
    content = copy.deepcopy(FILE)
    content["annotations"][0].update(change)
    path = _write(tmp_path / "faces.json", content)
    with pytest.raises(BadInput) as caught:
        read_coco_faces(path, THREE)
    assert str(caught.value).startswith(f"{path}: annotation 31: {message}")
    faults: list[str] = []
    assert len(read_coco_faces(path, THREE, faults)) == 2
    assert faults == [str(caught.value)]


@pytest.mark.parametrize("name", ["/etc/a.jpg", "../a.jpg", "deep/../../a.jpg", ""])
def test_images_stay_inside_the_folder(tmp_path: Path, name: str) -> None:
    images = [{"id": 7, "file_name": name}, FILE["images"][1]]
    path = _write(tmp_path / "faces.json", {**FILE, "images": images})
    with pytest.raises(BadInput, match="is not the path of a file inside"):
        read_coco_faces(path, THREE)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xd8", b"[" * 5000])
def test_files_that_are_no_json(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "faces.json").write_bytes(text)
    with pytest.raises(BadInput, match=r"faces\.json: not JSON"):
        read_coco_faces(tmp_path / "faces.json", THREE)
    with pytest.raises(BadInput, match=r"none\.json: cannot read the faces \(No such file"):
        read_coco_faces(tmp_path / "none.json", THREE)
