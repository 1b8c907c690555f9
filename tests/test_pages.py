"""Every page: its commands are understood, its links lead somewhere, its tables are as measured."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from tf_facealign.cli import _parser
from tf_facealign.released_models import released_names

ROOT = Path(__file__).parent.parent
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for folder in (
        *(ROOT, ROOT / "docs", ROOT / "tflite", ROOT / "tflite/android"),
        *sorted((ROOT / "tflite/models").iterdir()),
    )
    for path in sorted(folder.glob("*.md"))
}


def found(pattern: str) -> list[tuple[str, str]]:
    """(page, match) of a pattern, each once."""
    return list(
        dict.fromkeys(
            (page, match)
            for page, text in PAGES.items()
            for match in re.findall(pattern, text, re.MULTILINE)
        )
    )


@pytest.mark.parametrize(("page", "command"), found(r"^facealign [^|\n]*"))
def test_commands_are_understood(page, command):
    _parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize(("page", "link"), found(r"\]\(([^)#:\s]+)\)"))
def test_links_lead_somewhere(page, link):
    assert ((ROOT / page).parent / link).exists()


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("README.md", "readme"),
        ("docs/detectors.md", "detectors"),
        ("docs/training.md", "trainings"),
        ("tflite/README.md", "tflite"),
    ],
)
def test_tables_are_those_of_the_results(page, made):
    assert getattr(program("make_tables"), made)() == PAGES[page], "run: docs/make_tables.py"


@pytest.mark.parametrize("name", released_names())
def test_cards_are_those_of_the_results(name):
    card = program("make_cards").card(name)
    assert card == PAGES[f"tflite/models/{name}/README.md"], "run: docs/make_cards.py"


def program(name):
    """A script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
