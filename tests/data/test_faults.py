"""Reading on after faces that cannot be used."""

import dataclasses
import logging

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.folder import write_folder
from tf_facealign.data.ibug300w import read_300w
from tf_facealign.data.inspection import inspect_dataset
from tf_facealign.data.repeats import without_repeats
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.data.wflw import read_wflw
from tf_facealign.errors import BadInput


def face(name):
    if name.startswith("bad"):
        raise BadInput(f"{name} is bad")
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    return FaceSample(name, points, np.array([0.0, 0, 1, 1]), pixels=np.zeros((2, 2, 3), np.uint8))


def entries(*names):
    return [("list.txt: 3", lambda name=name: face(name)) for name in names]


def test_the_first_fault_is_an_error():
    with pytest.raises(BadInput, match=r"^list\.txt: 3: bad 1 is bad$"):
        usable_faces(entries("a", "bad 1", "bad 2"), None)


def test_faults_are_collected_and_the_others_read():
    faults: list[str] = []
    faces = usable_faces(entries("a", "bad 1", "b", "bad 2"), faults)
    assert [f.name for f in faces] == ["a", "b"]
    assert faults == ["list.txt: 3: bad 1 is bad", "list.txt: 3: bad 2 is bad"]


@pytest.fixture
def lfpw(tmp_path):
    """Four training faces of LFPW, two of them with a broken .pts."""
    write_folder(tmp_path / "lfpw/trainset", synthetic_faces(4, get_scheme("ibug68")))
    (tmp_path / "lfpw/trainset/boxes.json").unlink()
    (tmp_path / "lfpw/trainset/face_00001.pts").write_text("version: 1\nn_points: 68\n{\n1 2\n")
    (tmp_path / "lfpw/trainset/face_00003.pts").write_text("")
    return tmp_path


def test_300w_names_every_broken_file(lfpw):
    faults: list[str] = []
    faces = read_300w(lfpw, "lfpw_train", faults)
    assert [f.name for f in faces] == [
        "lfpw/trainset/face_00000.png",
        "lfpw/trainset/face_00002.png",
    ]
    assert "face_00001.pts" in faults[0]
    assert "face_00003.pts: the file is empty" in faults[1]


def test_inspection_lists_them_all(lfpw):
    problems = inspect_dataset("300w", lfpw, "lfpw_train").problems
    assert len(problems["bad_annotations"]) == 2


def test_wflw_names_every_broken_line(tmp_path):
    numbers = " ".join(str(value) for value in np.linspace(1, 90, 196))
    good = f"{numbers} 1 1 90 90 0 0 0 0 0 0 a/b.jpg"
    lines = [good, "1 2 3 a.jpg", good, good.replace("a/b", "../b")]
    (tmp_path / "list_98pt_rect_attr_test.txt").write_text("\n".join(lines))
    faults: list[str] = []
    assert len(read_wflw(tmp_path, "test", faults)) == 2
    assert ["line 2" in faults[0], "line 4" in faults[1]] == [True, True]


def test_a_dataset_without_a_usable_face_is_an_error(tmp_path):
    (tmp_path / "a.pts").write_text("")
    faults: list[str] = []
    with pytest.raises(BadInput, match="no image beside it"):
        load_faces("folder", tmp_path, faults=faults)


def test_training_leaves_them_out_only_when_told(lfpw, caplog):
    from tf_facealign.config import Config
    from tf_facealign.training.training_faces import load_training_faces

    data = dataclasses.replace(
        Config().data, root=str(lfpw), split="lfpw_train", validation_fraction=0.5
    )
    with pytest.raises(BadInput, match=r"face_00001\.pts"):
        load_training_faces(dataclasses.replace(Config(), data=data))
    with caplog.at_level(logging.WARNING):
        faces = load_training_faces(
            dataclasses.replace(Config(), data=dataclasses.replace(data, skip_bad=True))
        )
    assert len(faces.training) == len(faces.validation) == 1
    assert "2 faces are left out" in caplog.text


def test_a_face_given_twice_is_named_or_left_out(tmp_path):
    drawn = synthetic_faces(2, get_scheme("aflw19"), size=64)
    write_folder(tmp_path, [*drawn, drawn[0]])
    faces = load_faces("folder", tmp_path, scheme=get_scheme("aflw19"))
    with pytest.raises(BadInput, match=r"face_00002\.png: the same .* as face_00000\.png"):
        without_repeats(faces, None)
    faults: list[str] = []
    assert without_repeats(faces, faults) == faces[:2]
    assert len(faults) == 1


def test_two_faces_of_one_photo_are_two_faces(tmp_path):
    (drawn,) = synthetic_faces(1, get_scheme("aflw19"), size=64)
    write_folder(tmp_path, [drawn])
    (left,) = load_faces("folder", tmp_path, scheme=get_scheme("aflw19"))
    right = dataclasses.replace(left, name="right", box_px=left.box_px + 30)
    assert without_repeats([left, right], None) == [left, right]
