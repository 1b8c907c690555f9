"""Releases a trained model, measured and with what made it.

    python tflite/release.py runs/300w_tiny

fills `tflite/models/NAME` with the variants and their `model_spec.json`, and `docs/results` with
the scores, costs and log of the run; NAME is that of its configuration. 300-W lies in
$FACEALIGN_DATA. `docs/make_cards.py`, `make_tables.py` and `make_peer_table.py` then write the
pages, and `tflite/golden/make_golden.py` what other implementations are held to.
"""

import argparse
import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from tf_facealign.files import replacing
from tf_facealign.model_spec import content_sha256, read_spec

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs/results"
VARIANTS = ("int8", "dynamic_int8", "float16")
DATA = ("--dataset", "300w", "--split", "lfpw_test")
TRAINING_DATA = "300-W: 2,012 faces of AFW, HELEN (870 of 2,000) and LFPW, training folders"
LICENCE = "research only, non-commercial, as the photos of 300-W; they belong to others"
LOG = ("config.yaml", "history.csv", "made_by.json")


def main() -> None:
    """Export, score, time, and note what made it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="the work folder of the training")
    args = parser.parse_args()
    model = args.run / "best.keras"
    name = read_spec(model).name
    folder = ROOT / "tflite/models" / name
    folder.mkdir(parents=True, exist_ok=True)
    for variant in VARIANTS:
        export(
            model, folder / f"{variant}.tflite", RESULTS / f"tflite/variants/{name}.{variant}.json"
        )
    write_spec(folder)
    run("facealign", "evaluate", "--model", model, *DATA, "--json", RESULTS / f"{name}.json")
    files = [folder / f"{variant}.tflite" for variant in VARIANTS]
    costs = RESULTS / f"tflite/benchmark_{name}.json"
    run("facealign", "benchmark", "--model", *files, "--threads", 1, 2, "--json", costs)
    boxes = RESULTS / f"bench/detectors_{name}.json"
    run("python", "benchmarks/detectors.py", "score", "--model", model, "--json", boxes)
    log = RESULTS / "training" / name
    log.mkdir(parents=True, exist_ok=True)
    for file in LOG:
        shutil.copy(args.run / file, log / file)


def export(model: Path, output: Path, result: Path) -> None:
    """One variant, verified on the test faces."""
    run(
        *("facealign", "export", "--model", model, "--output", output, "--variant", output.stem),
        *("--calibration", "300w", *DATA, "--licence", LICENCE),
        *("--training-data", TRAINING_DATA, "--json", result),
    )


def write_spec(folder: Path) -> None:
    """What the variants share, and the sha256 of each file, which `released_models` compares."""
    files = sorted(folder.glob("*.tflite"))
    spec = asdict(read_spec(files[0]))
    spec["nme_percent"] = {file.stem: read_spec(file).nme_percent for file in files}
    spec["sha256"] = {file.name: content_sha256(file) for file in files}
    del spec["variant"]
    with replacing(folder / "model_spec.json") as temporary:
        temporary.write_text(json.dumps(spec, indent=2) + "\n")


def run(*arguments: object) -> None:
    """Run a command from the repository, so that results name it as a user would type it."""
    words = [
        str(
            word.relative_to(ROOT) if isinstance(word, Path) and word.is_relative_to(ROOT) else word
        )
        for word in arguments
    ]
    subprocess.run(words, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
