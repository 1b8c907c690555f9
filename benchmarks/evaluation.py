"""Scoring 10,000 faces of precomputed predictions: from the file to the report's text.

    python benchmarks/evaluation.py --json docs/results/bench/evaluation.json

The faces have 68 landmarks each and no pixels; one stage and three are scored by two normalisers,
with their bootstrap intervals.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.predictions_file import read_predictions, write_predictions
from tf_facealign.evaluation.scoring import score
from tf_facealign.evaluation.text_table import report_text
from tf_facealign.files import replacing
from tf_facealign.provenance import provenance

FACES = 10_000
SCHEME = get_scheme("ibug68")
PIXELS = np.zeros((1, 1, 3), np.uint8)


def made_up_faces(count: int) -> list[FaceSample]:
    """Faces whose landmarks are anywhere in a square of 200 pixels."""
    rng = np.random.default_rng(0)
    box = np.array([0.0, 0.0, 200.0, 200.0])
    return [
        FaceSample(f"face_{i:05}.png", rng.uniform(0, 200, (68, 2)), box, pixels=PIXELS)
        for i in range(count)
    ]


def measure(count: int, folder: Path) -> dict[str, float]:
    """Seconds of wall clock and of processor time, for one stage and for three."""
    faces = made_up_faces(count)
    truth = np.stack([face.landmarks_px for face in faces])
    rng = np.random.default_rng(1)
    seconds = {}
    for stages in (1, 3):
        points = {f"shape_{t}": truth + rng.normal(0, 4 - t, truth.shape) for t in range(stages)}
        path = folder / f"{stages}.json"
        write_predictions(path, Predictions("noise", points), faces, SCHEME)
        before = time.perf_counter(), time.process_time()
        report_text(score(faces, [read_predictions(path, faces, SCHEME)], SCHEME))
        after = time.perf_counter(), time.process_time()
        seconds[f"{stages} stages"] = round(after[0] - before[0], 2)
        seconds[f"{stages} stages, processor"] = round(after[1] - before[1], 2)
    return seconds


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(FACES, Path(folder))
    print(seconds)
    if args.json:
        content = {"faces": FACES, "seconds": seconds, "made_by": provenance()}
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
