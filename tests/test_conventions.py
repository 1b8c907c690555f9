"""Every Python block of the documentation runs, page by page, from top to bottom."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Pages whose blocks need nothing but this package; others show commands or a user's own files.
PAGES = [ROOT / "docs" / "conventions.md"]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page):
    text = page.read_text("utf-8")
    blocks = list(BLOCK.finditer(text))
    assert blocks, f"{page.name} has no Python block"
    scope = {"__name__": page.stem}
    for block in blocks:
        # Empty lines in front, so that a failure names the line of the page.
        line = text[: block.start(1)].count("\n")
        exec(compile("\n" * line + block[1], str(page), "exec"), scope)


def test_conventions_assert_what_they_claim():
    sections = (ROOT / "docs" / "conventions.md").read_text("utf-8").split("\n## ")[1:]
    for section in sections:
        code = "".join(block[1] for block in BLOCK.finditer(section))
        assert "assert" in code, f"the section {section.splitlines()[0]!r} proves nothing"
