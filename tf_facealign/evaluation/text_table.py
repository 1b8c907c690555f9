"""A report as text for a terminal."""

from collections.abc import Sequence

from tf_facealign.evaluation.report import Report
from tf_facealign.evaluation.tables import Table, report_tables, report_title


def report_text(report: Report) -> str:
    """The tables of a report, with what must be known first above them; "*" marks what is ours."""
    blocks = ["\n".join(report_title(report)), *map(table_text, report_tables(report))]
    return "\n\n".join(blocks)


def table_text(table: Table) -> str:
    """One table: its title, its head, a line each row, its notes."""
    lines = _aligned([table.head, *(row.cells for row in table.rows)])
    if not all(row.measured for row in table.rows):
        marks = [" ", *("*" if row.measured else " " for row in table.rows)]
        lines = [f"{mark} {line}" for mark, line in zip(marks, lines, strict=True)]
        lines.append("* measured here")
    return "\n".join([table.title, *lines, *table.notes])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells → lines: words flush left, numbers flush right."""
    columns = list(zip(*rows, strict=True))
    aligned = []
    for column in columns:
        width = max(map(len, column))
        left = any(cell[:1].isalpha() for cell in column[1:])
        aligned.append([cell.ljust(width) if left else cell.rjust(width) for cell in column])
    return ["  ".join(cells).rstrip() for cells in zip(*aligned, strict=True)]
