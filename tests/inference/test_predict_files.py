"""`facealign predict` on whatever people have: all sizes, formats and numbers of faces."""

import json
import os
import signal
import struct
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from tf_facealign import cli
from tf_facealign.images import read_image, write_image

COMMAND = [sys.executable, "-m", "tf_facealign.cli", "predict", "--model"]


def dot(size=(80, 100), x=70, y=40, radius=1):
    image = np.zeros((*size, 3), np.uint8)
    image[y - radius : y + radius + 1, x - radius : x + radius + 1] = 255
    return image


def predict(capsys, model, *arguments):
    """The exit code and the result of one run."""
    code = cli.main(["predict", "--model", str(model), *map(str, arguments)])
    return code, json.loads(capsys.readouterr().out)["images"]


def landmarks(entry):
    (face,) = entry["faces"]
    return np.mean(face["landmarks_px"], axis=0)


def with_exif_orientation(jpeg, orientation):
    """The JPEG with one EXIF entry after its start."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def encoded(suffix, image):
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("grey.png", lambda: encoded(".png", dot()[..., 0])),
        ("sixteen_bits.png", lambda: encoded(".png", dot().astype(np.uint16) * 257)),
        ("grey_sixteen_bits.tif", lambda: encoded(".tif", dot()[..., 0].astype(np.uint16) * 257)),
        ("alpha.png", lambda: encoded(".png", np.dstack([dot(), dot()[..., :1]]))),
        ("upside_down.jpg", lambda: with_exif_orientation(encoded(".jpg", dot()[::-1, ::-1]), 3)),
        (
            "lying.jpg",
            lambda: with_exif_orientation(encoded(".jpg", np.rot90(dot(), 1).copy()), 6),
        ),
    ],
)
def test_any_format(dot_tflite, tmp_path, capsys, name, make):
    (tmp_path / name).write_bytes(make())
    drawn = tmp_path / "drawn"
    code, (entry,) = predict(
        capsys, dot_tflite, tmp_path / name, "--boxes", "full", "--draw", drawn
    )
    assert code == 0
    np.testing.assert_allclose(landmarks(entry), (70, 40), atol=0.5)
    assert read_image(drawn / name).shape == (80, 100, 3)


def test_a_jpeg_for_print(dot_tflite, tmp_path, capsys):
    pillow = pytest.importorskip("PIL.Image", reason="needs Pillow, which Matplotlib brings")
    image = np.full((64, 64, 3), (200, 30, 40), np.uint8)
    pillow.fromarray(image).convert("CMYK").save(tmp_path / "cmyk.jpg", quality=95)
    code, (entry,) = predict(capsys, dot_tflite, tmp_path / "cmyk.jpg", "--boxes", "full")
    assert code == 0
    np.testing.assert_allclose(landmarks(entry), (31.5, 31.5), atol=0.3)
    # Two conversions of colours and a JPEG: a level or two.
    np.testing.assert_allclose(read_image(tmp_path / "cmyk.jpg").astype(int), image, atol=4)


@pytest.mark.parametrize("size", [(8, 8), (1, 1), (1, 300), (3000, 4000)])
def test_any_size(dot_tflite, tmp_path, capsys, size):
    write_image(tmp_path / "a.jpg", np.full((*size, 3), 90, np.uint8))
    drawn = tmp_path / "drawn"
    arguments = ["--model", dot_tflite, tmp_path / "a.jpg", "--draw", drawn]
    for boxes, count in (("full", 1), ("detect", 0)):
        code, (entry,) = predict(capsys, *arguments[1:], "--boxes", boxes)
        assert code == 0
        assert len(entry["faces"]) == count
    assert read_image(drawn / "a.jpg").shape == (*size, 3)


def test_many_faces_in_one_picture(dot_tflite, tmp_path, capsys):
    places = [(60 * column + 30, 60 * row + 25) for row in range(5) for column in range(10)]
    image = np.zeros((300, 600, 3), np.uint8)
    for x, y in places:
        image[y - 1 : y + 2, x - 1 : x + 2] = 255
    write_image(tmp_path / "crowd.png", image)
    # Padded by a tenth on each side, boxes of 50 stay within their own 60 pixels.
    boxes = [
        [60 * column + 5, 60 * row + 5, 60 * column + 55, 60 * row + 55]
        for row in range(5)
        for column in range(10)
    ]
    (tmp_path / "boxes.json").write_text(json.dumps({"crowd.png": boxes}))
    code, (entry,) = predict(
        capsys, dot_tflite, tmp_path / "crowd.png", "--boxes", tmp_path / "boxes.json"
    )
    assert code == 0
    found = [np.mean(face["landmarks_px"], axis=0) for face in entry["faces"]]
    np.testing.assert_allclose(found, places, atol=0.3)


def test_standard_input_and_output(dot_tflite, tmp_path):
    photo, drawn = encoded(".png", dot()), tmp_path / "drawn"
    arguments = ["-", "--boxes", "full", "--json", "-", "--draw", drawn]
    done = subprocess.run(
        [*COMMAND, dot_tflite, *arguments], input=photo, capture_output=True, check=True
    )
    (entry,) = json.loads(done.stdout)["images"]
    assert entry["image"] == "-"
    np.testing.assert_allclose(landmarks(entry), (70, 40), atol=0.3)
    assert [path.name for path in drawn.iterdir()] == ["stdin.png"]
    assert done.stderr == b""  # no progress in a pipe


def test_standard_input_that_is_no_image(dot_tflite):
    done = subprocess.run(
        [*COMMAND, dot_tflite, "-"], input=b"no image", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        b"facealign: error: standard input (-): not an image that OpenCV can decode\n"
    )
    assert json.loads(done.stdout)["images"] == []


def test_one_photo_loads_nothing_heavy(dot_tflite, tmp_path):
    write_image(tmp_path / "a.png", dot())
    code = f"""
