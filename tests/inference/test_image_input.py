"""Whatever callers call an image."""

import io

import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.images import write_image
from tf_facealign.inference.image_input import as_rgb

Image = pytest.importorskip("PIL.Image", reason="needs Pillow, which Matplotlib brings")
ImageOps = pytest.importorskip("PIL.ImageOps")
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8)


def test_arrays_are_taken_as_they_are():
    assert as_rgb(PIXELS) is PIXELS  # no copy of a large photo
    grey = PIXELS[..., 0]
    np.testing.assert_array_equal(as_rgb(grey), np.stack([grey] * 3, axis=-1))
    rgba = np.dstack([PIXELS, grey])
    np.testing.assert_array_equal(as_rgb(rgba), PIXELS)
    np.testing.assert_array_equal(as_rgb(PIXELS[::-1, ::2]), PIXELS[::-1, ::2])


def test_paths_are_read(tmp_path):
    write_image(tmp_path / "a.png", PIXELS)
    for path in (tmp_path / "a.png", str(tmp_path / "a.png")):
        np.testing.assert_array_equal(as_rgb(path), PIXELS)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "P", "CMYK", "LA"])
def test_pillow_in_any_mode(mode):
    image = Image.fromarray(PIXELS).convert(mode)
    expected = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(as_rgb(image), expected)


def test_sixteen_bits_of_pillow_become_eight():
    image = Image.fromarray(np.array([[0x0000, 0x80FF, 0xFFFF]], np.uint16))
    np.testing.assert_array_equal(as_rgb(image)[..., 0], [[0, 0x80, 0xFF]])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pillow_is_turned_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG", exif=exif)
    image = Image.open(file)
    expected = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(as_rgb(image), expected)


@pytest.mark.parametrize(
    "image",
    [PIXELS / 255, PIXELS[..., :2], PIXELS[None], PIXELS[:0], PIXELS.tolist(), None, b"bytes", 7],
)
def test_refuses_what_is_no_image(image):
    with pytest.raises(BadInput, match="image"):
        as_rgb(image)
