"""The tables of a report as Markdown."""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path

from tf_facealign.evaluation.report import Report
from tf_facealign.evaluation.tables import Table, report_tables, report_title
from tf_facealign.files import replacing
from tf_facealign.provenance import provenance


def write_markdown(path: str | Path, report: Report) -> None:
    """Write `report_markdown`; the file appears whole or not at all.

    Raises:
        BadInput: the folder cannot be written to.
    """
    text = report_markdown(report, provenance())
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


def report_markdown(report: Report, made_by: Mapping[str, object]) -> str:
    """The title, the tables and what made them.

    Args:
        report: what an evaluation found.
        made_by: as `provenance` gives it.
    """
    names = ", ".join(system.name for system in report.systems)
    return "\n".join(
        [
            f"# {_text(names)} on {_text(report.protocol.title)}",
            *(f"\n{_text(line)}" for line in report_title(report)),
            *(line for table in report_tables(report) for line in _table(table)),
            "\n## Protocol and provenance\n",
            f"- protocol: {_text(report.protocol.source)}",
            *(f"- {key}: {_text(_value(value))}" for key, value in made_by.items()),
            "",
        ]
    )


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {_text(table.title)}\n"
    yield _row(table.head)
    yield _row(["---"] * len(table.head))
    yield from (_row(row.cells) for row in table.rows)
    yield from ([""] if table.notes else [])
    yield from (f"- {_text(note)}" for note in table.notes)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_text, cells))} |"


def _text(text: str) -> str:
    """Text that stands for itself: one line, no tag, no end of a cell."""
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|")


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    return str(value)
