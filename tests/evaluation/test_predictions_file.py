"""The predictions file: written and read back; whatever is wrong with one names the face."""

import json

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.predictions_file import read_predictions, write_predictions
from tf_facealign.evaluation.report import Cost
from tf_facealign.evaluation.scoring import score
from tf_facealign.face_crop import landmarks_box

AFLW19 = get_scheme("aflw19")
RNG = np.random.default_rng(2)
POINTS = RNG.uniform(-20, 700, (3, 19, 2))
FACES = [
    FaceSample(name, points, landmarks_box(points), pixels=np.zeros((8, 8, 3), np.uint8))
    for name, points in zip(["b/1.png", "a.png#1", "a.png#2"], POINTS, strict=True)
]


@pytest.fixture
def content():
    shapes = {face.name: points.tolist() for face, points in zip(FACES, POINTS, strict=True)}
    return {"system": "other", "faces": shapes}


@pytest.fixture
def read(tmp_path):
    def read(content, **options):
        path = tmp_path / "points.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_predictions(path, FACES, AFLW19, **options)

    return read


def test_the_smallest_file(read, content):
    content["faces"] = dict(reversed(content["faces"].items()))  # by name, not by place
    predictions = read(content)
    assert (predictions.system, list(predictions.stages)) == ("other", ["shape"])
    np.testing.assert_array_equal(predictions.stages["shape"], POINTS)
    assert predictions.costs == {}
    assert not predictions.missing().any()


def test_whole_numbers_will_do(read, content):
    content["faces"]["b/1.png"] = [[1, 2]] * 19
    points = read(content).stages["shape"]
    assert points.dtype == np.float64
    assert points[0, 0].tolist() == [1.0, 2.0]


def test_what_is_written_is_read(tmp_path):
    stages = {"shape_0": POINTS + 1, "shape_1": POINTS + 0.5, "shape_2": POINTS}
    costs = {"shape_0": Cost(10, 20), "shape_2": Cost(30)}
    path = tmp_path / "new" / "points.json"
    write_predictions(path, Predictions("cascade", stages, costs), FACES, AFLW19)
    predictions = read_predictions(path, FACES, AFLW19)
    assert (predictions.system, predictions.costs) == ("cascade", costs)
    assert list(predictions.stages) == list(stages)
    for name, points in stages.items():
        np.testing.assert_allclose(predictions.stages[name], points, rtol=0, atol=5.1e-5)
    assert [file.name for file in path.parent.iterdir()] == ["points.json"]


def test_a_missing_face_is_written_by_leaving_it_out(tmp_path):
    points = POINTS.copy()
    points[1] = np.nan
    path = tmp_path / "points.json"
    write_predictions(path, Predictions("detector", {"shape": points}), FACES, AFLW19)
    assert list(json.loads(path.read_text())["faces"]) == ["b/1.png", "a.png#2"]
    predictions = read_predictions(path, FACES, AFLW19, allow_missing=True)
    assert predictions.missing().tolist() == [False, True, False]
    with pytest.raises(BadInput, match=r"points\.json: a\.png#1: no prediction"):
        read_predictions(path, FACES, AFLW19)


def _set(content, name, value):
    return {**content, "faces": {**content["faces"], name: value}}


SHORT, GOOD = [[0.0, 0.0]] * 18, [[0.0, 0.0]] * 19
FAULTS = {
    "too few points": ("a.png#1", SHORT, r"a\.png#1: .* \(18, 2\), expected \(19, 2\)"),
    "too many": ("a.png#1", [*GOOD, [0, 0]], r"a\.png#1: points of shape \(20, 2\)"),
    "three coordinates": ("a.png#1", [[0, 0, 0]] * 19, r"a\.png#1: points of shape \(19, 3\)"),
    "nan": ("a.png#2", [*SHORT, [0.0, float("nan")]], r"a\.png#2: a coordinate is not a finite"),
    "infinite": ("a.png#2", [*SHORT, [float("-inf"), 0.0]], r"a\.png#2: a coordinate is not"),
    "null": ("a.png#2", None, r"a\.png#2: its points are not pairs of numbers"),
    "null inside": ("a.png#2", [*SHORT, [0, None]], r"a\.png#2: its points are not pairs"),
    "text": ("a.png#2", [*SHORT, ["1", "2"]], r"a\.png#2: its points are not pairs"),
    "truth values": ("a.png#2", [[True, False]] * 19, r"a\.png#2: its points are not pairs"),
    "ragged": ("a.png#2", [*SHORT, [0]], r"a\.png#2: its points are not pairs"),
    "a huge number": ("a.png#2", [*SHORT, [10**400, 0]], r"a\.png#2: its points are not pairs"),
    "an extra face": ("z.png", GOOD, r"z\.png: there is no such face in the dataset"),
}


