"""docs/detectors.md shows what was measured."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "detectors.md").read_text("utf-8")


def test_the_table_is_that_of_the_results():
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs/make_tables.py")
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    assert make_tables.detectors() == PAGE, "run: python docs/make_tables.py"


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
