r"""What each lever of the recipe is worth: one short training each, judged on held-out faces.

    python benchmarks/ablation.py usual --workdir runs --json docs/results/ablation.json
    python benchmarks/ablation.py muon --workdir runs --json docs/results/ablation_muon.json
    python benchmarks/ablation.py placement --workdir runs \
        --json docs/results/ablation_placement.json
    python benchmarks/ablation.py width --workdir runs --json docs/results/ablation_width.json

The faces are 300-W's training folders; a part of them is held out and no test face is read. Every
run is the study's configuration with its overrides and one lever more, and sees as many faces.
Runs that have ended are kept, so the script can be stopped and started again; two of them can share
the levers between two cores:

    taskset -c 0 python benchmarks/ablation.py usual --workdir runs --levers base "l2 loss"
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_facealign.config import load_config
from tf_facealign.files import replacing

STAGES = ("shape_0", "shape_1", "shape_2")
OPERATIONS = {
    **{"median_blur": 0.1, "gaussian_blur": 0.1, "average_blur": 0.1, "sharpen": 0.2},
    **{"emboss": 0.2, "noise": 0.2, "add": 0.3, "hue_saturation": 0.3, "contrast": 0.3},
    "greyscale": 0.1,
}

UNIFORM = [
    *("augmentation.translate=0.1", "augmentation.rotate_degrees=30"),
    *("augmentation.scale=[0.75,1.2]", "augmentation.placement_power=1"),
]
"""The paper's placement of training faces."""


def both(*overrides: str) -> list[str]:
    """Overrides of both phases."""
    return [f"{phase}.{override}" for phase in ("phase_one", "phase_two") for override in overrides]


@dataclass(frozen=True)
class Study:
    """Runs that differ from one another by a lever.

    Attributes:
        base: overrides of all of them.
        levers: what differs from the base → the overrides that make the difference.
        config: the configuration of all of them.
    """

    base: list[str]
    levers: dict[str, list[str]]
    config: str = "configs/300w_tiny.yaml"


STUDIES = {
    "usual": Study(
        [
            *("data.validation_fraction=0.2", "precision=mixed_bfloat16", *both("loss=wing")),
            *("phase_one.epochs=16", "phase_two.epochs=4", "phase_one.weight_decay=1.0e-2"),
            *("phase_one.optimizer=adamw", "phase_one.learning_rate=2.0e-3"),
            *("phase_two.learning_rate=5.0e-4", "phase_two.weight_decay=1.0e-2"),
            *("model.auxiliary=false", *UNIFORM),
        ],
        {
            "base": [],
            "other seed": ["seed=1"],
            "float32": ["precision=float32"],
            "l2 loss": both("loss=l2"),
            "soft_wing loss": both("loss=soft_wing"),
            "sgd as in the paper": [
                *both("optimizer=sgd", "weight_decay=5.0e-4", "schedule=plateau"),
                *("phase_one.learning_rate=0.01", "phase_two.learning_rate=0.001"),
            ],
            "muon": ["phase_one.optimizer=muon", "phase_one.learning_rate=0.02"],
            "averaged weights": both("ema=0.99"),
            "occlusion": ["augmentation.occlusion=0.4"],
            "pixel operations": [f"augmentation.{name}={p}" for name, p in OPERATIONS.items()],
            # Balanced, an epoch has 2.3 times the faces.
            "pose balance": ["data.pose_balance=true", "phase_one.epochs=7", "phase_two.epochs=2"],
            "stages not detached": ["model.detach=false"],
            "auxiliary supervision": ["model.auxiliary=true"],
        },
    ),
    "muon": Study(
        [
            *("data.validation_fraction=0.2", "phase_one.epochs=30", "phase_two.epochs=0"),
            *("phase_one.weight_decay=1.0e-2", "model.auxiliary=false", *UNIFORM),
        ],
        {
            "base": [],
            "weight decay 0.05": ["phase_one.weight_decay=0.05"],
            "weight decay 0.15": ["phase_one.weight_decay=0.15"],
            "stages not detached": ["model.detach=false"],
            "weight decay 0.1, 16 faces a step": [
                "phase_one.weight_decay=0.1",
                "phase_one.batch_size=16",
            ],
            "weight decay 0.1, auxiliary supervision": [
                "phase_one.weight_decay=0.1",
                "model.auxiliary=true",
            ],
        },
    ),
    "placement": Study(
        [
            *("data.validation_fraction=0.2", "phase_one.epochs=30", "phase_two.epochs=0"),
            *UNIFORM,
        ],
        {
            "base": [],
            "rotation halved": ["augmentation.rotate_degrees=15"],
            "all halved": [
                *("augmentation.translate=0.05", "augmentation.rotate_degrees=15"),
                "augmentation.scale=[0.87,1.12]",
            ],
            "all a third": [
                *("augmentation.translate=0.03", "augmentation.rotate_degrees=10"),
                "augmentation.scale=[0.93,1.07]",
            ],
            "wider, to the power of 4": [
                *("augmentation.translate=0.15", "augmentation.scale=[0.75,1.25]"),
                "augmentation.placement_power=4",
            ],
        },
    ),
    "width": Study(  # for a GPU
        [
            *("data.validation_fraction=0.1", "phase_one.epochs=100", "phase_two.epochs=8"),
            *("phase_one.batch_size=32", "phase_one.dropout=0"),
        ],
        {
            "base": [],
            "64 faces a step": ["phase_one.batch_size=64"],
            "64 faces a step, pixel operations and occlusion": [
                *("phase_one.batch_size=64", "augmentation.contrast=0.2", "augmentation.add=0.2"),
                *("augmentation.hue_saturation=0.2", "augmentation.greyscale=0.05"),
                *("augmentation.gaussian_blur=0.05", "augmentation.noise=0.05"),
                "augmentation.occlusion=0.1",
            ],
            "64 faces a step, dropout 0.2": ["phase_one.batch_size=64", "phase_one.dropout=0.2"],
        },
        "configs/300w_dense.yaml",
    ),
}


