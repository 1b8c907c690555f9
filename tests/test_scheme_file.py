"""A user's own landmark scheme in YAML, and the definition that a model carries."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from tf_facealign.benchmark_schemes import SCHEMES, carried_scheme, get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.scheme_file import definition_of, read_scheme, scheme_from_definition

FIVE = """
name: five_points
landmarks:
  - image_left_eye
  - image_right_eye
  - nose_tip
  - image_left_mouth_corner
  - image_right_mouth_corner
normalizers:
  inter_ocular: [image_left_eye, image_right_eye]
  height: [[image_left_eye, image_right_eye], [image_left_mouth_corner, image_right_mouth_corner]]
regions:
  eyes: [image_left_eye, image_right_eye]
lines:
  - [image_left_mouth_corner, nose_tip, image_right_mouth_corner]
"""


def test_names_become_the_indices_of_the_list(tmp_path: Path) -> None:
    (tmp_path / "five.yaml").write_text(FIVE)
    scheme = get_scheme(str(tmp_path / "five.yaml"))
    assert scheme.name == "five_points"
    assert scheme.landmark_names[2] == "nose_tip"
    assert scheme.flip_permutation == (1, 0, 2, 4, 3)
    assert scheme.normalizers == {"inter_ocular": ((0,), (1,)), "height": ((0, 1), (3, 4))}
    assert list(scheme.normalizers) == ["inter_ocular", "height"]  # the first is the benchmark's
    assert scheme.regions == {"eyes": (0, 1)}
    assert scheme.lines == ((3, 2, 4),)
    # eyes at (0, 0) and (6, 8); mouth corners at (3, 10) and (3, 10)
    shape = [[0, 0], [6, 8], [1, 1], [3, 10], [3, 10]]
    assert scheme.normalizer_distance(shape, "inter_ocular") == 10
    assert scheme.normalizer_distance(shape, "height") == 6


def test_regions_and_lines_may_be_left_out() -> None:
    definition = yaml.safe_load(FIVE)
    del definition["regions"], definition["lines"]
    scheme = scheme_from_definition(definition, "five.yaml")
    assert (scheme.regions, scheme.lines) == ({}, ())


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_survives_json(name: str) -> None:
    definition = json.loads(json.dumps(definition_of(SCHEMES[name])))
    assert scheme_from_definition(definition, "json") == SCHEMES[name]
    assert get_scheme(definition) == SCHEMES[name]


def test_a_known_scheme_is_carried_by_its_name_another_whole() -> None:
    assert carried_scheme(get_scheme("wflw98")) == "wflw98"
    own = get_scheme(yaml.safe_load(FIVE))
    assert get_scheme(carried_scheme(own)) == own
    # Another scheme that took the name of a known one must not be mistaken for it.
    impostor = get_scheme({**yaml.safe_load(FIVE), "name": "ibug68"})
    assert get_scheme(carried_scheme(impostor)) == impostor


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("colour", "red", "unknown key 'colour' (known: name, landmarks, normalizers, regions, l"),
        ("name", None, "the key 'name' is missing"),
        ("landmarks", None, "the key 'landmarks' is missing"),
        ("normalizers", None, "the key 'normalizers' is missing"),
        ("name", 5, "name: 5 is no name"),
        ("landmarks", "nose", "landmarks must be a list of landmark names, not 'nose'"),
        ("landmarks", [], "landmarks must be a list of landmark names, not []"),
        ("landmarks", ["chin", False], "landmarks: False is no name"),  # YAML's `no`
        ("landmarks", ["chin", "chin"], "landmark name 'chin' occurs more than once"),
        (
            "landmarks",
            ["image_left_eye", "chin"],
            "landmark 'image_left_eye' has no mirror partner 'image_right_eye'",
        ),
        (
            "landmarks",
            ["left_eye", "right_eye"],
            "landmark 'left_eye': the name of a side starts with image_left_ or image_right_",
        ),
        ("landmarks", ["eye-Right"], "landmark 'eye-Right': the name of a side starts with"),
        ("normalizers", {}, "normalizers: give at least one"),
        ("normalizers", ["nose_tip"], "normalizers must map names to landmarks"),
        ("normalizers", {"a": ["nose_tip"]}, "normalizer 'a': give two landmarks, or two lists"),
        ("normalizers", {"a": ["nose_tip", "ear"]}, "normalizer 'a': unknown landmark 'ear'"),
        ("normalizers", {"a": ["nose_tip", []]}, "normalizer 'a' must be a list"),
        ("normalizers", {"a": ["nose_tip", 3]}, "normalizer 'a' must be a list"),
        ("regions", {"eyes": ["image_left_ey"]}, "region 'eyes': unknown landmark 'image_left_ey'"),
        ("regions", {"eyes": "nose_tip"}, "region 'eyes' must be a list of landmark names"),
        ("lines", "nose_tip", "lines must be a list of lists of landmarks, not 'nose_tip'"),
        ("lines", [["nose_tip"], ["nose"]], "line 2: unknown landmark 'nose'"),
    ],
)
def test_a_fault_is_one_line_that_names_the_file(
    tmp_path: Path, key: str, value: object, message: str
) -> None:
    definition = copy.deepcopy(yaml.safe_load(FIVE))
    if value is None:
        del definition[key]
    else:
        definition[key] = value
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(definition))
    with pytest.raises(BadInput) as caught:
        get_scheme(str(path))
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "just text", "3"])
def test_yaml_of_another_kind(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yml").write_text(text)
    with pytest.raises(BadInput, match=r"own\.yml: a landmark scheme has the keys name, landmarks"):
        get_scheme(str(tmp_path / "own.yml"))


def test_no_yaml_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    with pytest.raises(BadInput, match=r"own\.yaml: cannot read the landmark scheme \(No such"):
        read_scheme(path)
    path.write_text("name: [")
    with pytest.raises(BadInput, match=r"own\.yaml: not YAML"):
        read_scheme(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"own\.yaml: not YAML"):
        read_scheme(path)
