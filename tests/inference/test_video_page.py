"""docs/video.md shows commands, a line of JSON, Python and tables; all of them hold."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from tf_facealign import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.inference.face import Face
from tf_facealign.inference.one_euro import HZ_PER_SPEED, MIN_CUTOFF_HZ
from tf_facealign.inference.predict_video import _to_json
from tf_facealign.inference.tracker import (
    CHECK_EVERY,
    DETECT_EVERY_SECONDS,
    LOST_ABOVE,
    TrackedFace,
)
from tf_facealign.inference.video_source import Frame
from tf_facealign.inference.video_writer import video_writer

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "video.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """With the file that the page speaks of."""
    with video_writer(tmp_path / "talk.mp4", 25) as writer:
        for number in range(3):
            writer.write(np.zeros((64, 64, 3), np.uint8), number / 25)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_runs(folder):
    for block in blocks("python"):
        exec(block, {})


def test_the_line_of_json_has_what_is_written():
    drawn = synthetic_faces(1, get_scheme("ibug68"), seed=0)[0]
    image = drawn.image_rgb()
    face = Face(drawn.landmarks_px, drawn.box_px, 0.9, get_scheme("ibug68"), image)
    written = json.loads(_to_json(Frame(0, 0.0, image), [TrackedFace(1, face)]))
    (block,) = blocks("json")
    assert keys_of(json.loads(block)) == keys_of(written)


def keys_of(value):
    """The names in nested JSON; a list counts as its first entry."""
    if isinstance(value, dict):
        return {name: keys_of(entry) for name, entry in value.items()}
    return keys_of(value[0]) if isinstance(value, list) else None


def test_the_tables_are_those_of_the_results():
    tables = load(DOCS / "make_video_tables.py")
    assert tables.with_tables(PAGE) == PAGE
    assert PAGE.count("\n| 300w-") >= 4


def test_the_constants_in_the_text_are_the_codes():
    text = " ".join(PAGE.split())
    assert MIN_CUTOFF_HZ == 1
    assert f"a cut-off of 1 Hz at rest and {HZ_PER_SPEED:g} Hz more" in text
    assert f"by more than {100 * LOST_ABOVE:g} % of its size" in text
    assert (CHECK_EVERY, DETECT_EVERY_SECONDS) == (5, 1)


def test_the_results_are_of_the_constants_that_hold():
    paths = (DOCS / "results/bench").glob("tracking*.json")
    runs = [run for path in paths for run in json.loads(path.read_text("utf-8"))["runs"]]
    assert len(runs) == 3
    for run in runs:
        assert run["lost"]["at_the_threshold"]["threshold"] == LOST_ABOVE
        assert run["smoothing"]["hz_per_speed"] == HZ_PER_SPEED
        assert run["smoothing"]["min_cutoff_hz"] == MIN_CUTOFF_HZ
