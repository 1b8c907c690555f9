import struct

import cv2
import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.images import IMAGE_SUFFIXES, read_image, write_image

LOSSLESS = (".png", ".bmp", ".tif", ".tiff")


def picture():
    """A red, a green and a blue stripe, so that swapped channels show; 24 × 40."""
    image = np.zeros((24, 40, 3), np.uint8)
    image[:8, :, 0], image[8:16, :, 1], image[16:, :, 2] = 250, 200, 150
    image[:, 20:] //= 2
    return image


def noisy_picture():
    """It compresses badly: nearly all of its file is pixels."""
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def saved(path, image):
    write_image(path, image)
    return path


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_round_trip(tmp_path, suffix):
    np.testing.assert_array_equal(read_image(saved(tmp_path / f"a{suffix}", picture())), picture())


@pytest.mark.parametrize("suffix", sorted(set(IMAGE_SUFFIXES) - set(LOSSLESS)))
def test_round_trip_with_loss(tmp_path, suffix):
    image = read_image(saved(tmp_path / f"a{suffix}", picture()))
    assert np.abs(image.astype(int) - picture()).mean() < 6


def test_an_image_is_rgb_uint8_in_one_piece(tmp_path):
    image = read_image(saved(tmp_path / "a.png", picture()))
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert image[0, 0].tolist() == [250, 0, 0]


def test_grey_is_repeated(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((5, 6), 90, np.uint8))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.full((5, 6, 3), 90))


def test_alpha_is_dropped(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((5, 6, 4), (10, 20, 30, 0), np.uint8))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png")[0, 0], [30, 20, 10])


def test_sixteen_bits_become_eight(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((5, 6), 0x8040, np.uint16))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.full((5, 6, 3), 0x80))


def with_orientation(jpeg, orientation):
    """The JPEG with an EXIF block of one entry, tag 0x0112 (orientation), put after its start."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, lambda a: a), (3, lambda a: a[::-1, ::-1]), (6, lambda a: np.rot90(a, -1))],
)
def test_exif_orientation_is_applied(tmp_path, orientation, expected):
    path = saved(tmp_path / "a.jpg", picture())
    upright = read_image(path)
    path.write_bytes(with_orientation(path.read_bytes(), orientation))
    np.testing.assert_array_equal(read_image(path), expected(upright))


def test_a_path_with_other_letters(tmp_path):
    path = saved(tmp_path / "gesicht ü 顔.png", picture())
    np.testing.assert_array_equal(read_image(str(path)), picture())


def test_a_missing_image_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"none\.png: cannot read the image \(No such file"):
        read_image(tmp_path / "none.png")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot read the image"):
        read_image(tmp_path)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.jpg").touch()
    with pytest.raises(BadInput, match=r"a\.jpg: the image file is empty"):
        read_image(tmp_path / "a.jpg")


def test_a_text_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_text("this is not an image")
    with pytest.raises(BadInput, match=r"a\.jpg: not an image"):
        read_image(tmp_path / "a.jpg")


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_damaged_head_is_refused(tmp_path, suffix):
    path = saved(tmp_path / f"a{suffix}", picture())
    data = path.read_bytes()
    path.write_bytes(data[:3] + bytes(40) + data[43:])
    with pytest.raises(BadInput, match="not an image"):
        read_image(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_file_cut_short_is_refused(tmp_path, suffix, share):
    path = saved(tmp_path / f"a{suffix}", noisy_picture())
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(BadInput, match="not an image"):
        read_image(path)


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.txt"])
def test_an_unknown_format_is_refused(tmp_path, name):
    with pytest.raises(BadInput, match="no image format"):
        write_image(tmp_path / name, picture())
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot write here"):
        write_image(tmp_path / "file" / "a.png", picture())
