"""`.tflite` files on 64-bit Arm, by qemu, against the same files here.

    python -m benchmarks.arm --model float32.tflite int8.tflite --json docs/results/tflite/arm.json

Float variants must agree within 0.001 unit (a ninth of a crop pixel). Variants that compute in
integers must agree within one quantum: both processors round to the same 8 bits, but the kernels
may round a tie apart. Their outputs are float; a quantum is what one step of an output of 8 bits
would be, the range of the shapes over the crops divided by 255.

Skipped, with the reason, where qemu is absent. It says nothing about speed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import arm_machine
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.face_crop import Padding, crop_affine, cut
from tf_facealign.files import replacing
from tf_facealign.model_spec import ModelSpec, read_spec
from tf_facealign.provenance import provenance

FLOAT_BOUND = 1e-3
_PREDICT = Path(__file__).with_name("arm_predict.py")


def main() -> int:
    """Compare the models; the exit code is 1 if one differs by more than its bound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--faces", type=int, default=8, help="drawn faces to predict (8)")
    parser.add_argument("--folder", type=Path, default=Path("runs/arm"), help="of the machine")
    parser.add_argument("--json", type=Path, help="also write the result there")
    args = parser.parse_args()
    if reason := arm_machine.missing():
        print(f"skipped: {reason}")
        return 0
    arm_machine.build(args.folder)
    rows = {path.name: compare(path, args.faces, args.folder) for path in args.model}
    print(json.dumps(rows, indent=2))
    if args.json:
        result = {"faces": args.faces, "models": rows, "provenance": provenance()}
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["within_bound"] for row in rows.values()) else 1


def compare(model: Path, num_faces: int, machine: Path) -> dict[str, Any]:
    """The largest difference of a coordinate, in units of the crop, and its bound."""
    with tempfile.TemporaryDirectory() as folder:
        crops = Path(folder) / "crops.npy"
        np.save(crops, _crops(read_spec(model), num_faces))
        here = _predict([sys.executable], model, crops)
        there = _predict(
            arm_machine.command(machine), model, crops, arm_machine.environment(machine)
        )
    return verdict(here, there)


def verdict(here: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Hold the difference of two results of `arm_predict` against the bound."""
    quantum = float(np.ptp(here["shapes"])) / 255
    bound = quantum if here["integers"] else FLOAT_BOUND
    difference = float(np.abs(here["shapes"] - there["shapes"]).max())
    return {
        "machines": [str(here["machine"]), str(there["machine"])],
        "integers": bool(here["integers"]),
        "largest_difference_unit": difference,
        "bound_unit": bound,
        "within_bound": difference <= bound,  # false for NaN
    }


def _predict(
    python: list[str], model: Path, crops: Path, environment: dict[str, str] | None = None
) -> dict[str, Any]:
    output = crops.with_name("shapes.npz")
    words = [str(_PREDICT), str(model), str(crops), str(output)]
    subprocess.run([*python, *words], check=True, env=environment)
    with np.load(output) as arrays:
        return dict(arrays)


def _crops(spec: ModelSpec, count: int) -> np.ndarray:
    padding = Padding(*spec.padding)
    faces = synthetic_faces(count, get_scheme(spec.scheme))
    cuts = [cut(face.image_rgb(), crop_affine(face.box_px, padding)) for face in faces]
    return np.stack(cuts).astype(np.float32)


if __name__ == "__main__":
    sys.exit(main())
