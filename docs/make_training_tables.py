"""Writes the tables of docs/training.md from docs/results: python docs/make_training_tables.py."""

import json
import re
from pathlib import Path

DOCS = Path(__file__).parent
PAGE, RESULTS = DOCS / "training.md", DOCS / "results"


def ablation_table(file: str) -> str:
    """A Markdown table with a row for every lever of a study."""
    rows = [
        "| what differs | S⁰ | S¹ | S² | S² of the training faces |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in json.loads((RESULTS / file).read_text())["rows"]:
        cells = [row["lever"] if row["overrides"] else "nothing", *_stages(row)]
        cells.append(f"{row['stages'][-1]['training_nme']:.2f}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def rough_boxes_table() -> str:
    """A Markdown table of models on faces that are moved."""
    models = json.loads((RESULTS / "bench/rough_boxes.json").read_text())["rows"]
    moves = list(next(iter(models.values())))
    rows = [f"| placement | {' | '.join(moves)} |", "| --- " * (len(moves) + 1) + "|"]
    for words, found in models.items():
        rows.append(f"| {words} | {' | '.join(f'{found[move]:.2f}' for move in moves)} |")
    return "\n".join(rows) + "\n"


def recipes_table() -> str:
    """A Markdown table of our recipe and of the paper's at each budget."""
    pairs = json.loads((RESULTS / "recipes.json").read_text())["pairs"]
    ours = pairs[0]["ours"]
    rows = [
        "| recipe | epochs | minutes | S⁰ | S¹ | S² | training S⁰ | training S² | ours better by |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        _recipe_row(ours, ""),
        *(_recipe_row(p["paper"], f"{p['percent_better_than_paper']:.1f} %") for p in pairs),
    ]
    gain = pairs[0]["percent_better_than_first_stage"]
    words = f"\nThe S² of ours errs by {gain:.0f} % less than its S⁰."
    return "\n".join([*rows, words]) + "\n"


def levers_table() -> str:
    """A Markdown table of longer runs with a lever each."""
    rows = [
        "| what differs | epochs | minutes | S⁰ | S¹ | S² | S² of the training faces |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for run in json.loads((RESULTS / "recipes.json").read_text())["levers"]:
        cells = [run["lever"], *_effort(run), *_stages(run)]
        cells.append(f"{run['stages'][-1]['training_nme']:.2f}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _recipe_row(run: dict, better: str) -> str:
    training = [f"{run['stages'][stage]['training_nme']:.2f}" for stage in (0, -1)]
    cells = [f"`{run['config']}`", *_effort(run), *_stages(run), *training, better]
    return f"| {' | '.join(cells)} |"


def _effort(run: dict) -> list[str]:
    return [" + ".join(map(str, run["epochs"])), f"{run['minutes']:.0f}"]


def _stages(run: dict) -> list[str]:
    return [f"{stage['validation_nme']:.2f}" for stage in run["stages"]]


def trainings() -> str:
    """The page as it should be."""
    page = PAGE.read_text("utf-8")
    for name, table in (
        ("usual", ablation_table("ablation.json")),
        ("muon", ablation_table("ablation_muon.json")),
        ("placement", ablation_table("ablation_placement.json")),
        ("rough", rough_boxes_table()),
        ("levers", levers_table()),
        ("width", ablation_table("ablation_width.json")),
        ("recipes", recipes_table()),
    ):
        block = rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)"
        page = re.sub(block, lambda _, table=table: table, page, flags=re.DOTALL)
    return page


if __name__ == "__main__":
    PAGE.write_text(trainings(), "utf-8")
