"""The tables of a report, as cells: what the command prints, and Markdown and HTML show."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tf_facealign.evaluation.published import published_complexity, published_rows
from tf_facealign.evaluation.report import Difference, Interval, Report, Score, SystemResult
from tf_facealign.evaluation.scoring import PERCENTILES


@dataclass(frozen=True)
class Row:
    """One row: its cells as text, and whether this evaluation measured it or it is published."""

    cells: tuple[str, ...]
    measured: bool = True


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        title: what it shows.
        head: the names of the columns.
        rows: as many cells each.
        notes: lines that belong under it, such as the sources "[1] …" of published rows.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


METRICS = (("NME %", "nme", ".2f"), ("FR %", "failure_rate", ".2f"), ("AUC", "auc", ".4f"))
"""Name, field of `Score` and of `PublishedRow`, format."""


def report_tables(report: Report) -> list[Table]:
    """Every table of a report, in the order they are to be read."""
    normalizers = report.protocol.normalizers
    tables = [_benchmark(report, normalizer) for normalizer in normalizers]
    tables += [_intervals(report, normalizer) for normalizer in normalizers]
    if report.differences:
        tables.append(_differences(report))
    if report.scheme.regions:
        tables.append(_regions(report))
    tables.append(_complexity(report))
    return [table for table in tables if table.rows]


def report_title(report: Report) -> list[str]:
    """Lines that say what was scored, and everything that a reader must know first."""
    threshold = f"{100 * report.protocol.threshold:g} %"
    lines = [
        f"{report.protocol.title}: {len(report.faces)} faces; "
        f"failure rate (FR) above, and AUC up to, an NME of {threshold}"
    ]
    gaps = [f"{name} has {n} faces, not {all_}" for name, (n, all_) in report.incomplete.items()]
    if gaps:
        lines.append(f"not comparable with published figures: {'; '.join(gaps)}")
    for system in report.systems:
        if system.missing:
            some = ", ".join([*system.missing[:3], *(["…"] if len(system.missing) > 3 else [])])
            lines.append(
                f"{system.name}: no prediction for {len(system.missing)} of {len(report.faces)} "
                f"faces ({some}); they are failures, and not in the NME"
            )
    return lines


def stage_label(system: SystemResult, stage: str) -> str:
    """What a table calls a stage: S0 is GRegNet alone; a system of one stage has its own name."""
    if len(system.stages) == 1:
        return system.name
    return f"{system.name} {stage.replace('shape_', 'S')}"


def _benchmark(report: Report, normalizer: str) -> Table:
    """As the paper lays it out: a group of rows for each metric, a column for each subset."""
    subsets = list(report.subsets)
    dataset = report.protocol.dataset
    published = published_rows(dataset.name, normalizer) if dataset else []
    published = [row for row in published if set(row.nme) & set(subsets)]
    sources = list(dict.fromkeys(row.source for row in published))
    rows = []
    for title, key, style in METRICS:
        for row in published:
            values = getattr(row, key)
            if values:
                cells = [_number(values.get(subset), style) for subset in subsets]
                rows.append(Row((title, _named(row.system, row.source, sources), *cells), False))
        for system, stage, scores in _stages(report, normalizer):
            cells = [_number(getattr(scores[subset], key), style) for subset in subsets]
            rows.append(Row((title, stage_label(system, stage), *cells)))
    return Table(
        f"{report.protocol.title} by {normalizer}",
        ("", "method", *subsets),
        tuple(rows),
        tuple(f"[{number}] {source}" for number, source in enumerate(sources, start=1)),
    )


def _stages(
    report: Report, normalizer: str
) -> Iterator[tuple[SystemResult, str, dict[str, Score]]]:
    for system in report.systems:
        for stage, result in system.stages.items():
            yield system, stage, dict(result.scores[normalizer])


def _named(system: str, source: str, sources: Sequence[str]) -> str:
    return f"{system} [{sources.index(source) + 1}]"


def _intervals(report: Report, normalizer: str) -> Table:
    rows = []
    for subset in report.subsets:
        for system in report.systems:
            score = system.answer.scores[normalizer][subset]
            ranges = [
                f"{_number(getattr(score, key), style)} "
                f"{_interval(getattr(score, f'{key}_interval'), style)}"
                for _, key, style in METRICS
            ]
            tails = [_number(score.percentiles[percent], ".2f") for percent in PERCENTILES]
            rows.append(Row((subset, system.name, str(score.faces), *ranges, *tails)))
    names = tuple(f"P{percent}" for percent in PERCENTILES)
    return Table(
        f"95 % intervals and percentiles of the NME, by {normalizer}",
        ("subset", "system", "faces", *(title for title, _, _ in METRICS), *names),
        tuple(rows),
    )


def _differences(report: Report) -> Table:
    reference = report.systems[0].name
    return Table(
        f"NME − NME of {reference}, percentage points (negative: better than {reference})",
        ("system", "normalizer", "subset", "faces", "difference", "95 % interval", "p"),
        tuple(Row(_difference(difference)) for difference in report.differences),
    )


def _difference(found: Difference) -> tuple[str, ...]:
    return (
        found.system,
        found.normalizer,
        found.subset,
        str(found.faces),
        _number(found.nme, "+.3f"),
        _interval(found.interval, "+.3f"),
        _p_value(found.p_value),
    )


def _p_value(value: float | None) -> str:
    """A p-value as text; those of far tails say nothing but that they are small."""
    return "< 0.0001" if value is not None and value < 1e-4 else _number(value, ".2g")


def _regions(report: Report) -> Table:
    by_stage = {
        stage_label(system, stage): result.region_errors(report.normalizer, report.scheme)
        for system in report.systems
        for stage, result in system.stages.items()
    }
    rows = [
        Row((region, *(_number(100 * errors[region], ".2f") for errors in by_stage.values())))
        for region in report.scheme.regions
    ]
    return Table(
        f"NME % by region, all faces, by {report.normalizer}", ("region", *by_stage), tuple(rows)
    )


def _complexity(report: Report) -> Table:
    published = published_complexity() if report.protocol.dataset else []
    sources = list(dict.fromkeys(row.source for row in published))
    rows = [
        Row((_named(row.system, row.source, sources), *_cost(row.parameters, row.maccs)), False)
        for row in published
    ]
    measured = [
        Row((stage_label(system, stage), *_cost(cost.parameters, cost.maccs)))
        for system in report.systems
        for stage, cost in system.costs.items()
    ]
    return Table(
        "Complexity",
        ("method", "parameters (M)", "MACCs (G)"),
        (*rows, *measured) if measured else (),
        tuple(f"[{number}] {source}" for number, source in enumerate(sources, start=1)),
    )


def _cost(parameters: float | None, maccs: float | None) -> tuple[str, str]:
    return (
        _number(parameters and parameters / 1e6, ".2f"),
        _number(maccs and maccs / 1e9, ".4f"),
    )


def _interval(interval: Interval, style: str) -> str:
    return f"[{', '.join(_number(end, style) for end in interval)}]"


def _number(value: float | None, style: str) -> str:
    """A number as text; "–" for one that there is not."""
    return "–" if value is None or not math.isfinite(value) else format(value, style)
