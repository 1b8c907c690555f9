"""A report as one HTML file that needs nothing else: no network, no script, no other file."""

import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.evaluation.page.ced_plot import Curve, ced_plot
from tf_facealign.evaluation.page.figure import NUM_SERIES
from tf_facealign.evaluation.page.landmark_plot import landmark_plot
from tf_facealign.evaluation.page.worst_faces import VIEW, WorstFace, worst_faces
from tf_facealign.evaluation.page.yaw_plot import yaw_plot
from tf_facealign.evaluation.report import Cost, Report, Score, SystemResult
from tf_facealign.evaluation.tables import Row, Table, report_tables, report_title, stage_label
from tf_facealign.files import replacing
from tf_facealign.head_pose import head_pose
from tf_facealign.provenance import provenance

_NUMBERS = re.compile(r"[-+–\[\],.\d\se]+")
_FOLDER = "tf_facealign.evaluation.page"


@dataclass(frozen=True)
class SystemView:
    """What the page shows of one system.

    Attributes:
        result: the system.
        score: its answer's, on every face.
        cost: its answer's, where known.
        landmarks: the plot of the errors on the mean face, an `<svg>` element; empty if no face has
            a prediction.
        landmark_table: the same as figures.
        worst: the faces it is furthest off on.
    """

    result: SystemResult
    score: Score
    cost: Cost | None
    landmarks: str
    landmark_table: Table
    worst: list[WorstFace]


def write_page(path: str | Path, report: Report) -> None:
    """Write `report_page`; the file appears whole or not at all.

    Raises:
        BadInput: the folder cannot be written to, or an image that is to be shown cannot be read.
    """
    page = report_page(report, provenance())
    with replacing(path) as temporary:
        temporary.write_text(page, "utf-8")


def report_page(report: Report, made_by: dict[str, object]) -> str:
    """The page: scores beside published ones, plots, and the worst faces as pictures.

    Args:
        report: what an evaluation found; the images of its faces are read.
        made_by: as `provenance` gives it.

    Raises:
        BadInput: an image that is to be shown cannot be read.
    """
    environment = Environment(
        loader=PackageLoader("tf_facealign", "evaluation/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "blocks": blocks,
        "number": number,
        "numeric": numeric_columns,
        "words": words,
    }
    curves = _curves(report)
    threshold = 100 * report.protocol.threshold
    yaw = _yaw_degrees(report)
    answers = [curve for curve in curves if curve.answer]
    return environment.get_template("page.html").render(
        report=report,
        made_by=made_by,
        style=files(_FOLDER).joinpath("page.css").read_text("utf-8"),
        title=_title(report),
        subset=whole_subset(report),
        notes=report_title(report)[1:],
        tables=report_tables(report),
        curves=curves,
        answers=answers,
        num_series=NUM_SERIES,
        ced=ced_plot(curves, threshold),
        yaw=None if yaw is None else yaw_plot(yaw, answers, threshold),
        systems=[_view(report, system) for system in report.systems],
        view=VIEW,
    )


def whole_subset(report: Report) -> str:
    """The subset of all faces, rather one that is no part of an official one."""
    whole = [name for name, who in report.subsets.items() if len(who) == len(report.faces)]
    return next((name for name in whole if name not in report.incomplete), whole[0])


def words(name: str) -> str:
    """A name of ours as text: inter_ocular → inter ocular."""
    return name.replace("_", " ")


def number(value: float, style: str) -> str:
    """A number as text; "–" for one that there is not."""
    return format(value, style) if np.isfinite(value) else "–"


def blocks(table: Table) -> list[tuple[str, list[Row]]]:
    """Consecutive rows that begin alike, with what they begin with; one block if none do."""
    found = [(first, list(rows)) for first, rows in groupby(table.rows, lambda row: row.cells[0])]
    return found if any(len(rows) > 1 for _, rows in found) else [("", list(table.rows))]


def numeric_columns(table: Table) -> list[bool]:
    """Which columns hold numbers only, to be set flush right."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [all(_NUMBERS.fullmatch(cell) for cell in column) for column in columns]


def _title(report: Report) -> str:
    names = ", ".join(system.name for system in report.systems)
    return f"{names} on {report.protocol.title}"


def _curves(report: Report) -> list[Curve]:
    """The answer of each system; every stage, the answer first, where there is one system."""
    if len(report.systems) > 1:
        return [Curve(one.name, _nme(report, one, -1)) for one in report.systems]
    (system,) = report.systems
    return [
        Curve(stage_label(system, stage), _nme(report, system, number), number == len(stages) - 1)
        for stages in [list(system.stages)]
        for number, stage in reversed(list(enumerate(stages)))
    ]


def _nme(report: Report, system: SystemResult, stage: int) -> NDArray[np.float64]:
    """Percent, (N,)."""
    return 100 * list(system.stages.values())[stage].face_errors(report.normalizer)


def _view(report: Report, system: SystemResult) -> SystemView:
    normalizer, answer = report.normalizer, system.answer
    errors = 100 * answer.landmark_errors(normalizer)
    nme = answer.face_errors(normalizer)
    return SystemView(
        result=system,
        score=answer.scores[normalizer][whole_subset(report)],
        cost=system.costs.get(list(system.stages)[-1]),
        landmarks=landmark_plot(_mean_face(report), errors, report.scheme)
        if np.isfinite(errors).all()
        else "",
        landmark_table=_landmark_table(report, system),
        worst=worst_faces(report.faces, answer.points_px, nme, report.scheme),
    )


def _mean_face(report: Report) -> NDArray[np.float64]:
    """The mean shape as wide for its height as faces are: (L, 2)."""
    sides = np.stack([face.box_px[2:] - face.box_px[:2] for face in report.faces])
    return report.mean_shape() * [(sides[:, 0] / sides[:, 1]).mean(), 1.0]


def _landmark_table(report: Report, system: SystemResult) -> Table:
    stages = {
        stage_label(system, name): 100 * result.landmark_errors(report.normalizer)
        for name, result in system.stages.items()
    }
    rows = [
        Row((str(index), words(name), *(number(e[index], ".2f") for e in stages.values())))
        for index, name in enumerate(report.scheme.landmark_names)
    ]
    head = ("", "landmark", *stages)
    return Table(f"Mean error of each landmark of {system.name}, %", head, tuple(rows))


def _yaw_degrees(report: Report) -> NDArray[np.float64] | None:
    """The yaw of each face, (N,); None if the landmarks do not tell it."""
    try:
        poses = [head_pose(face.landmarks_px, report.scheme) for face in report.faces]
    except BadInput:
        return None
    return np.array([pose.yaw for pose in poses])
