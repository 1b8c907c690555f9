r"""What a box that misses the face, or a face that leans, costs models: on held-out training faces.

    python -m benchmarks.rough_boxes --json docs/results/bench/rough_boxes.json \
        --model "as in the paper" runs/uniform/best.keras --model "ours" runs/ours/best.keras

The faces are the tenth of 300-W's training faces that every configuration holds out; each moves at
random within the range of its column, the same for all models. Needs $FACEALIGN_DATA.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.config import Config
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.files import replacing
from tf_facealign.inference.predictors import load_predictor
from tf_facealign.metrics import nme
from tf_facealign.provenance import provenance
from tf_facealign.training.training_faces import load_training_faces

STILL = {"translate": 0.0, "rotate_degrees": 0.0, "scale": (1.0, 1.0), "flip": 0.0}
MOVES = {
    "the landmarks' box": {},
    "shift 5 %, size 10 %": {"translate": 0.05, "scale": (0.9, 1.1)},
    "shift 10 %, size 20 %": {"translate": 0.1, "scale": (0.8, 1.2)},
    "shift 20 %, size 30 %": {"translate": 0.2, "scale": (0.7, 1.3)},
    "lean 15°": {"rotate_degrees": 15.0},
    "lean 30°": {"rotate_degrees": 30.0},
    "lean 45°": {"rotate_degrees": 45.0},
}


def main() -> None:
    """Score each model with every kind of move."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--model", required=True, nargs=2, action="append", metavar=("WORDS", "FILE")
    )
    parser.add_argument("--json", required=True, type=Path, metavar="FILE")
    args = parser.parse_args()
    faces = load_training_faces(Config())
    normalizer = next(iter(faces.scheme.normalizers))
    rows = {words: {} for words, _ in args.model}
    for move, ranges in MOVES.items():
        images, shapes = moved(faces.validation, AugmentationConfig(**{**STILL, **ranges}))
        for words, file in args.model:
            predictor, _ = load_predictor(file)
            answer = predictor(images)[predictor.stages[-1]]
            distances = faces.scheme.normalizer_distance(shapes, normalizer)
            rows[words][move] = 100 * float(nme(shapes, answer, distances).mean())
    with replacing(args.json) as temporary:
        temporary.write_text(json.dumps({"rows": rows, "made_by": provenance()}, indent=2) + "\n")


def moved(
    crops: FaceCrops, config: AugmentationConfig
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """All faces, each moved within the ranges: images (N, 112, 112, 3) and shapes (N, L, 2)."""
    augmentation = Augmentation.from_config(config)
    pairs = [
        crops.augmented(index, augmentation, np.random.default_rng(index))
        for index in range(len(crops))
    ]
    images, shapes = zip(*pairs, strict=True)
    return np.stack(images), np.stack(shapes)


if __name__ == "__main__":
    main()
