"""The 300-W reader on small trees in the real format, and on the real faces where they are."""

import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import savemat

from tf_facealign.data.datasets import load_faces
from tf_facealign.data.ibug300w import OFFICIAL_COUNTS, SPLITS, read_300w
from tf_facealign.data.pts_file import write_pts
from tf_facealign.errors import BadInput

DATA = os.environ.get("FACEALIGN_DATA")
needs_300w = pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "300w").is_dir(),
    reason="needs the folder 300w/ in the folder FACEALIGN_DATA names",
)


def _landmarks(seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(10, 90, (68, 2))


def _add_face(root: Path, folder: str, image: str, landmarks: NDArray[np.float64]) -> Path:
    """One face as distributed; the image is not an image, so a reader that opened it would fail."""
    path = root / folder / image
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"never opened")
    write_pts(path.with_suffix(".pts"), landmarks)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One or two faces a folder, with the names each benchmark uses."""
    root = tmp_path / "300w"
    names = {
        "afw": ["134212_1.jpg", "134212_2.jpg"],
        "helen/trainset": ["100032540_1.jpg"],
        "lfpw/trainset": ["image_0001.png", "image_0002.png"],
        "lfpw/testset": ["image_0001.png"],
        "helen/testset": ["30427236_1.JPG"],
        "ibug": ["image_003_1.jpg", "image_092 _01.jpg"],
    }
    for folder, images in names.items():
        for number, image in enumerate(images):
            _add_face(root, folder, image, _landmarks(number))
    return root


@pytest.mark.parametrize(
    ("split", "count"),
    [
        ("train", 5),
        ("common", 2),
        ("challenging", 2),
        ("full", 4),
        ("afw", 2),
        ("helen_train", 1),
        ("lfpw_train", 2),
        ("lfpw_test", 1),
        ("helen_test", 1),
        ("ibug", 2),
    ],
)
def test_splits(root: Path, split: str, count: int) -> None:
    faces = read_300w(root, split)
    assert len(faces) == count
    assert all(split in face.subsets for face in faces)
    assert len({face.name for face in faces}) == count


def test_every_split_is_tested() -> None:
    assert len(SPLITS) == 10
    assert sum(OFFICIAL_COUNTS[folder] for folder in SPLITS["train"]) == 3148
    assert sum(OFFICIAL_COUNTS[folder] for folder in SPLITS["full"]) == 689


def test_what_a_face_carries(root: Path) -> None:
    face = read_300w(root, "common")[1]
    assert face.name == "helen/testset/30427236_1.JPG"
    assert face.path == root / "helen/testset/30427236_1.JPG"
    np.testing.assert_allclose(face.landmarks_px, _landmarks(), atol=1e-6)
    np.testing.assert_array_equal(face.box_px[:2], face.landmarks_px.min(0))
    np.testing.assert_array_equal(face.box_px[2:], face.landmarks_px.max(0))
    assert face.subsets == ("common", "helen_test")
    assert read_300w(root, "full")[1].subsets == ("common", "full", "helen_test")
    assert read_300w(root, "helen_test")[0].subsets == ("helen_test",)


def test_faces_of_one_photo_share_a_group(root: Path) -> None:
    assert [face.group for face in read_300w(root, "train")] == [
        "afw/134212",
        "afw/134212",
        "helen/trainset/100032540",
        "lfpw/trainset/image_0001",
        "lfpw/trainset/image_0002",
    ]
    assert [face.group for face in read_300w(root, "ibug")] == ["ibug/image_003", "ibug/image_092"]


def test_the_order_is_that_of_the_names(root: Path) -> None:
    names = [face.name for face in read_300w(root, "lfpw_train")]
    assert names == sorted(names)


def test_junk_beside_the_faces_is_passed_over(root: Path) -> None:
    (root / "afw" / "._134212_1.pts").write_bytes(b"\x00\x05\x16\x07")
    (root / "afw" / "Thumbs.db").write_bytes(b"junk")
    assert len(read_300w(root, "afw")) == 2


def test_one_warning_names_what_is_missing(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    for path in (root / "lfpw/trainset").iterdir():
        path.unlink()
    (root / "lfpw/trainset").rmdir()
    read_300w(root, "train")
    assert [record.message for record in caplog.records] == [
        "300-W train is incomplete: afw has 2 of 337 faces, helen/trainset has 1 of 2000 faces, "
        "lfpw/trainset has 0 of 811 faces"
    ]


def _save_boxes(path: Path, boxes: dict[str, list[float]], cell: bool) -> None:
    """The official .mat: a cell array of structs; some copies hold a struct array."""
    fields = [("imgName", object), ("bb_detector", object), ("bb_ground_truth", object)]
    structs = np.zeros((1, len(boxes)), fields)
    for column, (name, box) in enumerate(boxes.items()):
        structs[0, column] = (name, np.array([[0.0, 0.0, 9.0, 9.0]]), np.array([box]))
    cells = np.empty((1, len(boxes)), object)
    for column in range(len(boxes)):
        cells[0, column] = structs[:, column : column + 1]
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {"bounding_boxes": cells if cell else structs})


@pytest.mark.parametrize("cell", [True, False], ids=["cell", "struct"])
@pytest.mark.parametrize("place", ["", "Bounding Boxes"])
def test_official_boxes(root: Path, place: str, cell: bool) -> None:
    boxes = {"134212_1.jpg": [8.0, 9.0, 95.5, 99.0], "134212_2.jpg": [1.0, 2.0, 91.0, 99.0]}
    _save_boxes(root / place / "bounding_boxes_afw.mat", boxes, cell)
    first, second, other = read_300w(root, "train")[:3]
    np.testing.assert_array_equal(first.box_px, [7.0, 8.0, 94.5, 98.0])
    np.testing.assert_array_equal(second.box_px, [0.0, 1.0, 90.0, 98.0])
    # The boxes of one folder say nothing about another, and names repeat between LFPW's folders.
    np.testing.assert_array_equal(other.box_px[:2], other.landmarks_px.min(0))


def test_a_single_official_box_fits_by_its_folder(root: Path) -> None:
    _save_boxes(
        root / "bounding_boxes_lfpw_testset.mat", {"image_0001.png": [5.0, 5.0, 97.0, 98.0]}, True
    )
    np.testing.assert_array_equal(read_300w(root, "lfpw_test")[0].box_px, [4.0, 4.0, 96.0, 97.0])
    train = read_300w(root, "lfpw_train")[0]
    np.testing.assert_array_equal(train.box_px[:2], train.landmarks_px.min(0))


def _refusal(root: Path, split: str) -> str:
    with pytest.raises(BadInput) as caught:
        read_300w(root, split)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_bad_official_boxes(root: Path) -> None:
    path = root / "bounding_boxes_ibug.mat"
    path.write_bytes(b"not a mat file at all")
    assert _refusal(root, "ibug").startswith(f"{path}: not the 300-W box file")
    savemat(path, {"other": 1})
    assert _refusal(root, "ibug").startswith(f"{path}: not the 300-W box file")
    _save_boxes(path, {"image_003_1.jpg": [1.0, 2.0, 3.0]}, True)
    assert "not four finite numbers" in _refusal(root, "ibug")
    _save_boxes(path, {"image_003_1.jpg": [1.0, 2.0, np.nan, 9.0]}, True)
    assert "not four finite numbers" in _refusal(root, "ibug")
    _save_boxes(path, {"image_003_1.jpg": [1.0, 2.0, 95.0, 99.0]}, True)
    assert "image_092 _01.pts: not in the bounding_boxes" in _refusal(root, "ibug")
    boxes = {
        "image_003_1.jpg": [501.0, 2.0, 595.0, 99.0],
        "image_092 _01.jpg": [1.0, 2.0, 95.0, 99],
    }
    _save_boxes(path, boxes, True)
    assert "image_003_1.pts: the box" in _refusal(root, "ibug")


def test_bad_roots_and_splits(root: Path, tmp_path: Path) -> None:
    assert _refusal(tmp_path / "nowhere", "train").startswith(f"{tmp_path / 'nowhere'}: no such")
    (tmp_path / "empty").mkdir()
    assert _refusal(tmp_path / "empty", "full").startswith(f"{tmp_path / 'empty'}: no face")
    assert "lfpw/testset/" in _refusal(tmp_path / "empty", "full")
    assert "no split 'comon'; it has: train, common" in _refusal(root, "comon")


def test_an_annotation_without_image(root: Path) -> None:
    (root / "afw/134212_2.jpg").unlink()
    assert (
        _refusal(root, "train") == f"{root / 'afw/134212_2.pts'}: no image (.jpg or .png) beside it"
    )


def test_an_annotation_of_another_scheme(root: Path) -> None:
    write_pts(root / "afw/134212_2.pts", np.zeros((29, 2)))
    assert _refusal(root, "afw") == f"{root / 'afw/134212_2.pts'}: 29 points, expected 68"


@pytest.mark.dataset
@needs_300w
@pytest.mark.parametrize(
    ("split", "count"),
    [("afw", 337), ("helen_train", 870), ("lfpw_train", 805), ("lfpw_test", 224)],
)
def test_real_counts(split: str, count: int) -> None:
    faces = load_faces("300w", split=split)
    assert len(faces) == count
    shapes = np.stack([face.landmarks_px for face in faces])
    # Jaw 0 lies left of jaw 16 in every face: points are (x, y), in the order of the benchmark.
    assert (shapes[:, 0, 0] < shapes[:, 16, 0]).all()


@pytest.mark.dataset
@needs_300w
def test_real_training_faces_are_read_fast_and_fit_their_images() -> None:
    """In less than 5 times what it takes to read the numbers alone, on whatever machine."""
    start = time.process_time()
    faces = load_faces("300w", split="train")
    middle = time.process_time()
    for face in faces:
        lines = face.path.with_suffix(".pts").read_text().splitlines()[3:-1]
        np.array([line.split() for line in lines], np.float64)
    assert middle - start < 5 * (time.process_time() - middle)
    for face in faces[::100]:
        height, width = cv2.imread(str(face.path)).shape[:2]
        centre = face.box_px.reshape(2, 2).mean(0)
        assert (centre > 0).all()
        assert (centre < [width, height]).all()
