"""How well boxes of face detectors serve a model trained with those of landmarks.

    python benchmarks/detectors.py calibrate
    python benchmarks/detectors.py score --model 300w_tiny.keras --json detectors.json

The first measures, on the training folders of 300-W alone, where the box of the landmarks lies in
what a detector finds, and writes `tf_facealign/inference/box_calibration.json`. The second compares
the boxes so made with those of the landmarks, on LFPW's test folder. Both need $FACEALIGN_DATA;
`--yunet FILE.onnx` adds YuNet to the second.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign import FaceAligner, get_scheme
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.evaluate import Predict, predict_faces
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.protocols import get_protocol
from tf_facealign.evaluation.scoring import score
from tf_facealign.files import replacing
from tf_facealign.inference import box_calibration
from tf_facealign.inference.face_detector import (
    SAME_FACE,
    Detector,
    HaarDetector,
    overlap,
    tightened,
)
from tf_facealign.inference.five_points import five_points
from tf_facealign.inference.yunet_detector import YuNetDetector, center_and_size
from tf_facealign.provenance import provenance

CALIBRATION = Path(box_calibration.__file__).with_name(box_calibration.CALIBRATION_FILE)


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    calibrating = commands.add_parser("calibrate")
    calibrating.add_argument("--every", type=int, default=2, metavar="N", help="each Nth face (2)")
    calibrating.set_defaults(command=calibrate)
    scoring = commands.add_parser("score")
    scoring.add_argument("--model", required=True, metavar="FILE")
    scoring.add_argument("--yunet", metavar="FILE.onnx")
    scoring.add_argument("--json", required=True, type=Path, metavar="FILE")
    scoring.set_defaults(command=compare)
    args = parser.parse_args()
    args.command(args)


def calibrate(args: argparse.Namespace) -> None:
    """Measure where the landmarks' box lies, on training faces alone."""
    faces = load_faces("300w", split="train")[:: args.every]
    points = np.stack([five_points(face.landmarks_px, get_scheme("ibug68")) for face in faces])
    boxes = np.stack([face.box_px for face in faces])
    content = {
        "haar": haar_calibration(faces),
        "five_points": measured(boxes, *center_and_size(points)),
        "data": f"300w train, {len(faces)} faces (one of {args.every})",
        "made_by": provenance(),
    }
    write(CALIBRATION, content)


def haar_calibration(faces: Sequence[FaceSample]) -> dict[str, Any]:
    """Of the squares that the Haar cascade finds about the annotated faces."""
    detector = HaarDetector()
    found, boxes = [], []
    for face in tqdm(faces, desc="haar", disable=None):
        squares, _ = detector.squares(face.image_rgb())
        inside = np.abs(squares[:, :2] - middle(face.box_px)) < squares[:, 2:] / 2
        if inside.all(axis=1).any():
            found.append(squares[inside.all(axis=1).argmax()])
            boxes.append(face.box_px)
    squares = np.stack(found)
    return measured(np.stack(boxes), squares[:, :2], squares[:, 2:3])


def measured(
    boxes: NDArray[np.float64], centers: NDArray[np.float64], sizes: NDArray[np.float64]
) -> dict[str, Any]:
    """Medians over the faces, in sizes of the detection; with the middle 80 % of each."""
    shift = ((boxes[:, :2] + boxes[:, 2:]) / 2 - centers) / sizes
    size = (boxes[:, 2:] - boxes[:, :2]) / sizes
    columns = {"shift_right": shift[:, 0], "shift_down": shift[:, 1]}
    columns |= {"width": size[:, 0], "height": size[:, 1]}
    middles = {name: np.quantile(values, [0.1, 0.5, 0.9]) for name, values in columns.items()}
    return {
        "shift_down": round(middles["shift_down"][1], 3),
        "size": [round(middles["width"][1], 3), round(middles["height"][1], 3)],
        "faces": len(boxes),
        "quantiles_10_50_90": {name: values.round(3).tolist() for name, values in middles.items()},
    }


