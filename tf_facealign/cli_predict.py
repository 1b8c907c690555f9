"""`facealign predict`: landmarks of the faces in images."""

import argparse
from pathlib import Path

from tf_facealign.cli_dataset import add_command, print_error
from tf_facealign.native_log import without_banners

DONE, BAD_INPUT = 0, 2


def add_predict(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `predict`."""
    example = "facealign predict --model 300w.tflite photos/ --json landmarks.json --draw drawn/"
    parser = add_command(commands, "predict", _predict, "find landmarks in images", example)
    parser.add_argument("--model", required=True, metavar="FILE", help="a .keras or .tflite file")
    parser.add_argument("input", nargs="+", metavar="INPUT", help="an image, or a folder of images")
    parser.add_argument(
        "--boxes", default="detect", metavar="detect|full|FILE.json", help=_BOXES_HELP
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write there, not to stdout")
    parser.add_argument("--draw", type=Path, metavar="DIR", help="also draw the landmarks, in DIR")


def _predict(args: argparse.Namespace) -> int:
    from tf_facealign.inference.face_aligner import FaceAligner
    from tf_facealign.inference.predict_files import predict_files

    with without_banners():
        aligner = FaceAligner.load(args.model)
    failures = predict_files(aligner, args.input, args.boxes, args.json, args.draw)
    for failure in failures:
        print_error(failure)
    return BAD_INPUT if failures else DONE


_BOXES_HELP = (
    "where the faces are: detect finds them (the default); full takes each image for a face crop, "
    "cut as the square that covers it; FILE.json maps image names to lists of [x0, y0, x1, y1]"
)
