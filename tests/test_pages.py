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
    ("page", "made_by", "made"),
    [
        ("README.md", "make_tables", "readme"),
        ("docs/detectors.md", "make_tables", "detectors"),
        ("docs/peers.md", "make_peer_table", "peers"),
        ("docs/training.md", "make_training_tables", "trainings"),
        ("tflite/README.md", "make_tables", "tflite"),
    ],
)
def test_tables_are_those_of_the_results(page, made_by, made, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    assert getattr(program(made_by), made)() == PAGES[page], f"run: docs/{made_by}.py"


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