def compare(args: argparse.Namespace) -> None:
    """Score a model with the boxes of the landmarks and with those of detectors."""
    aligner, faces = FaceAligner.load(args.model), load_faces("300w", split="lfpw_test")
    detectors: dict[str, Detector] = {"haar": HaarDetector()}
    if args.yunet:
        detectors["yunet"] = YuNetDetector(args.yunet)
    truth = np.stack([face.box_px for face in faces])
    rows = {"landmarks' box": row(aligner, faces, truth)}
    for name, detector in detectors.items():
        boxes = detected(detector, faces)
        found = np.isfinite(boxes[:, 0])
        only_found = [face for face, was_found in zip(faces, found, strict=True) if was_found]
        same = row(aligner, only_found, truth[found])["nme"]
        looks = {name: second_look(aligner.stages, faces, boxes), f"{name}, looked at once": boxes}
        for title, looked_at in looks.items():
            rows[title] = row(aligner, faces, looked_at)
            rows[title]["nme_of_same_faces_with_landmarks_box"] = same
        if name == "haar":
            rows["haar, looked at once, not calibrated"] = row(aligner, faces, haar_squares(boxes))
    made_by = {"model": aligner.spec.name, "data": "300w lfpw_test", "made_by": provenance()}
    write(args.json, {"rows": rows, **made_by})


def haar_squares(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cascade's own squares (K, 4), x0 y0 x1 y1, of the boxes that were made of them."""
    made = box_calibration.read_calibration("haar")
    sides = (boxes[:, 2:] - boxes[:, :2]) / made.size
    centers = (boxes[:, 2:] + boxes[:, :2]) / 2 - sides * (0.0, made.shift_down)
    return np.concatenate([centers - sides / 2, centers + sides / 2], axis=1)


def detected(detector: Detector, faces: Sequence[FaceSample]) -> NDArray[np.float64]:
    """For each face the box that overlaps its own the most; NaN where none does enough."""
    boxes = np.full((len(faces), 4), np.nan)
    for index, face in enumerate(tqdm(faces, desc="detect", disable=None)):
        found, _ = detector(face.image_rgb())
        overlaps = np.array([overlap(box, face.box_px) for box in found])
        if overlaps.size and overlaps.max() > SAME_FACE:
            boxes[index] = found[overlaps.argmax()]
    return boxes


def second_look(
    predict: Predict, faces: Sequence[FaceSample], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Boxes (N, 4) of what is seen in these, as `FaceAligner.detect` makes them; NaN stays NaN."""
    found = np.isfinite(boxes[:, 0])
    tight = boxes.copy()
    tight[found] = tightened(boxes[found], predicted(predict, faces, boxes)[found])
    return tight


def row(
    aligner: FaceAligner, faces: Sequence[FaceSample], boxes: NDArray[np.float64]
) -> dict[str, Any]:
    """The scores with these boxes; a face without one counts as a failure."""
    predictions = Predictions("boxes", {"shape": predicted(aligner.stages, faces, boxes)})
    report = score(faces, [predictions], aligner.scheme, get_protocol("300w", aligner.scheme))
    scores = report.systems[0].stages["shape"].scores[report.normalizer]
    everything = asdict(max(scores.values(), key=lambda subset: subset.faces))
    return everything | {"found_percent": 100 * float(np.isfinite(boxes[:, 0]).mean())}


def predicted(
    predict: Predict, faces: Sequence[FaceSample], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The answer (N, L, 2), in pixels, with these boxes; NaN for a face without one."""
    found = np.isfinite(boxes[:, 0])
    pairs = zip(np.array(faces)[found], boxes[found], strict=True)
    *_, answer = predict_faces(predict, [replace(face, box_px=box) for face, box in pairs]).values()
    points = np.full((len(faces), *answer.shape[1:]), np.nan)
    points[found] = answer
    return points


def middle(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """The centre of a box."""
    return (box[:2] + box[2:]) / 2


def write(path: Path, content: dict[str, Any]) -> None:
    """JSON, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
