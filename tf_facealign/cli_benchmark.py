"""`facealign benchmark`: what models cost on this machine, or on a phone."""

import argparse
from pathlib import Path

from tf_facealign.cli_dataset import add_command
from tf_facealign.native_log import without_banners
from tf_facealign.released_models import MODEL_HELP, model_file

DONE = 0


def add_benchmark(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `benchmark`."""
    example = "facealign benchmark --model float32.tflite --model int8.tflite --threads 1 2"
    summary = "measure time, start-up and memory of models"
    parser = add_command(commands, "benchmark", _benchmark, summary, example)
    parser.add_argument(
        "--model", required=True, nargs="+", action="extend", metavar="MODEL", help=MODEL_HELP
    )
    parser.add_argument("--threads", type=_positive, nargs="+", default=[1], metavar="N")
    parser.add_argument("--runs", type=_positive, default=50, metavar="N", help="timed runs (50)")
    parser.add_argument("--operators", action="store_true", help=_OPERATORS_HELP)
    parser.add_argument("--android", action="store_true", help=_ANDROID_HELP)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result there")


def _benchmark(args: argparse.Namespace) -> int:
    from tf_facealign.inference.cost_report import cost_report, report_text, write_report

    if args.android:
        from tf_facealign.inference.android_benchmark import benchmark_on_phone

        benchmark_on_phone([str(model_file(model)) for model in args.model], args.threads)
        return DONE
    with without_banners():
        report = cost_report(args.model, args.threads, args.runs, args.operators)
    print(report_text(report))
    if args.json:
        from tf_facealign.provenance import provenance

        write_report(args.json, report, provenance())
    return DONE


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not {text!r}")
    return int(text)


_OPERATORS_HELP = "also time each kind of operator of the .tflite files, each operator on its own"
_ANDROID_HELP = (
    "print the commands that run TensorFlow's benchmark tool on a phone, and run them if adb and "
    "the tool (./benchmark_model) are at hand"
)