def main() -> None:
    """Train what is not there yet, then write what there is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--workdir", required=True, type=Path, metavar="DIR")
    parser.add_argument("--levers", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    study, workdir = STUDIES[args.study], args.workdir / args.study
    if unknown := set(args.levers or ()) - set(study.levers):
        parser.error(f"no levers of this study: {', '.join(unknown)}")
    for lever in args.levers or study.levers:
        train(workdir / folder_of(lever), study.config, [*study.base, *study.levers[lever]])
    if args.json:
        rows = [result(workdir / folder_of(lever), lever, study) for lever in study.levers]
        content = {"config": study.config, "base": study.base, "rows": [row for row in rows if row]}
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n")


def folder_of(lever: str) -> str:
    """A folder's name for a lever."""
    return lever.replace(",", "").replace(" ", "_")


def train(workdir: Path, config: str, overrides: Sequence[str]) -> None:
    """Start or continue one run; one that has ended ends again at once."""
    settings = [part for override in overrides for part in ("--set", override)]
    command = [sys.executable, "-m", "tf_facealign.cli", "train", "--config", config, *settings]
    subprocess.run([*command, "--workdir", str(workdir), "--resume"], check=True)


def result(workdir: Path, lever: str, study: Study) -> dict[str, Any] | None:
    """The row of a run, of its best epoch; none if it has not ended."""
    if not (workdir / "history.csv").exists():
        return None
    with (workdir / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    config = load_config(workdir / "config.yaml")
    if len(rows) < config.phase_one.epochs + config.phase_two.epochs:
        return None
    best = best_row(rows)
    return {
        "lever": lever,
        "overrides": study.levers[lever],
        "best_epoch": f"{best['phase']} {best['epoch']}",
        "stages": stages_of(best),
        "seconds": round(sum(float(row["seconds"]) for row in rows)),
        "made_by": json.loads((workdir / "made_by.json").read_text()),
    }


def best_row(rows: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """The epoch whose last stage errs least on held-out faces, which is the model that is kept."""
    return min(rows, key=lambda row: float(row[f"val_{STAGES[-1]}_nme"]))


def stages_of(row: Mapping[str, str]) -> list[dict[str, float]]:
    """Each stage's errors in an epoch: NME in percent, mean point error in pixels of the crop."""
    return [
        {
            f"{faces}_{measure}": float(row[f"{prefix}{stage}_{measure}"])
            for faces, prefix in (("training", ""), ("validation", "val_"))
            for measure in ("nme", "error_px")
        }
        for stage in STAGES
    ]


if __name__ == "__main__":
    main()
