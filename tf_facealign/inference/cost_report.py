"""All that models cost, measured in one go: data, text and JSON."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing
from tf_facealign.inference.benchmark import FaceTime, time_models
from tf_facealign.inference.first_result import FirstResult, first_result
from tf_facealign.inference.operator_times import OperatorTime, operator_times
from tf_facealign.released_models import model_file


@dataclass(frozen=True)
class ModelCost:
    """What one model costs.

    Attributes:
        size_mib: of its file.
        per_face: number of threads → time of one face.
        first_result: costs from the start of a process to its first face, one thread.
        operators: time by kind of operator; empty where that was not asked for.
    """

    size_mib: float
    per_face: dict[int, FaceTime]
    first_result: FirstResult
    operators: list[OperatorTime]


def cost_report(
    paths: Sequence[str | Path], threads: Sequence[int], runs: int, with_operators: bool = False
) -> dict[str, ModelCost]:
    """Measure models: path → cost.

    Args:
        paths: `.tflite` or `.keras` files, or released names.
        threads: numbers of threads, each measured on all models in turn.
        runs: timed runs of each model and number of threads.
        with_operators: whether to time the operators of the `.tflite` files.

    Raises:
        BadInput: a model is given twice, or see `FaceAligner.load`.
    """
    names = [str(path) for path in paths]
    if len(set(names)) < len(names):
        raise BadInput(f"{max(names, key=names.count)}: given twice")
    per_face = {number: time_models(paths, number, runs) for number in threads}
    return {
        name: ModelCost(
            size_mib=file.stat().st_size / 2**20,
            per_face={number: per_face[number][name] for number in threads},
            first_result=first_result(file),
            operators=operator_times(file) if with_operators and file.suffix == ".tflite" else [],
        )
        for name, file in zip(names, map(model_file, names), strict=True)
    }


def report_text(report: dict[str, ModelCost]) -> str:
    """The report as lines to read."""
    return "\n\n".join("\n".join([path, *_lines(cost)]) for path, cost in report.items())


def write_report(
    path: str | Path, report: dict[str, ModelCost], provenance: dict[str, object]
) -> None:
    """Write {"provenance", "models": {path: cost}} with times in milliseconds.

    Raises:
        BadInput: nothing can be written there.
    """
    models = {name: dataclasses.asdict(cost) for name, cost in report.items()}
    content = {"provenance": provenance, "models": _rounded(models)}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _lines(cost: ModelCost) -> Iterator[str]:
    for threads, time in cost.per_face.items():
        wall, cpu = time.wall_ms, time.cpu_ms
        yield (
            f"  {_count(threads, 'thread'):<11}{wall.median:8.2f} ms a face "
            f"(quartiles {wall.lower_quartile:.2f} to {wall.upper_quartile:.2f}), "
            f"processor {cpu.median:.2f} ms"
        )
    first = cost.first_result
    yield (
        f"  start      {first.total_ms:8.0f} ms to the first face (processor {first.cpu_ms:.0f}), "
        f"of which loading {first.load_ms:.0f}, the face {first.first_face_ms:.1f}"
    )
    if first.peak_memory_mib is not None:
        yield f"  memory     {first.peak_memory_mib:8.0f} MiB at most, the file {cost.size_mib:.1f}"
    for row in cost.operators:
        yield f"  {row.cpu_ms:8.3f} ms  {row.operator} × {row.count}"
    if cost.operators:
        total = sum(row.cpu_ms for row in cost.operators)
        yield f"  {total:8.3f} ms  the operators, each alone: nothing fused"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rounded(value: Any) -> Any:
    """A microsecond is finer than any of these is known."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value