@pytest.mark.parametrize(("name", "value", "message"), FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize("allow_missing", [False, True])
def test_a_fault_names_the_face(read, content, name, value, message, allow_missing):
    with pytest.raises(BadInput, match=r"points\.json: " + message):
        read(_set(content, name, value), allow_missing=allow_missing)


def test_a_fault_of_an_earlier_stage_names_the_face(read, content):
    content["earlier_stages"] = {"shape_0": {"faces": {**content["faces"], "b/1.png": SHORT}}}
    with pytest.raises(BadInput, match=r"b/1\.png: points of shape"):
        read(content)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"system": None}, "system and stage must be names"),
        ({"system": ""}, "system and stage must be names"),
        ({"scheme": "ibug68"}, "its points are ibug68, not aflw19"),
        ({"faces": []}, "faces must map names"),
        ({"points": {}}, "unknown key 'points'"),
        ({"parameters": 1.5}, "whole numbers"),
        ({"parameters": True}, "whole numbers"),
        ({"stage": "s", "earlier_stages": {"s": {"faces": {}}}}, "other stages than 's'"),
        ({"earlier_stages": {"s": {}}}, "the key 'faces' is missing"),
        ({"earlier_stages": []}, "earlier_stages must map"),
    ],
)
def test_the_header_is_checked(read, content, change, message):
    with pytest.raises(BadInput, match=message):
        read({**content, **change})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[]", "a file of predictions has the keys system, faces"),
        ('{"faces": {}}', "the key 'system' is missing"),
        ('{"system": "a", "faces": {"x": 1, "x": 2}}', "'x' is there twice"),
        ("[" * 100000, "not JSON"),
    ],
    ids=["empty", "list", "no system", "twice", "deep"],
)
def test_a_file_of_another_kind(read, text, message):
    with pytest.raises(BadInput, match=message):
        read(text)


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(BadInput, match=r"none\.json: cannot read"):
        read_predictions(tmp_path / "none.json", FACES, AFLW19)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"bytes\.json: not JSON"):
        read_predictions(tmp_path / "bytes.json", FACES, AFLW19)


def test_faces_of_one_name_cannot_be_told_apart(tmp_path, content):
    (tmp_path / "points.json").write_text(json.dumps(content))
    with pytest.raises(BadInput, match="two faces of the dataset have one name"):
        read_predictions(tmp_path / "points.json", [*FACES, FACES[0]], AFLW19)


def test_ten_thousand_faces_from_file_to_report(tmp_path):
    count, ibug68 = 10_000, get_scheme("ibug68")
    truth = RNG.uniform(0, 100, (count, 68, 2))
    truth[:, 36], truth[:, 45] = [0, 0], [100, 0]
    box, image = np.array([0.0, 0.0, 100.0, 100.0]), np.zeros((8, 8, 3), np.uint8)
    faces = [FaceSample(f"{i}.png", shape, box, pixels=image) for i, shape in enumerate(truth)]
    points = truth + RNG.normal(0, 3, truth.shape)
    path = tmp_path / "points.json"
    write_predictions(path, Predictions("other", {"shape": points}), faces, ibug68)
    report = score(faces, [read_predictions(path, faces, ibug68)], ibug68)
    found = report.systems[0].answer.scores["inter_ocular"]["all"]
    assert found.faces == count
    # A normal error of 3 px in x and in y: the mean distance is 3 · √(π/2) px of 100, with a
    # deviation of 3 · √(2 - π/2) px; 680,000 points leave 0.0024 % of it.
    assert found.nme == pytest.approx(3 * np.sqrt(np.pi / 2), abs=0.01)
