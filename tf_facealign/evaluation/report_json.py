"""A report as JSON: every number of it but those of single faces."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tf_facealign.evaluation.report import Report, StageResult, SystemResult
from tf_facealign.files import replacing
from tf_facealign.provenance import provenance


def report_json(report: Report) -> dict[str, Any]:
    """The report as a dict of plain values; percent and AUC as in `Score`, null for NaN.

    Returns:
        `subsets` has the scores of the last stage of the first system, `stages` those of every
        stage of it, both by the benchmark's normaliser; `other_normalizers` has the same two for
        each other one. `other_systems` has these for every later system, and `differences` compares
        them with the first. `incomplete` is as in `Report`.
    """
    first, *others = report.systems
    content = {
        "faces": len(report.faces),
        "normalizer": report.normalizer,
        "threshold": report.protocol.threshold,
        "protocol": {"title": report.protocol.title, "source": report.protocol.source},
        "incomplete": {name: list(counts) for name, counts in report.incomplete.items()},
        **_system(first, report),
        "other_systems": [_system(system, report) for system in others],
        "differences": [asdict(difference) for difference in report.differences],
    }
    return _without_nan(content)


def write_report(path: str | Path, report: Report) -> None:
    """Write `report_json` and what made it (`provenance`); the file appears whole or not at all.

    Raises:
        BadInput: the folder cannot be written to.
    """
    content = {**report_json(report), "made_by": provenance()}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n")


def _system(system: SystemResult, report: Report) -> dict[str, Any]:
    normalizer, *others = report.protocol.normalizers
    return {
        "system": system.name,
        "costs": {stage: asdict(cost) for stage, cost in system.costs.items()},
        "missing": list(system.missing),
        **_scores(system, normalizer),
        "other_normalizers": {name: _scores(system, name) for name in others},
        "regions": {
            name: _percent(stage.region_errors(normalizer, report.scheme))
            for name, stage in system.stages.items()
        },
        "landmarks": {name: _landmarks(stage, report) for name, stage in system.stages.items()},
    }


def _scores(system: SystemResult, normalizer: str) -> dict[str, Any]:
    stages = {
        name: {subset: asdict(score) for subset, score in stage.scores[normalizer].items()}
        for name, stage in system.stages.items()
    }
    return {"subsets": list(stages.values())[-1], "stages": stages}


def _landmarks(stage: StageResult, report: Report) -> dict[str, float]:
    errors = stage.landmark_errors(report.normalizer).tolist()
    return _percent(dict(zip(report.scheme.landmark_names, errors, strict=True)))


def _percent(fractions: dict[str, float]) -> dict[str, float]:
    return {name: 100 * value for name, value in fractions.items()}


def _without_nan(value: Any) -> Any:
    """The same with None for numbers that JSON has not: NaN, and the error of a missing face."""
    if isinstance(value, dict):
        return {str(key): _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
