"""Other methods, trained on the same faces and scored by the same command as ours.

    pip install '.[peers]'
    python -m benchmarks.peers.compare dlib --workdir runs/peers
    python -m benchmarks.peers.compare resnet18 --workdir runs/peers --minutes 33

trains on all 2,012 training faces of 300-W in $FACEALIGN_DATA and leaves the scores on LFPW's test
faces in `docs/results/peers`: with the landmarks' boxes, and with those of OpenCV's Haar detector.
"""

import argparse
import subprocess
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.detectors import detected, write
from benchmarks.peers import dlib_trees, resnet
from tf_facealign import get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.evaluate import Predict
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.predictions_file import write_predictions
from tf_facealign.inference.face_detector import HaarDetector
from tf_facealign.provenance import provenance

RESULTS = Path("docs/results/peers")
SPLIT = "lfpw_test"
SYSTEMS = {
    "dlib": "dlib's shape predictor, 10 × 500 trees of depth 4",
    "resnet18": "ResNet-18 of torchvision, coordinates by ℓ¹ loss",
}
LIBRARIES = ("dlib-bin", "torch", "torchvision")


def main() -> None:
    """Train one of them and score it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("peer", choices=SYSTEMS)
    parser.add_argument("--workdir", required=True, type=Path, metavar="DIR")
    parser.add_argument("--minutes", type=float, default=33, help="of training (resnet18 only)")
    args = parser.parse_args()
    args.workdir.mkdir(parents=True, exist_ok=True)
    faces = load_faces("300w", split="train")
    model = args.workdir / args.peer
    started = time.perf_counter()
    if args.peer == "dlib":
        facts = dlib_trees.train(faces, model)
    else:
        facts = resnet.train(faces, model, args.minutes)
    facts |= {"faces": len(faces), "minutes": (time.perf_counter() - started) / 60}
    facts |= {"system": SYSTEMS[args.peer], "bytes": model.stat().st_size}
    made_by = provenance() | {"peers": {name: version(name) for name in LIBRARIES}}
    write(RESULTS / f"{args.peer}.json", facts | {"made_by": made_by})
    load: Callable[[Path], Predict] = {"dlib": dlib_trees.load, "resnet18": resnet.load}[args.peer]
    score_with_both_boxes(load(model), args.peer, args.workdir)


def score_with_both_boxes(predict: Predict, peer: str, workdir: Path) -> None:
    """Predict the test faces and have `facealign evaluate` score the points."""
    faces = load_faces("300w", split=SPLIT)
    boxes = {
        "landmarks": np.stack([face.box_px for face in faces]),
        "haar": detected(HaarDetector(), faces),
    }
    for name, of_faces in boxes.items():
        points = {"shape": predicted(predict, faces, of_faces)}
        file = workdir / f"{peer}_{name}.json"
        write_predictions(file, Predictions(SYSTEMS[peer], points), faces, get_scheme("ibug68"))
        command = ["facealign", "evaluate", "--predictions", file, "--allow-missing"]
        command += ["--dataset", "300w", "--split", SPLIT]
        subprocess.run([*command, "--json", RESULTS / f"{peer}_{name}.json"], check=True)


def predicted(
    predict: Predict, faces: Sequence[FaceSample], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, L, 2) pixels; NaN for a face without box."""
    points = np.full((len(faces), *faces[0].landmarks_px.shape), np.nan)
    for index, (face, box) in enumerate(zip(faces, boxes, strict=True)):
        if np.isfinite(box).all():
            points[index] = predict(face.image_rgb(), box[None])[0]
    return points


if __name__ == "__main__":
    main()
