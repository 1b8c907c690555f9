"""What a look at every image tells, and the faces that are found twice by it."""

from pathlib import Path

import cv2
import numpy as np

from tf_facealign.data.duplicates import near_copies, same_faces, same_pictures
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.image_scan import PATCH_SIZE, scan
from tf_facealign.data.synthetic_faces import draw_face
from tf_facealign.face_crop import Padding
from tf_facealign.images import write_image

LANDMARKS = np.array([[30.0, 40.0], [60.0, 40.0], [45.0, 70.0]])
BOX = np.array([20.0, 10.0, 80.0, 90.0])
ALONG_X = np.array([1.0, 0.0, 1.0, 0.0])
PADDING = Padding()


def _face(path: Path, box: np.ndarray = BOX) -> FaceSample:
    return FaceSample(path.name, LANDMARKS, box, path=path)


def _picture(seed: int) -> np.ndarray:
    return draw_face(seed, size=100)[0]


def test_every_face_gets_its_own_look(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", _picture(1)[:80])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_bytes(b"no image")
    other_box = np.array([0.0, 0.0, 40.0, 40.0])
    faces = [
        _face(tmp_path / "a.png"),
        _face(tmp_path / "none.jpg"),
        FaceSample("memory", LANDMARKS, BOX, pixels=_picture(2)),
        _face(tmp_path / "empty.jpg"),
        _face(tmp_path / "a.png", other_box),
        _face(tmp_path / "text.jpg"),
    ]
    looks = scan(faces, PADDING)
    assert [look.size for look in looks] == [
        (80, 100),
        (0, 0),
        (100, 100),
        (0, 0),
        (80, 100),
        (0, 0),
    ]
    assert "No such file" in looks[1].fault
    assert "is empty" in looks[3].fault
    assert "not an image" in looks[5].fault
    assert [look.fault for look in looks[::2]] == ["", "", ""]
    assert looks[0].digest == looks[4].digest != looks[2].digest
    for look in looks[::2]:
        assert look.patch is not None
        assert look.patch.shape == (PATCH_SIZE**2,)
        assert abs(look.patch.mean()) < 1e-6
        assert abs(np.linalg.norm(look.patch) - 1) < 1e-5
    assert looks[0].patch @ looks[4].patch < 0.9


def test_a_uniform_picture_resembles_nothing() -> None:
    grey = np.full((90, 90, 3), 128, np.uint8)
    faces = [FaceSample(str(i), LANDMARKS, BOX, pixels=grey + np.uint8(i)) for i in range(2)]
    assert near_copies(scan(faces, PADDING)) == []


def test_same_faces_and_same_pictures(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", _picture(1))
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    write_image(tmp_path / "b.png", _picture(2))
    # A shift by a tenth of the width 60 leaves 54 / 66 = 0.82 of the union, by a fifth 48 / 72.
    near, far = BOX + 6 * ALONG_X, BOX + 12 * ALONG_X
    faces = [
        _face(tmp_path / "a.png"),
        _face(tmp_path / "b.png"),
        _face(tmp_path / "a.png", near),
        _face(tmp_path / "a.png", far),
        _face(tmp_path / "copy.png", near),
        _face(tmp_path / "none.png"),
        _face(tmp_path / "none2.png"),
    ]
    looks = scan(faces, PADDING)
    # near and far are a tenth apart as well.
    assert same_faces(faces, looks) == [(0, 2), (0, 4), (2, 3), (2, 4), (3, 4)]
    faces[4] = _face(tmp_path / "copy.png", BOX + 40 * ALONG_X)
    assert same_faces(faces, looks) == [(0, 2), (2, 3)]
    assert same_pictures(faces, looks) == [(0, 4), (2, 4), (3, 4)]


def test_near_copies_are_found_whatever_their_size_and_compression(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", _picture(1))
    write_image(tmp_path / "b.png", _picture(2))
    large = cv2.resize(_picture(1), (200, 200), interpolation=cv2.INTER_LINEAR)
    write_image(tmp_path / "large.jpg", large)
    faces = [
        _face(tmp_path / "a.png"),
        _face(tmp_path / "b.png"),
        _face(tmp_path / "none.png"),
        _face(tmp_path / "large.jpg", 2 * BOX + 0.5),  # x of the double is 2 x + 0.5
    ]
    ((pair, correlation),) = near_copies(scan(faces, PADDING))
    assert pair == (0, 3)
    assert 0.99 < correlation <= 1.0001
    assert near_copies(scan(faces[2:3], PADDING)) == []


def test_near_copies_across_blocks(monkeypatch) -> None:
    """The same pairs whatever the block; against a naive double loop."""
    from tf_facealign.data import duplicates

    pixels = [_picture(seed % 3) // (1 + seed // 3) for seed in range(7)]
    faces = [FaceSample(str(i), LANDMARKS, BOX, pixels=image) for i, image in enumerate(pixels)]
    looks = scan(faces, PADDING)
    naive = [
        (i, j)
        for i in range(7)
        for j in range(i + 1, 7)
        if float(looks[i].patch.astype(float) @ looks[j].patch.astype(float)) > 0.96
    ]
    assert {(0, 3), (0, 6), (3, 6), (1, 4), (2, 5)} <= set(naive)
    for block in (1, 2, 3, 100):
        monkeypatch.setattr(duplicates, "_BLOCK", block)
        assert sorted(pair for pair, _ in near_copies(looks)) == naive
