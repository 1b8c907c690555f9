"""What FaceCrops does with images that cannot be read, and with a face that occurs twice."""

import logging

import numpy as np
import pytest

from tf_facealign import face_crop
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.errors import BadInput
from tf_facealign.images import write_image

SCHEME = get_scheme("aflw19")


@pytest.fixture
def faces(tmp_path):
    """Eight faces in grey images, of level 10 times their number; 1, 4, 5 and 6 are no images."""
    points = np.random.default_rng(0).uniform(5, 25, (SCHEME.num_landmarks, 2))
    for index in range(8):
        path = tmp_path / f"{index}.png"
        write_image(path, np.full((32, 32, 3), 10 * index, np.uint8))
        if index in (1, 4, 5, 6):
            path.write_bytes(b"" if index == 1 else b"no image")
    box = np.array([5.0, 5, 25, 25])
    return [FaceSample(f"{i}", points, box, path=tmp_path / f"{i}.png") for i in range(8)]


def levels(crops):
    return [int(crops.plain(index)[0][50, 50, 0]) for index in range(len(crops))]


@pytest.mark.parametrize("cache", [True, False])
def test_bad_faces_are_left_out_with_one_warning(faces, cache, caplog):
    with caplog.at_level(logging.WARNING):
        crops = FaceCrops(faces, SCHEME, face_crop.Padding(), cache, skip_bad=True)
    assert levels(crops) == [0, 20, 30, 70]
    (record,) = caplog.records
    message = record.getMessage()
    assert message.startswith("4 faces are left out, their images cannot be read: ")
    assert "1.png: the image file is empty" in message
    assert "4.png" in message
    assert "5.png" in message
    assert "6.png" not in message  # the first three are enough
    assert "\n" not in message


def test_without_bad_faces_there_is_no_warning(faces, caplog):
    good = [faces[index] for index in (0, 2, 3, 7)]
    assert len(FaceCrops(good, SCHEME, face_crop.Padding(), skip_bad=True)) == 4
    assert not caplog.records


def test_none_readable_is_bad_input(faces):
    with pytest.raises(BadInput, match=r"none of the 2 images can be read: .*4\.png"):
        FaceCrops(faces[4:6], SCHEME, face_crop.Padding(), skip_bad=True)


def test_the_first_bad_face_is_the_error(faces):
    for _ in range(5):  # whichever thread is faster
        with pytest.raises(BadInput, match=r"1\.png: the image file is empty"):
            FaceCrops(faces, SCHEME, face_crop.Padding())


def test_a_repeated_face_is_decoded_and_kept_once(faces, monkeypatch):
    decoded = []
    read = FaceSample.image_rgb

    def count(face):
        decoded.append(face.name)
        return read(face)

    monkeypatch.setattr(FaceSample, "image_rgb", count)
    crops = FaceCrops([faces[2], faces[3], faces[2], faces[2]], SCHEME, face_crop.Padding())
    assert levels(crops) == [20, 30, 20, 20]
    assert sorted(decoded) == ["2", "3"]
