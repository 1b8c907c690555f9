"""Writes the tables of docs/video.md from docs/results: python docs/make_video_tables.py."""

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
PAGE = DOCS / "video.md"
RESULTS = [DOCS / f"results/bench/{name}.json" for name in ("tracking", "tracking_300w")]
WORDS = {
    "mirror_disagreement": "distance from the mirrored crop's landmarks",
    "box_shift": "how far the box moves",
    "box_growth": "how much the box grows or shrinks",
    "all_increments": "how far all refinements move the landmarks",
    "last_increment": "how far the last refinement moves them",
}


def lost_table(runs: list[dict[str, Any]]) -> str:
    """AUC and caught share of each candidate, a pair of columns a model."""
    heads = [f"{run['model']}: AUC | caught, 0.5 % false alarms" for run in runs]
    rows = [
        [words]
        + [
            f"{run['lost'][name]['auc']:.4f} | "
            f"{run['lost'][name]['caught_percent_at_0.5_percent_false']:.0f} %"
            for run in runs
        ]
        for name, words in WORDS.items()
    ]
    return _table(["sign", *heads], rows, 1 + 2 * len(runs)) + "\n" + _threshold(runs)


def _threshold(runs: list[dict[str, Any]]) -> str:
    lines = []
    for run in runs:
        found = run["lost"]["at_the_threshold"]
        caught = ", ".join(
            f"{kind} {share:.0f} %" for kind, share in found["caught_percent"].items()
        )
        lines.append(
            f"- {run['model']} at {100 * found['threshold']:g} %: of "
            f"{run['lost']['crops_on_a_face']:,} crops on a face "
            f"{found['false_alarms_percent']:g} % are taken for lost; of "
            f"{run['lost']['crops_off_a_face']:,} off a face are caught: {caught}."
        )
    return "\n".join(lines) + "\n"


def drift_table(runs: list[dict[str, Any]]) -> str:
    """The NME after some steps, a row a model."""
    steps = {name: name.rpartition("_")[2] for name in runs[0]["drift"]}
    heads = ["NME in step", *steps.values()]
    rows = [[run["model"], *(f"{run['drift'][name]:.2f} %" for name in steps)] for run in runs]
    return _table(heads, rows, len(heads))


def smoothing_table(runs: list[dict[str, Any]]) -> str:
    """Jitter and lag, a row a model."""
    heads = ["model", "videos", "jitter as found", "smoothed", "ratio, mean of the videos", "lag"]
    rows = []
    for run in runs:
        found = run["smoothing"]
        milliseconds = 1000 * found["lag_frames"] / found["rate_hz"]
        jitters = [f"{found[name]:.2f} %" for name in ("jitter_percent", "jitter_smoothed_percent")]
        lag = f"{found['lag_frames']:.1f} frames, {milliseconds:.0f} ms"
        rows.append(
            [run["model"], str(found["videos"]), *jitters, f"{found['jitter_ratio']:.2f}", lag]
        )
    return _table(heads, rows, len(heads))


def _table(heads: list[str], rows: list[list[str]], columns: int) -> str:
    lines = [heads, ["---"] * columns, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_tables(page: str) -> str:
    """The page with every table as the results have it."""
    runs = [run for path in RESULTS for run in json.loads(path.read_text("utf-8"))["runs"]]
    tables = {"lost": lost_table, "drift": drift_table, "smoothing": smoothing_table}
    for name, table in tables.items():
        marks = rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)"
        before, after = re.split(marks, page, maxsplit=1, flags=re.DOTALL)
        page = before + table(runs) + after
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