import sys
from tf_facealign import cli
assert cli.main(["predict", "--model", {str(dot_tflite)!r}, {str(tmp_path / "a.png")!r},
                 "--draw", {str(tmp_path / "drawn")!r}]) == 0
heavy = {{"tensorflow", "keras", "jax", "torch", "scipy", "matplotlib", "h5py", "jinja2", "PIL"}}
loaded = heavy & {{name.split(".")[0] for name in sys.modules}}
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_ctrl_c_keeps_what_is_done(dot_tflite, tmp_path):
    write_image(tmp_path / "0000.png", dot())
    for number in range(1, 3000):
        os.link(tmp_path / "0000.png", tmp_path / f"{number:04d}.png")
    drawn, out = tmp_path / "drawn", tmp_path / "out.json"
    arguments = [tmp_path, "--boxes", "full", "--draw", drawn, "--json", out]
    with subprocess.Popen(
        [*COMMAND, dot_tflite, *arguments], stderr=subprocess.PIPE, text=True
    ) as run:
        while not (drawn / "0001.png").exists():
            assert run.poll() is None, "it ended too early"
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, message = run.communicate(timeout=60)
    assert run.returncode == 130
    images = json.loads(out.read_text())["images"]
    assert 1 <= len(images) < 3000
    assert message == f"facealign: interrupted; the result has {len(images)} of 3000 images\n"
    for path in drawn.iterdir():  # each picture is whole, and nothing unfinished lies about
        assert path.suffix == ".png"
        assert not path.name.startswith(".")
    assert read_image(sorted(drawn.iterdir())[-1]).shape == (80, 100, 3)


def test_the_head_pose_is_given_where_there_is_one(dot_tflite, tmp_path, capsys):
    write_image(tmp_path / "a.png", dot())
    _, (entry,) = predict(capsys, dot_tflite, tmp_path / "a.png", "--boxes", "full")
    assert entry["faces"][0]["head_pose_degrees"] is None  # all landmarks lie at the dot


def test_compared_models_lie_side_by_side(dot_tflite, dot_keras, tmp_path, capsys):
    write_image(tmp_path / "a.png", dot())
    drawn = tmp_path / "drawn"
    arguments = [tmp_path / "a.png", "--boxes", "full", "--draw", drawn, "--numbers"]
    predict(capsys, dot_tflite, *arguments, "--compare", dot_keras)
    picture = read_image(drawn / "a.png").astype(int)
    assert picture.shape == (80, 200, 3)
    # Both models find the dot, to the rounding of their arithmetic.
    assert np.abs(picture[:, :100] - picture[:, 100:]).mean() < 1


def test_what_changes_drawings_needs_them(dot_tflite, tmp_path, capsys):
    for option in (["--numbers"], ["--compare", str(dot_tflite)]):
        assert cli.main(["predict", "--model", str(dot_tflite), "a.png", *option]) == 2
        assert "give --draw" in capsys.readouterr().err
