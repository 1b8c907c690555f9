"""`facealign dataset`: what can be done with a dataset before training."""

import argparse
from pathlib import Path

DONE = 0


def add_dataset(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `dataset` with its own commands."""
    summary = "inspect a dataset"
    parser = commands.add_parser(
        "dataset", help=summary, description=summary, epilog=f"example: {_INSPECT_EXAMPLE}"
    )
    _add_inspect(parser.add_subparsers(title="commands", metavar="COMMAND", required=True))


def _inspect(args: argparse.Namespace) -> int:
    import json

    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.contact_sheet import contact_sheet
    from tf_facealign.data.datasets import get_dataset
    from tf_facealign.data.inspection import inspect_dataset
    from tf_facealign.data.inspection_table import inspection_table
    from tf_facealign.files import replacing
    from tf_facealign.images import write_image

    dataset = get_dataset(args.dataset)
    scheme = get_scheme(args.scheme or dataset.scheme)
    inspection = inspect_dataset(args.dataset, args.root, args.split, scheme)
    print(inspection_table(inspection))
    if args.json:
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(inspection.to_json(), indent=2) + "\n", "utf-8")
    if args.sheet:
        write_image(args.sheet, contact_sheet(inspection.faces, scheme, dataset.padding))
    return DONE


def _add_inspect(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    summary = "count its faces, find bad and double ones, and draw some with their landmarks"
    parser = commands.add_parser(
        "inspect", help=summary, description=summary, epilog=f"example: {_INSPECT_EXAMPLE}"
    )
    parser.set_defaults(command=_inspect)
    parser.add_argument("--dataset", required=True, metavar="NAME", help="such as 300w or folder")
    parser.add_argument("--root", type=Path, metavar="DIR", help=_ROOT_HELP)
    parser.add_argument(
        "--scheme", metavar="NAME", help="landmark scheme, or a .yaml file; default: the dataset's"
    )
    parser.add_argument("--split", metavar="NAME", help="which faces; by default all there are")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="draw faces with their landmarks there (.jpg)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the findings there")


_INSPECT_EXAMPLE = "facealign dataset inspect --dataset 300w --root 300w --sheet faces.jpg"
_ROOT_HELP = (
    "the dataset's folder, or for your own faces a .csv or .json file; by default the one named "
    "after it in $FACEALIGN_DATA"
)
