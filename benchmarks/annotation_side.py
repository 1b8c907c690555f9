r"""Whether annotations lie to one side of what models find that have seen faces and mirrored faces.

    python -m benchmarks.annotation_side --json docs/results/bench/annotation_side.json \
        --model 300w-tiny --model 300w-small

Such a model cannot tell a face from a mirrored one, so its points lie between the annotations and
those of the mirrored image: to the side of the annotations if they themselves lie to a side. The
faces are the tenth of 300-W's training faces that these models hold out. Needs $FACEALIGN_DATA.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.config import Config
from tf_facealign.files import replacing
from tf_facealign.inference.predictors import load_predictor
from tf_facealign.metrics import nme
from tf_facealign.provenance import provenance
from tf_facealign.training.training_faces import load_training_faces


def main() -> None:
    """Measure each model, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", required=True, action="append", metavar="NAME")
    parser.add_argument("--json", required=True, type=Path, metavar="FILE")
    args = parser.parse_args()
    faces = load_training_faces(Config())
    held_out = [faces.validation.plain(index) for index in range(len(faces.validation))]
    images, truth = (np.stack(part) for part in zip(*held_out, strict=True))
    distances = faces.scheme.normalizer_distance(truth, next(iter(faces.scheme.normalizers)))
    rows = {}
    for name in args.model:
        predictor, _ = load_predictor(name)
        answer = predictor(images)[predictor.stages[-1]]
        rows[name] = offsets(truth, answer, distances)
    report = {"faces": len(truth), "rows": rows, "made_by": provenance()}
    print(json.dumps(rows, indent=2))
    with replacing(args.json) as temporary:
        temporary.write_text(json.dumps(report, indent=2) + "\n")


def offsets(
    truth: NDArray[np.float64], answer: NDArray[np.float32], distances: NDArray[np.float64]
) -> dict[str, float]:
    """How far shapes (N, L, 2) lie to the right and below, and what taking that away would gain.

    Returns:
        In percent of `distances` (N,): the means `x` and `y` over faces with their standard errors,
        the NME, and the NME of the answers moved by the mean of x.
    """
    each = 100 * (answer - truth).mean(1) / distances[:, None]
    (x, y), (x_error, y_error) = each.mean(0), each.std(0) / np.sqrt(len(each))
    moved = answer - x / 100 * distances[:, None, None] * [1, 0]
    found = {"x": x, "x_error": x_error, "y": y, "y_error": y_error}
    for key, shapes in (("nme", answer), ("nme_moved", moved)):
        found[key] = 100 * nme(truth, shapes, distances).mean()
    return {key: round(float(value), 3) for key, value in found.items()}


if __name__ == "__main__":
    main()
