"""What README.md shows is what the project does."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tf_facealign.cli import _parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_shell_completes_every_command():
    (words,) = re.findall(r'^complete .*\$\(facealign --help \| (.*)\)"', README, re.MULTILINE)
    completed = subprocess.run(
        ["bash", "-c", words], input=_parser().format_help(), capture_output=True, text=True
    )
    assert {"train", "evaluate", "predict", "export", "info", "dataset"} <= set(
        completed.stdout.split()
    )


def test_python_that_needs_no_file_runs():
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    runnable = [block for block in blocks if "assert" in block]
    assert runnable
    for block in runnable:
        exec(block, {})


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_configurations_load(path):
    from tf_facealign.config import load_config

    assert load_config(path).name.replace("-", "_") == path.stem
    assert path.read_text().startswith("# ")


@pytest.mark.parametrize("model", ["300w-tiny", "300w-small"])
def test_the_time_of_a_face_with_avx512_is_the_measured_one(model):
    costs = json.loads((ROOT / f"docs/results/tflite/avx512/benchmark_{model}.json").read_text())
    (int8,) = (cost for file, cost in costs["models"].items() if Path(file).stem == "int8")
    milliseconds = int8["per_face"]["1"]["wall_ms"]["median"]
    assert re.search(rf"{model}\s(took\s)?{milliseconds:.1f} ms", README)
