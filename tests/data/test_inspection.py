"""What `facealign dataset inspect` finds in datasets with known faults."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.contact_sheet import CROP_PX, contact_sheet
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.inspection import inspect_dataset
from tf_facealign.data.inspection_table import inspection_table
from tf_facealign.data.pts_file import write_pts
from tf_facealign.data.synthetic_faces import draw_face
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.images import write_image

AFLW19 = get_scheme("aflw19")


def _add(folder: Path, name: str, seed: int, scheme: str = "aflw19") -> np.ndarray:
    image, landmarks_px = draw_face(seed, scheme, size=120)
    write_image(folder / name, image)
    write_pts((folder / name).with_suffix(".pts"), landmarks_px)
    return landmarks_px


def test_a_folder_with_every_fault(tmp_path: Path) -> None:
    shape = _add(tmp_path, "good.png", 1)
    _add(tmp_path, "truncated.png", 2)
    content = (tmp_path / "truncated.png").read_bytes()
    (tmp_path / "truncated.png").write_bytes(content[:20])
    _add(tmp_path, "outside.png", 3)
    write_pts(tmp_path / "outside.pts", shape + 500)
    _add(tmp_path, "partly.png", 4)
    partly = shape.copy()
    partly[0] = [-3, 50]
    write_pts(tmp_path / "partly.pts", partly)
    _add(tmp_path, "twin.png", 1)
    _add(tmp_path, "short.png", 5)
    write_pts(tmp_path / "short.pts", shape[:4])
    _add(tmp_path, "blind.png", 6)
    blind = shape.copy()
    blind[6] = blind[11]  # the outer eye corners
    write_pts(tmp_path / "blind.pts", blind)

    found = inspect_dataset("folder", tmp_path, scheme=AFLW19)
    assert [face.name for face in found.faces] == [
        *("blind.png", "good.png", "outside.png", "partly.png", "twin.png")
    ]
    assert found.splits == {"all": {"faces": 6, "official": None, "subsets": {}}}
    problems = found.problems
    assert problems["unread_splits"] == []
    assert problems["bad_annotations"] == [f"{tmp_path}/short.pts: 4 points, expected 19"]
    (unreadable,) = problems["unreadable_images"]
    assert unreadable.startswith("truncated.png: ")
    (outside,) = problems["boxes_outside_image"]
    assert outside.startswith("outside.png: the box [5")
    assert problems["zero_inter_ocular"] == ["blind.png"]
    assert problems["same_faces"] == ["good.png and twin.png"]
    assert problems["same_pictures"] == []
    assert found.numbers["landmarks_outside_image"] == {"landmarks": 19 + 1, "faces": 2}
    assert found.numbers["landmarks_outside_crop"] == {"landmarks": 0, "faces": 0}
    assert found.numbers["image_height_px"] == {"min": 120.0, "median": 120.0, "max": 120.0}
    assert sum(found.numbers["pose"]["faces"]) == 6
    table = inspection_table(found)
    assert "unreadable images               1\n  truncated.png: " in table
    assert "same pictures                   none" in table
    json.dumps(found.to_json())


def test_sizes_by_hand(tmp_path: Path) -> None:
    lines = ["image," + ",".join(f"x{i},y{i}" for i in range(19)) + ",box_x0,box_y0,box_x1,box_y1"]
    shape = np.random.default_rng(0).uniform(10, 50, (19, 2))
    for number, size in enumerate([60, 80, 200]):
        write_image(tmp_path / f"{number}.png", np.full((size, size + 5, 3), number, np.uint8))
        cells = ",".join(str(value) for value in shape.ravel())
        lines.append(f"{number}.png,{cells},10,10,{20 + size},{50 + number}")
    (tmp_path / "own.csv").write_text("\n".join(lines))
    numbers = inspect_dataset("folder", tmp_path / "own.csv", scheme=AFLW19).numbers
    assert numbers["faces"] == 3
    assert numbers["image_height_px"] == {"min": 60.0, "median": 80.0, "max": 200.0}
    assert numbers["image_width_px"] == {"min": 65.0, "median": 85.0, "max": 205.0}
    assert numbers["box_width_px"] == {"min": 70.0, "median": 90.0, "max": 210.0}
    assert numbers["box_height_px"] == {"min": 40.0, "median": 41.0, "max": 42.0}
    assert numbers["hidden_landmarks_percent"] is None


def test_hidden_landmarks(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.zeros((60, 60, 3), np.uint8))
    shape = np.random.default_rng(0).uniform(10, 50, (19, 2))
    keypoints = np.hstack([shape, np.full((19, 1), 2)])
    keypoints[:5, 2] = 1
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1}],
        "annotations": [{"image_id": 1, "category_id": 1, "keypoints": keypoints.ravel().tolist()}],
    }
    (tmp_path / "own.json").write_text(json.dumps(content))
    found = inspect_dataset("folder", tmp_path / "own.json", scheme=AFLW19)
    assert found.numbers["hidden_landmarks_percent"] == 26.32  # 5 of 19
    assert "hidden landmarks                26.32 %" in inspection_table(found)


def test_counts_are_held_against_the_official_ones(tmp_path: Path) -> None:
    for seed, name in enumerate(["ibug/image_003_1.jpg", "lfpw/trainset/image_0001.png"]):
        _add(tmp_path, name, seed, "ibug68")
    # The training face once more, as a test face.
    _add(tmp_path, "lfpw/testset/image_0001.png", 1, "ibug68")
    found = inspect_dataset("300w", tmp_path)
    assert found.numbers["faces"] == 3
    assert found.splits["ibug"]["faces"] == 1
    assert found.splits["train"]["official"] == 3148
    assert found.splits["full"]["subsets"]["challenging"] == {"faces": 1, "official": 135}
    assert len(found.problems["unread_splits"]) == 3  # afw, helen_train, helen_test
    assert found.problems["same_faces"] == [
        "lfpw/trainset/image_0001.png and lfpw/testset/image_0001.png"
        ": one to train on, one to test on"
    ]
    lines = inspection_table(found).splitlines()
    assert "train                      1     3,148  3,147 missing" in lines
    only = inspect_dataset("300w", tmp_path, split="ibug")
    assert list(only.splits) == ["ibug"]
    assert only.problems["same_faces"] == []


def test_nothing_to_inspect(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        inspect_dataset("300w", tmp_path / "none")
    with pytest.raises(BadInput, match="unknown dataset"):
        inspect_dataset("300W", tmp_path)
    with pytest.raises(BadInput, match="no split 'test'"):
        inspect_dataset("folder", tmp_path, "test", AFLW19)
    write_pts(tmp_path / "a.pts", np.ones((3, 2)))
    with pytest.raises(BadInput, match="no image beside it"):
        inspect_dataset("folder", tmp_path, scheme=AFLW19)


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (8, 1, 8), (11, 2, 8)])
def test_the_sheet_shows_the_crops(count: int, rows: int, columns: int) -> None:
    faces = []
    for seed in range(count):
        image, landmarks_px = draw_face(seed, "aflw19", size=120)
        box_px = np.array([*landmarks_px.min(0), *landmarks_px.max(0)])
        faces.append(FaceSample(f"ünï/{seed}" * 9, landmarks_px, box_px, pixels=image))
    sheet = contact_sheet(faces, AFLW19, Padding())
    assert sheet.shape == (rows * (CROP_PX + 18), columns * CROP_PX, 3)
    assert sheet.dtype == np.uint8
    if count == 11:  # the places that are left over are black
        assert sheet[-1 - CROP_PX :, 3 * CROP_PX :].max() == 0


def test_the_sheet_draws_landmarks_where_they_are() -> None:
    """One bright pixel in the dark, the landmark on it: the dot covers it in the sheet."""
    image = np.zeros((112, 112, 3), np.uint8)
    image[60, 40] = (255, 0, 0)
    shape = np.full((19, 2), [40.0, 60.0])
    box_px = np.array([-0.5, -0.5, 111.5, 111.5])  # the crop is the image itself
    sheet = contact_sheet(
        [FaceSample("a", shape, box_px, pixels=image)], AFLW19, Padding(0, 0, 0, 0)
    )
    lit = np.argwhere(sheet[:CROP_PX].max(axis=2) > 60)
    # Pixel (40, 60) of the crop covers 80 to 81 and 120 to 121 of its double: centre 80.5, 120.5.
    np.testing.assert_allclose(lit.mean(0), [120.5, 80.5], atol=1)


def test_no_faces_no_sheet() -> None:
    with pytest.raises(BadInput, match="no faces for a contact sheet"):
        contact_sheet([], AFLW19, Padding())


@pytest.mark.dataset
def test_the_300w_copies_that_are_known() -> None:
    root = Path(os.environ.get("FACEALIGN_DATA", "")) / "300w"
    if not (root / "lfpw" / "testset").is_dir():
        pytest.skip(f"{root}: no 300-W there; set FACEALIGN_DATA")
    copies = inspect_dataset("300w", root).problems["near_copies"]
    leaks = [line for line in copies if line.endswith("one to train on, one to test on")]
    stems = [line.replace(".jpg", "").replace(".png", "") for line in leaks]
    for train, test in (("0828", "0096"), ("0862", "0007"), ("0215", "0066")):
        pair = f"lfpw/trainset/image_{train} and lfpw/testset/image_{test}:"
        assert sum(pair in stem for stem in stems) == 1
