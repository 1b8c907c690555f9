"""What README.md shows is what the project does."""

import importlib.util
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tf_facealign.cli import _parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_tables_are_those_of_the_results():
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs/make_tables.py")
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    assert make_tables.readme() == README, "run: python docs/make_tables.py"


@pytest.mark.parametrize("command", re.findall(r"^facealign .*", README, re.MULTILINE))
def test_commands_are_understood(command):
    _parser().parse_args(shlex.split(command)[1:])


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


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_configurations_load(path):
    from tf_facealign.config import load_config

    assert load_config(path).name.replace("-", "_") == path.stem
    assert path.read_text().startswith("# ")
