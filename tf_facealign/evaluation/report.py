"""What an evaluation found, as a table to read and as JSON to keep.

NME and failure rates are in percent here, as papers print them; AUC is a share of 1.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tf_facealign.files import replacing
from tf_facealign.provenance import provenance


@dataclass(frozen=True)
class Score:
    """The score of one stage on one subset.

    Attributes:
        faces: how many faces the subset has.
        nme: mean over the faces of their normalised mean error, percent.
        failure_rate: share of faces with an NME above the threshold, percent.
        auc: area under the CED up to the threshold, 0..1.
    """

    faces: int
    nme: float
    failure_rate: float
    auc: float


Scores = Mapping[str, Mapping[str, Score]]
"""Stage → subset → score; the last stage is the answer."""


@dataclass(frozen=True)
class Report:
    """Scores of every stage on every subset, by every normaliser.

    Attributes:
        faces: how many faces were predicted.
        threshold: NME, as a fraction, above which a face counts as failed.
        scores: normaliser → stage → subset → score; the first normaliser is the benchmark's.
    """

    faces: int
    threshold: float
    scores: Mapping[str, Scores]

    def to_json(self) -> dict[str, Any]:
        """The report as a dict of plain values; percent and AUC as in `Score`.

        `subsets` has the scores of the last stage, `stages` those of every stage; both by the
        benchmark's normaliser. `other_normalizers` has the same two for each other one.
        """
        normalizer, *others = self.scores
        return {
            "faces": self.faces,
            "normalizer": normalizer,
            "threshold": self.threshold,
            **_scores_to_json(self.scores[normalizer]),
            "other_normalizers": {name: _scores_to_json(self.scores[name]) for name in others},
        }

    def write_json(self, path: str | Path) -> None:
        """Write `to_json()` and what made it (`provenance`); the file appears whole or not at all.

        Raises:
            BadInput: the folder cannot be written to.
        """
        content = {**self.to_json(), "made_by": provenance()}
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n")

    def table(self) -> str:
        """The report as text: a block a normaliser, a row a subset, every stage side by side."""
        title = (
            f"{self.faces} faces; NME and failure rate (FR) in percent, "
            f"failed above an NME of {100 * self.threshold:g} %"
        )
        blocks = [f"{name}\n{_aligned(_rows(scores))}" for name, scores in self.scores.items()]
        return "\n\n".join([title, *blocks])


def _scores_to_json(scores: Scores) -> dict[str, Any]:
    stages = {
        stage: {subset: asdict(score) for subset, score in subsets.items()}
        for stage, subsets in scores.items()
    }
    return {"subsets": list(stages.values())[-1], "stages": stages}


_COLUMNS = (("NME", "nme", ".2f"), ("FR", "failure_rate", ".2f"), ("AUC", "auc", ".4f"))


def _rows(scores: Scores) -> list[list[str]]:
    """The head and a row for every subset, as cells."""
    labels = [stage.replace("shape_", "S") for stage in scores]
    rows = [
        ["subset", "faces", *(f"{title} {label}" for title, _, _ in _COLUMNS for label in labels)]
    ]
    for subset in next(iter(scores.values())):
        row = [by_subset[subset] for by_subset in scores.values()]
        cells = [format(getattr(score, key), style) for _, key, style in _COLUMNS for score in row]
        rows.append([subset, str(row[0].faces), *cells])
    return rows


def _aligned(rows: list[list[str]]) -> str:
    """Cells → lines: the first column flush left, the others flush right."""
    first, *widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(first), *(c.rjust(w) for c, w in zip(row[1:], widths, strict=True))]
        )
        for row in rows
    )
