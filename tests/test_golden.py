"""The golden vectors that the Kotlin library is held against are what the package makes today."""

import importlib.util
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_facealign.inference.face_aligner import FaceAligner

TFLITE = Path(__file__).parent.parent / "tflite"
GOLDEN = TFLITE / "golden"
ANEW = "it is not what the package makes now; if that is meant: python tflite/golden/make_golden.py"
LARGEST_BYTES = 500_000


@pytest.fixture(scope="module")
def make_golden():
    """The script as a module."""
    sys.path.insert(0, str(GOLDEN))  # it imports from beside itself
    spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make_golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(GOLDEN))


@pytest.fixture(scope="module")
def made(make_golden, tmp_path_factory):
    """A folder with everything but the model, made now."""
    folder = tmp_path_factory.mktemp("golden")
    make_golden.make(folder)
    return folder


def test_the_numbers_are_what_the_package_makes(made):
    old, new = (json.loads((folder / "golden.json").read_text()) for folder in (GOLDEN, made))
    assert_alike(new, old, "golden.json")


def test_the_released_files_find_what_they_found(made):
    old, new = (json.loads((folder / "released.json").read_text()) for folder in (GOLDEN, made))
    assert new.keys() == old.keys(), f"released.json: {ANEW}"
    for file in old:
        assert new[file]["sha256"] == old[file]["sha256"], f"{file} was replaced: {ANEW}"
        for case, found in old[file]["landmarks_px"].items():
            # Half of what Kotlin may be off by: the other half is its own.
            away = np.abs(np.subtract(new[file]["landmarks_px"][case], found)).max()
            assert away <= 0.05, f"{file}, {case}: {ANEW}"


def assert_alike(new, old, where):
    if isinstance(old, dict):
        assert new.keys() == old.keys(), f"{where}: {ANEW}"
        for key in old:
            assert_alike(new[key], old[key], f"{where}: {key}")
    elif isinstance(old, list):
        assert len(new) == len(old), f"{where}: {ANEW}"
        for number, (one, other) in enumerate(zip(new, old, strict=True)):
            assert_alike(one, other, f"{where}: {number}")
    elif isinstance(old, float):
        # LiteRT adds in another order on another processor; 1e-4 of a crop is 0.01 pixels.
        assert new == pytest.approx(old, rel=1e-4, abs=1e-4), f"{where}: {ANEW}"
    else:
        assert new == old, f"{where}: {ANEW}"


def test_the_pictures_are_what_the_package_makes(made):
    names = {path.name for path in GOLDEN.glob("*.png")}
    assert names == {path.name for path in made.glob("*.png")}, ANEW
    for name in names:
        new, old = (
            cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED).astype(int)
            for folder in (made, GOLDEN)
        )
        # A step of rounding, where OpenCV uses other instructions.
        assert np.abs(new - old).max() <= 1, f"{name}: {ANEW}"


def test_the_schemes_of_kotlin_are_those_of_python(make_golden):
    assert (TFLITE / make_golden.SCHEMES_FILE).read_text() == make_golden.schemes(), ANEW


def test_the_model_is_moved_by_what_it_sees():
    aligner = FaceAligner.load(GOLDEN / "model.tflite")
    image = cv2.imread(str(GOLDEN / "scene.png"))[..., ::-1]
    cases = json.loads((GOLDEN / "golden.json").read_text())["cases"]
    boxes = [case["box_px"] for case in cases]
    shapes = [np.array(case["landmarks_unit"]) for case in cases]
    assert len(aligner(image, boxes)) == len(boxes)
    # Pixels of the crop: a wrong crop is seen in the landmarks, whose tolerance is 0.1.
    assert (112 * np.std(shapes, axis=0)).mean() > 2


def test_the_files_stay_small():
    files = [path for path in GOLDEN.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LARGEST_BYTES
