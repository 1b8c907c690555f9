"""The command line. Each subcommand only reads its options and calls the package.

Whatever a subcommand needs is imported inside it, so that help is instant and predicting with a
`.tflite` file loads no TensorFlow.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tf_facealign import __version__
from tf_facealign.cli_benchmark import add_benchmark
from tf_facealign.cli_dataset import add_command, add_dataset, print_error
from tf_facealign.cli_evaluate import add_evaluate
from tf_facealign.cli_export import add_export, add_verify
from tf_facealign.cli_predict import add_predict
from tf_facealign.errors import BadInput, Interrupted
from tf_facealign.native_log import without_banners
from tf_facealign.released_models import MODEL_HELP

DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130
"""Exit codes; Python itself exits with 1 after the traceback of a bug."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: the arguments; by default those of the process.

    Returns:
        The exit code: 0 done, 2 bad input, 130 interrupted, 143 ended by SIGTERM.

    Raises:
        SystemExit: argparse ends the program for --help, --version and bad usage (code 2).
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except BadInput as error:
        print_error(error)
        return BAD_INPUT
    except Interrupted as stop:
        print(f"facealign: {stop}", file=sys.stderr)
        return stop.exit_code
    except KeyboardInterrupt:
        print("facealign: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads us, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _train(args: argparse.Namespace) -> int:
    from tf_facealign.config import load_config

    skip_bad = ["data.skip_bad=true"] if args.skip_bad else []
    config = load_config(args.config, [*args.set, *skip_bad])
    with without_banners():
        from tf_facealign.training.compiled_model import monitored
        from tf_facealign.training.fit import train
        from tf_facealign.training.plan import plan
        from tf_facealign.training.progress import best_line
    if args.dry_run:
        print(plan(config, args.workdir, args.resume, args.strategy))
        return DONE
    train(
        config,
        args.workdir,
        resume=args.resume,
        verbose=True,
        strategy=args.strategy,
        processes=args.processes,
    )
    print(best_line(args.workdir, monitored(config)))
    return DONE


def _info(args: argparse.Namespace) -> int:
    print(_describe_config(args.config) if args.config else _describe_model(args.model))
    return DONE


def _describe_config(path: str) -> str:
    from tf_facealign.config import load_config

    config = load_config(path)
    with without_banners():
        from tf_facealign.models.complexity import complexity_table
        from tf_facealign.training.compiled_model import build_model
    return complexity_table(build_model(config))


def _describe_model(model: str) -> str:
    from tf_facealign.inference.describe import describe_spec
    from tf_facealign.model_spec import read_spec
    from tf_facealign.released_models import model_file

    path = model_file(model)
    text = describe_spec(read_spec(path))
    if path.suffix != ".keras":
        return text
    with without_banners():
        from tf_facealign.models.complexity import complexity_table
        from tf_facealign.models.loading import load_model
    return f"{text}\n\n{complexity_table(load_model(path))}"


def _synthesize(args: argparse.Namespace) -> int:
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.data.folder import write_folder
    from tf_facealign.data.synthetic_faces import synthetic_faces

    faces = synthetic_faces(args.count, get_scheme(args.scheme), seed=args.seed)
    write_folder(args.output, faces)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="facealign",
        description="Train, score, convert and run face alignment models.",
        epilog="facealign COMMAND --help shows the options of a command, with an example.",
    )
    parser.add_argument("--version", action="version", version=f"facealign {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_train,
        add_evaluate,
        add_predict,
        add_export,
        add_verify,
        add_benchmark,
        _add_info,
        _add_synthesize,
    ):
        add(commands)
    add_dataset(commands)
    return parser


def _add_model(parser: "argparse._ActionsContainer", required: bool = True) -> None:
    parser.add_argument("--model", required=required, metavar="MODEL", help=MODEL_HELP)


def _add_train(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    example = "facealign train --config configs/300w.yaml --set data.root=300w --workdir runs/300w"
    parser = add_command(commands, "train", _train, "train a model", example)
    parser.add_argument(
        "--config", required=True, metavar="FILE", help="the experiment, a YAML file"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=_SET_HELP)
    parser.add_argument(
        "--workdir", required=True, type=Path, metavar="DIR", help="where results go"
    )
    parser.add_argument("--resume", action="store_true", help="continue the run in the workdir")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be done; train and write nothing"
    )
    parser.add_argument("--strategy", choices=["mirrored", "multiworker"], help=_STRATEGY_HELP)
    parser.add_argument(
        "--processes",
        type=_natural,
        default=0,
        metavar="N",
        help="let N more processes cut the faces, for a GPU that waits for them (0)",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out faces that are unreadable"
    )


def _add_info(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    example = "facealign info --model runs/300w/best.keras"
    summary = "show parameters, multiply-adds, landmarks and licence of a model"
    parser = add_command(commands, "info", _info, summary, example)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--config", metavar="FILE", help="an experiment, a YAML file")
    _add_model(group, required=False)


def _add_synthesize(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    example = "facealign synthesize --count 6 --output faces/"
    summary = "draw faces with landmarks, as .png and .pts files, and their boxes"
    parser = add_command(commands, "synthesize", _synthesize, summary, example)
    parser.add_argument(
        "--scheme",
        default="ibug68",
        metavar="NAME",
        help="landmark scheme, or a .yaml file (ibug68)",
    )
    parser.add_argument("--count", type=_positive, default=10, metavar="N", help="how many (10)")
    parser.add_argument("--seed", type=_natural, default=0, metavar="N", help="which faces (0)")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="where they go")


def _positive(text: str) -> int:
    return _at_least(1, text)


def _natural(text: str) -> int:
    return _at_least(0, text)


def _at_least(smallest: int, text: str) -> int:
    if not text.isdecimal() or int(text) < smallest:
        raise argparse.ArgumentTypeError(f"must be a whole number from {smallest}, not {text!r}")
    return int(text)


_STRATEGY_HELP = (
    "train on all devices of this machine, or on those of all workers that TF_CONFIG names"
)
_SET_HELP = "change a value of the configuration, such as phase_one.epochs=10; may be repeated"

if __name__ == "__main__":
    sys.exit(main())
