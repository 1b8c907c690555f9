"""Writes the tables of README.md from docs/results: python docs/make_tables.py."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- /results -->)", re.DOTALL)


def results_table() -> str:
    """A Markdown table with a row for every scored model."""
    rows = [
        "| model | data | faces | S⁰ | S¹ | S² | failures > 10 % | AUC |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for path in sorted((ROOT / "docs/results").glob("*.json")):
        result = json.loads(path.read_text())
        for subset, score in result["subsets"].items():
            stages = [f"{s[subset]['nme']:.2f}" for s in result["stages"].values()]
            link = f"[{path.stem}](docs/results/{path.name})"
            cells = [link, subset, str(score["faces"]), *stages]
            cells += [f"{score['failure_rate']:.2f} %", f"{score['auc']:.4f}"]
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def readme() -> str:
    """README.md as it should be."""
    return BLOCK.sub(lambda _: results_table(), (ROOT / "README.md").read_text())


if __name__ == "__main__":
    (ROOT / "README.md").write_text(readme())
