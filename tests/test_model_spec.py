import dataclasses
import hashlib
import json
import zipfile

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import carried_scheme, get_scheme
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import scheme_from_names
from tf_facealign.model_spec import ENTRY, ModelSpec, content_sha256, embed_spec, read_spec

SPEC = ModelSpec(
    name="300w",
    scheme="ibug68",
    input_size=112,
    padding=(0.1, -0.123, 0.1, 0.077),
    training_data="300-W, 3148 faces",
    licence="no commercial use — 300-W",
    nme_percent={"common": 3.25, "full": 4},
)
FIELDS = json.loads(json.dumps(dataclasses.asdict(SPEC)))


def flatbuffer_like(path):
    """Bytes with the file identifier of a TFLite model; no zip archive."""
    path.write_bytes(b"\x1c\0\0\0TFL3" + np.random.default_rng(0).bytes(300))
    return path


def archive_like(path):
    """A zip archive with other entries, as a .keras file is."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    return path


def with_entry(path, text):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(ENTRY, text)
    return path


@pytest.mark.parametrize("model", [flatbuffer_like, archive_like])
def test_round_trip(tmp_path, model):
    path = model(tmp_path / "model")
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if model is flatbuffer_like else ""
    embed_spec(path, SPEC)
    assert read_spec(path) == dataclasses.replace(SPEC, sha256=digest)
    assert read_spec(str(path)) == read_spec(path)


def test_a_scheme_of_ones_own_travels_whole(tmp_path):
    scheme = scheme_from_names(
        "own",
        ("image_left_ear", "chin", "image_right_ear"),
        {"ears": ((0,), (2,)), "height": ((0, 2), (1,))},
        {"ears": (0, 2)},
        ((0, 1, 2),),
    )
    path = archive_like(tmp_path / "m.keras")
    embed_spec(path, dataclasses.replace(SPEC, scheme=carried_scheme(scheme)))
    assert get_scheme(read_spec(path).scheme) == scheme


def test_the_model_in_front_is_untouched(tmp_path):
    path = flatbuffer_like(tmp_path / "m.tflite")
    model = path.read_bytes()
    embed_spec(path, SPEC)
    assert path.read_bytes()[: len(model)] == model


def test_other_entries_are_untouched(tmp_path):
    path = archive_like(tmp_path / "m.keras")
    embed_spec(path, SPEC)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["config.json", ENTRY]
        assert archive.read("config.json") == b"{}"


def test_a_missing_model_gets_no_spec(tmp_path):
    with pytest.raises(BadInput, match="no such model file"):
        embed_spec(tmp_path / "none.keras", SPEC)
    assert list(tmp_path.iterdir()) == []


def test_a_second_spec_is_refused(tmp_path):
    path = flatbuffer_like(tmp_path / "m.tflite")
    embed_spec(path, SPEC)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="already"):
        embed_spec(path, dataclasses.replace(SPEC, name="other"))
    assert path.read_bytes() == before


def test_content_is_held_against_its_sha256(tmp_path):
    path = flatbuffer_like(tmp_path / "m.tflite")
    spec = dataclasses.replace(SPEC, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert content_sha256(path) == spec.sha256
    embed_spec(path, spec)
    assert read_spec(path) == spec
    whole = path.read_bytes()
    for place in (0, 150, 307):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BadInput, match="damaged"):
            read_spec(path)


def test_a_spec_from_before_sha256_is_read(tmp_path):
    fields = {key: value for key, value in FIELDS.items() if key != "sha256"}
    path = with_entry(tmp_path / "m.keras", json.dumps(fields))
    assert read_spec(path) == SPEC


@pytest.mark.parametrize("name", ["none.keras", "."])
def test_a_missing_model_is_refused(tmp_path, name):
    with pytest.raises(BadInput, match="no such model file"):
        read_spec(tmp_path / name)


@pytest.mark.parametrize("model", [flatbuffer_like, archive_like])
def test_a_model_without_spec_is_refused(tmp_path, model):
    with pytest.raises(BadInput, match="not a model of ours"):
        read_spec(model(tmp_path / "model"))


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "m.tflite").write_bytes(content)
    with pytest.raises(BadInput, match="not a model of ours"):
        read_spec(tmp_path / "m.tflite")


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe"])
def test_a_spec_that_is_no_json_is_refused(tmp_path, text):
    with pytest.raises(BadInput, match="not a model of ours"):
        read_spec(with_entry(tmp_path / "m.keras", text))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "exactly the keys"),
        ({}, "exactly the keys"),
        ({key: value for key, value in FIELDS.items() if key != "licence"}, "exactly the keys"),
        ({**FIELDS, "more": 1}, "exactly the keys"),
        ({**FIELDS, "padding": [0.1, 0.1, 0.1]}, "padding must be four numbers"),
        ({**FIELDS, "padding": 0.1}, "padding must be four numbers"),
        ({**FIELDS, "padding": [0.1, 0.1, 0.1, "0.1"]}, "padding must be four numbers"),
        ({**FIELDS, "padding": [0.1, 0.1, 0.1, float("nan")]}, "padding must be four numbers"),
        (
            {**FIELDS, "padding": [0.1, 0.1, 0.1, 1e308]},
            "padding must be above -0.5 and at most",
        ),
        ({**FIELDS, "padding": [0.1, 0.1, -0.5, 0.1]}, "padding must be above -0.5 and at most"),
        ({**FIELDS, "input_size": 0}, "input_size must be a positive integer"),
        ({**FIELDS, "input_size": 112.0}, "input_size must be a positive integer"),
        ({**FIELDS, "input_size": True}, "input_size must be a positive integer"),
        ({**FIELDS, "nme_percent": [3.2]}, "nme_percent must map names to numbers"),
        ({**FIELDS, "nme_percent": {"full": "3.2"}}, "nme_percent must map names to numbers"),
        ({**FIELDS, "name": None}, "name must be text"),
        ({**FIELDS, "scheme": ["ibug68"]}, "scheme: a landmark scheme has the keys"),
        ({**FIELDS, "scheme": {"name": "own"}}, "scheme: the key 'landmarks' is missing"),
        ({**FIELDS, "scheme": "ibug86"}, "unknown landmark scheme 'ibug86'"),
        ({**FIELDS, "scheme": "mine.yaml"}, "unknown landmark scheme 'mine.yaml'"),
        ({**FIELDS, "licence": 7}, "licence must be text"),
        ({**FIELDS, "training_data": {}}, "training_data must be text"),
        ({**FIELDS, "sha256": None}, "sha256 must be text"),
        ({**FIELDS, "nme_percent": {"full": 10**400}}, "nme_percent must map names to numbers"),
        ({**FIELDS, "name": " " * 2**20}, "longer than 1048576 bytes"),
    ],
)
def test_a_spec_that_does_not_fit_is_refused(tmp_path, fields, message):
    path = with_entry(tmp_path / "m.keras", json.dumps(fields))
    with pytest.raises(BadInput, match=message) as caught:
        read_spec(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("model", [flatbuffer_like, archive_like])
def test_a_damaged_model_is_never_a_bug(tmp_path, model):
    path = model(tmp_path / "model")
    embed_spec(path, SPEC)
    good = path.read_bytes()
    for place in range(len(good) - 400, len(good), 3):
        for damaged in (good[:place], good[:place] + b"\xff" + good[place + 1 :]):
            path.write_bytes(damaged)
            try:
                read_spec(path)
            except BadInput:
                pass
