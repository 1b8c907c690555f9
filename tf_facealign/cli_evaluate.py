"""`facealign evaluate`: scores of models and of predictions made by others."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tf_facealign.cli_dataset import add_command
from tf_facealign.errors import BadInput
from tf_facealign.native_log import without_banners
from tf_facealign.released_models import MODEL_HELP

if TYPE_CHECKING:
    from tf_facealign.data.face_sample import FaceSample
    from tf_facealign.evaluation.predictions import Predictions
    from tf_facealign.evaluation.report import Cost, Report
    from tf_facealign.inference.face_aligner import FaceAligner
    from tf_facealign.landmark_scheme import LandmarkScheme

DONE = 0


def add_evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `evaluate`."""
    example = "facealign evaluate --model 300w.tflite --dataset 300w --root 300w --json scores.json"
    summary = "score models, or the predictions of other systems, on a dataset"
    parser = add_command(commands, "evaluate", _evaluate, summary, example)
    for option, kind, words in (
        ("--model", "MODEL", MODEL_HELP),
        ("--predictions", "FILE", _FILE_HELP),
    ):
        parser.add_argument(
            option, action="append", default=[], metavar=kind, help=f"{words}; may be repeated"
        )
    parser.add_argument("--dataset", required=True, metavar="NAME", help="such as 300w or folder")
    parser.add_argument("--root", type=Path, metavar="DIR", help=_ROOT_HELP)
    parser.add_argument("--split", metavar="NAME", help="which faces; by default the test split")
    parser.add_argument("--scheme", metavar="NAME", help=_SCHEME_HELP)
    parser.add_argument("--allow-missing", action="store_true", help=_MISSING_HELP)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the scores there")
    parser.add_argument("--html", type=Path, metavar="FILE", help=_HTML_HELP)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the tables there")
    parser.add_argument("--save-predictions", type=Path, metavar="FILE", help=_SAVE_HELP)


def _evaluate(args: argparse.Namespace) -> int:
    from tf_facealign.data.datasets import get_dataset, load_faces
    from tf_facealign.evaluation.predictions_file import read_predictions, write_predictions
    from tf_facealign.evaluation.protocols import get_protocol
    from tf_facealign.evaluation.report_json import write_report
    from tf_facealign.evaluation.scoring import score
    from tf_facealign.evaluation.text_table import report_text

    if not args.model and not args.predictions:
        raise BadInput("nothing to evaluate: give --model or --predictions")
    if args.save_predictions and len(args.model) != 1:
        raise BadInput("--save-predictions writes those of one model: give one --model")
    dataset = get_dataset(args.dataset, args.root)
    aligners = _load(args.model)
    scheme = _scheme(aligners, args.scheme, dataset.scheme)
    faces = load_faces(args.dataset, args.root, args.split, scheme)
    systems = [_predict(path, aligner, faces) for path, aligner in aligners.items()]
    if args.save_predictions:
        write_predictions(args.save_predictions, systems[0], faces, scheme)
    systems += [
        read_predictions(path, faces, scheme, args.allow_missing) for path in args.predictions
    ]
    named = _with_paths(systems, [*args.model, *args.predictions])
    report = score(faces, named, scheme, get_protocol(dataset.name, scheme))
    print(report_text(report))
    if args.json:
        write_report(args.json, report)
    _write_pages(report, args.html, args.markdown)
    return DONE


def _write_pages(report: "Report", page: Path | None, markdown: Path | None) -> None:
    if page:
        from tf_facealign.evaluation.page.report_page import write_page

        write_page(page, report)
    if markdown:
        from tf_facealign.evaluation.page.report_markdown import write_markdown

        write_markdown(markdown, report)


def _load(paths: Sequence[str]) -> "dict[str, FaceAligner]":
    from tf_facealign.inference.face_aligner import FaceAligner

    with without_banners():
        return {path: FaceAligner.load(path) for path in paths}


def _scheme(
    aligners: "dict[str, FaceAligner]", wanted: str | None, of_dataset: str
) -> "LandmarkScheme":
    """The one scheme that every model has; without models the one asked for, or the dataset's."""
    from tf_facealign.benchmark_schemes import get_scheme

    schemes = {path: aligner.scheme for path, aligner in aligners.items()}
    if wanted or not schemes:
        schemes["--scheme"] = get_scheme(wanted or of_dataset)
    *_, (_, scheme) = schemes.items()
    for name, other in schemes.items():
        if other != scheme:
            raise BadInput(f"{name}: its landmarks are {other.name}, not {scheme.name}")
    return scheme


def _predict(path: str, aligner: "FaceAligner", faces: "list[FaceSample]") -> "Predictions":
    from tf_facealign.evaluation.evaluate import predict_faces
    from tf_facealign.evaluation.predictions import Predictions

    return Predictions(aligner.spec.name, predict_faces(aligner.stages, faces), _costs(path))


def _costs(path: str) -> "dict[str, Cost]":
    """What each stage of a `.keras` file takes; a `.tflite` file does not say."""
    from tf_facealign.evaluation.report import Cost

    if Path(path).suffix != ".keras":
        return {}
    with without_banners():
        from tf_facealign.models.complexity import stage_costs
        from tf_facealign.models.loading import load_model
    return {stage: Cost(*cost) for stage, cost in stage_costs(load_model(path)).items()}


def _with_paths(systems: "list[Predictions]", paths: Sequence[str]) -> "list[Predictions]":
    """The systems, each called after its file where two have the same name."""
    from dataclasses import replace

    names = [system.system for system in systems]
    return [
        replace(system, system=path) if names.count(system.system) > 1 else system
        for system, path in zip(systems, paths, strict=True)
    ]


_FILE_HELP = "points that another system found (see docs/evaluation.md)"
_ROOT_HELP = "the dataset's folder; by default the one named after it in $FACEALIGN_DATA"
_SCHEME_HELP = "landmark scheme, or a .yaml file; by default the model's, or else the dataset's"
_MISSING_HELP = "count a face without prediction as a failure, instead of refusing the file"
_HTML_HELP = "also write a page there: tables, plots and the worst faces, which it contains"
_SAVE_HELP = "also write what the model predicts there, to be compared later"
