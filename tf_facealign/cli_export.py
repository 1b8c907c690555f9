"""`facealign export` and `facealign verify`: the file for the phone, and whether it is right."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tf_facealign.cli_dataset import add_command
from tf_facealign.errors import BadInput
from tf_facealign.native_log import without_banners

if TYPE_CHECKING:
    from tf_facealign.data.face_sample import FaceSample
    from tf_facealign.model_spec import ModelSpec

DONE = 0
VARIANTS = ("float32", "float16", "dynamic_int8", "int8")
DRAWN_FACES = 32


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `export`."""
    example = (
        "facealign export --model runs/300w/best.keras --output 300w.tflite --variant int8 "
        "--calibration 300w:300w --dataset 300w --root 300w"
    )
    summary = "convert a model for the phone, and verify the result"
    parser = add_command(commands, "export", _export, summary, example)
    parser.add_argument("--model", required=True, metavar="FILE", help="a .keras file")
    parser.add_argument(
        "--output", required=True, type=Path, metavar="FILE", help="the .tflite file"
    )
    parser.add_argument("--variant", choices=VARIANTS, default="float32", help="number format")
    parser.add_argument("--calibration", metavar="DATASET[:ROOT]", help=_CALIBRATION_HELP)
    parser.add_argument("--batch", type=int, default=1, metavar="N", help=_BATCH_HELP)
    parser.add_argument("--licence", default="", metavar="TEXT", help="licence of the weights")
    parser.add_argument("--training-data", default="", metavar="TEXT", help=_TRAINING_HELP)
    parser.add_argument("--force", action="store_true", help="write it even if a gate fails")
    _add_evaluation_set(parser)


def add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `verify`."""
    example = (
        "facealign verify --model 300w.tflite --reference runs/300w/best.keras --dataset 300w "
        "--root 300w"
    )
    summary = "compare a .tflite file with the model it was converted from"
    parser = add_command(commands, "verify", _verify, summary, example)
    parser.add_argument("--model", required=True, metavar="FILE", help="a .tflite file")
    parser.add_argument("--reference", required=True, metavar="FILE", help="the .keras file")
    _add_evaluation_set(parser)


def _add_evaluation_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", default="synthetic", metavar="NAME", help=_DATASET_HELP)
    parser.add_argument("--root", type=Path, metavar="DIR", help=_ROOT_HELP)
    parser.add_argument("--split", metavar="NAME", help="which faces; by default the test split")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what was found there")


def _export(args: argparse.Namespace) -> int:
    from tf_facealign.model_spec import read_spec

    with without_banners():
        from tf_facealign.export.export import Options, export
        from tf_facealign.export.result_file import write_result
        from tf_facealign.export.verification import verification_text
    spec = read_spec(args.model)
    faces, dataset = _evaluation_set(args, spec)
    options = Options(
        variant=args.variant,
        batch=args.batch,
        calibration=_calibration_faces(args, spec),
        force=args.force,
        licence=args.licence,
        training_data=args.training_data,
    )
    with without_banners():
        found = export(args.model, args.output, options, faces, dataset)
    print(verification_text(found))
    if args.json:
        write_result(args.json, args.output, found, dataset)
    return DONE


def _verify(args: argparse.Namespace) -> int:
    from tf_facealign.model_spec import read_spec

    with without_banners():
        from tf_facealign.export.result_file import write_result
        from tf_facealign.export.verification import verification_text
        from tf_facealign.export.verify import verify
        from tf_facealign.models.loading import load_model
    spec, aligner = read_spec(args.model), load_model(args.reference)
    faces, dataset = _evaluation_set(args, spec)
    content = Path(args.model).read_bytes()
    with without_banners():
        found = verify(content, aligner, spec, spec.variant or "float32", faces, args.dataset)
    print(verification_text(found))
    if args.json:
        write_result(args.json, args.model, found, dataset)
    if found.failed:
        names = ", ".join(gate.name for gate in found.failed)
        raise BadInput(f"{args.model}: as {found.variant} it fails {names}")
    return DONE


def _evaluation_set(args: argparse.Namespace, spec: "ModelSpec") -> "tuple[list[FaceSample], str]":
    """The faces to verify on, and what they are called."""
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.datasets import get_dataset, load_faces

    if args.dataset == "synthetic":
        print("verified on drawn faces: --dataset names an evaluation set of real ones")
    split = args.split or get_dataset(args.dataset, args.root).test_split
    scheme = get_scheme(spec.scheme)
    faces = load_faces(args.dataset, args.root, split, scheme, count=DRAWN_FACES)
    return faces, f"{args.dataset} {split}"


def _calibration_faces(args: argparse.Namespace, spec: "ModelSpec") -> "list[FaceSample]":
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.datasets import get_dataset, load_faces

    if args.variant != "int8":
        return []
    if not args.calibration:
        raise BadInput(
            "--variant int8 needs --calibration DATASET[:ROOT], faces such as it was trained on"
        )
    name, _, root = args.calibration.partition(":")
    split = get_dataset(name, root or None).train_split
    return load_faces(name, root or None, split, get_scheme(spec.scheme))


_CALIBRATION_HELP = (
    "for int8: training faces to measure the range of features on; ROOT as --root of evaluate"
)
_BATCH_HELP = "add a second signature, called batch, for N crops at once (servers)"
_TRAINING_HELP = "what it was trained on; by default as the model says"
_DATASET_HELP = "faces to verify it on, such as 300w; by default drawn ones"
_ROOT_HELP = "the dataset's folder; by default the one named after it in $FACEALIGN_DATA"
