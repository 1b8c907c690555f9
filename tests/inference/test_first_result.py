"""What a fresh process loads until its first result, and nothing more."""

import subprocess
import sys

import pytest

# What training, evaluation, reports and readers of datasets need, and predicting does not.
NOT_NEEDED = {
    *("tensorflow", "keras", "jax", "torch", "matplotlib", "scipy", "jinja2", "yaml", "h5py"),
    *("tqdm", "flatbuffers"),
}


@pytest.fixture(scope="module")
def loaded(dot_tflite):
    code = f"""
import sys
from tf_facealign.inference.first_result import measure
measure({str(dot_tflite)!r}, 1)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_loads_what_it_runs_on(loaded):
    assert {"numpy", "cv2", "ai_edge_litert", "tf_facealign"} <= loaded


def test_loads_nothing_else_that_is_heavy(loaded):
    assert not NOT_NEEDED & loaded
