"""`facealign dataset`: what can be done with a dataset before training."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tf_facealign.errors import BadInput
from tf_facealign.native_log import without_banners

DONE = 0


def add_dataset(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `dataset` with its own commands."""
    summary = "inspect a dataset, or pack it for training"
    parser = commands.add_parser(
        "dataset", help=summary, description=summary, epilog=f"example: {_INSPECT_EXAMPLE}"
    )
    of_dataset = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_inspect(of_dataset)
    _add_records(of_dataset)


def _inspect(args: argparse.Namespace) -> int:
    import json

    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.contact_sheet import contact_sheet
    from tf_facealign.data.datasets import get_dataset
    from tf_facealign.data.inspection import inspect_dataset
    from tf_facealign.data.inspection_table import inspection_table
    from tf_facealign.files import replacing
    from tf_facealign.images import write_image

    dataset = get_dataset(args.dataset, args.root)
    scheme = get_scheme(args.scheme or dataset.scheme)
    inspection = inspect_dataset(args.dataset, args.root, args.split, scheme)
    print(inspection_table(inspection))
    if args.json:
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(inspection.to_json(), indent=2) + "\n", "utf-8")
    if args.sheet:
        write_image(args.sheet, contact_sheet(inspection.faces, scheme, dataset.padding))
    return DONE


def _records(args: argparse.Namespace) -> int:
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.datasets import get_dataset, load_faces

    with without_banners():
        from tf_facealign.data.records import write_records
    dataset = get_dataset(args.dataset, args.root)
    scheme = get_scheme(args.scheme or dataset.scheme)
    faces = load_faces(args.dataset, args.root, args.split, scheme)
    write_records(
        faces,
        args.output,
        dataset.padding,
        num_shards=args.shards,
        scheme=scheme.name,
        source=f"{args.dataset} {args.split}",
    )
    return DONE


def _add_inspect(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    summary = "count its faces, find bad and double ones, and draw some with their landmarks"
    parser = add_command(commands, "inspect", _inspect, summary, _INSPECT_EXAMPLE)
    _add_dataset_options(parser)
    parser.add_argument("--split", metavar="NAME", help="which faces; by default all there are")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="draw faces with their landmarks there (.jpg)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the findings there")


def _add_records(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    summary = "pack the part of each image that training can see into a few large files"
    example = "facealign dataset records --dataset 300w --split train --output 300w_records"
    parser = add_command(commands, "records", _records, summary, example)
    _add_dataset_options(parser)
    parser.add_argument("--split", required=True, metavar="NAME", help="which faces")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="where they go")
    parser.add_argument("--shards", type=int, default=8, metavar="N", help="how many files (8)")


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Callable[[argparse.Namespace], int],
    summary: str,
    example: str,
) -> argparse.ArgumentParser:
    """Add a command, or a command of a command, that `main` will call."""
    parser = commands.add_parser(
        name, help=summary, description=summary, epilog=f"example: {example}"
    )
    parser.set_defaults(command=command)
    return parser


def print_error(error: BadInput | str) -> None:
    """Print a fault as the one line on stderr that every command has for it."""
    print("facealign: error:", " ".join(str(error).split()), file=sys.stderr)


def _add_dataset_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", required=True, metavar="NAME", help="such as 300w or folder")
    parser.add_argument("--root", type=Path, metavar="DIR", help=_ROOT_HELP)
    parser.add_argument(
        "--scheme", metavar="NAME", help="landmark scheme, or a .yaml file; default: the dataset's"
    )


_INSPECT_EXAMPLE = "facealign dataset inspect --dataset 300w --root 300w --sheet faces.jpg"
_ROOT_HELP = (
    "the dataset's folder, or for your own faces a .csv or .json file; by default the one named "
    "after it in $FACEALIGN_DATA"
)
