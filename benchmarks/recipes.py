r"""What a recipe is worth: two runs of the same network and budget, judged on held-out faces.

    facealign train --config configs/300w_small.yaml --workdir runs/ours \
        --set phase_one.epochs=N
    facealign train --config configs/300w_paper.yaml --workdir runs/paper \
        --set model.width=0.5 --set precision=mixed_bfloat16 \
        --set phase_one.epochs=N --set phase_two.epochs=N
    python -m benchmarks.recipes --pair runs/ours runs/paper --json docs/results/recipes.json \
        --lever "pixel operations" runs/pixels

Each run holds out the same tenth of 300-W's training faces; no test face is read. `--pair` may come
again, with the runs of another budget. Levers are runs that differ from one another by that.
"""

import argparse
import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.ablation import best_row, stages_of
from tf_facealign.config import load_config
from tf_facealign.files import replacing


def main() -> None:
    """Compare the first run of each pair with the second."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--pair",
        required=True,
        type=Path,
        nargs=2,
        action="append",
        metavar=("OURS", "PAPER"),
        help="work folders",
    )
    parser.add_argument(
        "--lever",
        nargs=2,
        action="append",
        default=[],
        metavar=("WORDS", "RUN"),
        help="what differs in this run, and its work folder",
    )
    parser.add_argument("--json", required=True, type=Path, metavar="FILE")
    args = parser.parse_args()
    content = {
        "pairs": [compared(result(ours), result(paper)) for ours, paper in args.pair],
        "levers": [{"lever": words} | result(Path(run)) for words, run in args.lever],
    }
    with replacing(args.json) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n")


def compared(ours: dict[str, Any], paper: dict[str, Any]) -> dict[str, Any]:
    """Both runs, and by how much the last stage of ours errs less."""
    first, *_, last = (stage["validation_nme"] for stage in ours["stages"])
    return {
        "ours": ours,
        "paper": paper,
        "percent_better_than_paper": 100 * (1 - last / paper["stages"][-1]["validation_nme"]),
        "percent_better_than_first_stage": 100 * (1 - last / first),
    }


def result(run: Path) -> dict[str, Any]:
    """The best epoch by held-out faces, and what the run took."""
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    config = load_config(run / "config.yaml")
    best = best_row(rows)
    return {
        "config": config.name,
        "width": config.model.width,
        "precision": config.precision,
        "epochs": list(Counter(row["phase"] for row in rows).values()),
        "best_epoch": f"{best['phase']} {best['epoch']}",
        "stages": stages_of(best),
        "minutes": sum(float(row["seconds"]) for row in rows) / 60,
        "made_by": json.loads((run / "made_by.json").read_text()),
    }


if __name__ == "__main__":
    main()
