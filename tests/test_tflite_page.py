"""What tflite/README.md shows is what was measured, and its commands exist."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from tf_facealign.cli import _parser
from tf_facealign.cli_export import VARIANTS
from tf_facealign.export import quantization

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "tflite/README.md").read_text("utf-8")


def test_the_table_is_that_of_the_results():
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs/make_tables.py")
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    assert make_tables.tflite() == PAGE, "run: python docs/make_tables.py"


@pytest.mark.parametrize("command", re.findall(r"^facealign .*", PAGE, re.MULTILINE))
def test_commands_are_understood(command):
    _parser().parse_args(shlex.split(command)[1:])


def test_every_variant_is_described():
    assert re.findall(r"^- \*\*(\w+)\*\*", PAGE, re.MULTILINE) == list(quantization.VARIANTS)
    assert quantization.VARIANTS == VARIANTS


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", PAGE))
def test_links_lead_somewhere(link):
    assert (ROOT / "tflite" / link).exists()
