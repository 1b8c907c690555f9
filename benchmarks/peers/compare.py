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
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.detectors import detected, predicted, write
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
    faces = load_faces("300w", split="train")
    model = args.workdir / args.peer
    started = time.perf_counter()
    peer = PEERS[args.peer]
    budget = {"minutes": args.minutes} if peer is resnet else {}
    facts = peer.train(faces, model, **budget)
    facts |= {"faces": len(faces), "minutes": (time.perf_counter() - started) / 60}
    facts |= {"system": SYSTEMS[args.peer], "bytes": model.stat().st_size}
    made_by = provenance() | {"peers": {name: version(name) for name in LIBRARIES}}
    write(RESULTS / f"{args.peer}.json", facts | {"made_by": made_by})
    score_with_both_boxes(peer.load(model), args.peer, args.workdir)


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


if __name__ == "__main__":
    main()
