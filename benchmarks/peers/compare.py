"""Other methods, trained on the same faces and scored by the same command as ours.

    pip install '.[peers]'
    python -m benchmarks.peers.compare dlib --workdir runs/peers
    python -m benchmarks.peers.compare resnet18 --workdir runs/peers --minutes 33

trains on all 2,012 training faces of 300-W in $FACEALIGN_DATA, unless the folder holds the model
already, and leaves the scores on LFPW's test faces in `docs/results/peers`: with the landmarks'
boxes, with those of OpenCV's Haar detector, and with a second look at the latter's.
"""

import argparse
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.detectors import detected, predicted, second_look, write
from benchmarks.peers import dlib_trees, resnet
from tf_facealign import get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.evaluation.evaluate import Predict
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.predictions_file import write_predictions
from tf_facealign.inference.face_detector import HaarDetector
from tf_facealign.provenance import provenance

RESULTS = Path("docs/results/peers")
SPLIT = "lfpw_test"
PEERS = {"dlib": dlib_trees, "resnet18": resnet}
SYSTEMS = {
    "dlib": "dlib's shape predictor, 10 × 500 trees of depth 4",
    "resnet18": "ResNet-18 of torchvision, coordinates by ℓ¹ loss",
}
LIBRARIES = ("dlib-bin", "torch", "torchvision")


def main() -> None:
    """Train one of them and score it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--workdir", required=True, type=Path, metavar="DIR")
    parser.add_argument("--minutes", type=float, default=33, help="of training (resnet18 only)")
    args = parser.parse_args()
    args.workdir.mkdir(parents=True, exist_ok=True)
    model = args.workdir / args.peer
    peer = PEERS[args.peer]
    if not model.exists():
        budget = {"minutes": args.minutes} if peer is resnet else {}
        train(args.peer, model, budget)
    score_with_all_boxes(peer.load(model), args.peer, args.workdir)


def train(peer: str, model: Path, budget: dict[str, float]) -> None:
    """Train one of them, and note what made it."""
    faces = load_faces("300w", split="train")
    started = time.perf_counter()
    facts = PEERS[peer].train(faces, model, **budget)
    facts |= {"faces": len(faces), "minutes": (time.perf_counter() - started) / 60}
    facts |= {"system": SYSTEMS[peer], "bytes": model.stat().st_size}
    made_by = provenance() | {"peers": {name: version(name) for name in LIBRARIES}}
    write(RESULTS / f"{peer}.json", facts | {"made_by": made_by})


def score_with_all_boxes(predict: Predict, peer: str, workdir: Path) -> None:
    """Predict the test faces and have `facealign evaluate` score the points."""
    faces = load_faces("300w", split=SPLIT)
    haar = detected(HaarDetector(), faces)
    boxes = {
        "landmarks": np.stack([face.box_px for face in faces]),
        "haar": haar,
        "haar_twice": second_look(predict, faces, haar),
    }
    for name, of_faces in boxes.items():
        points = {"shape": predicted(predict, faces, of_faces)}
        file = workdir / f"{peer}_{name}.json"
        write_predictions(file, Predictions(SYSTEMS[peer], points), faces, get_scheme("ibug68"))
        command = ["facealign", "evaluate", "--predictions", file, "--allow-missing"]
        command += ["--dataset", "300w", "--split", SPLIT]
        subprocess.run([*command, "--json", RESULTS / f"{peer}_{name}.json"], check=True)


if __name__ == "__main__":
    main()
