"""Published figures to stand beside measured ones: `published.yaml`, each row with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class PublishedRow:
    """What a source prints for one system.

    Attributes:
        system: its name.
        source: where the figures are from.
        nme: subset → percent.
        failure_rate: subset → percent, above an NME of 10 %.
        auc: subset → 0..1, up to an NME of 10 %.
    """

    system: str
    source: str
    nme: Mapping[str, float]
    failure_rate: Mapping[str, float]
    auc: Mapping[str, float]


@dataclass(frozen=True)
class PublishedComplexity:
    """Trainable parameters and multiply-accumulates for one face that a source prints."""

    system: str
    source: str
    parameters: float
    maccs: float | None


def published_rows(dataset: str, normalizer: str) -> list[PublishedRow]:
    """The published rows of a benchmark by a normaliser, in the order of the file."""
    return [
        _row(row, block)
        for block in _content()["scores"]
        if (block["dataset"], block["normalizer"]) == (dataset, normalizer)
        for row in block["rows"]
    ]


def published_complexity() -> list[PublishedComplexity]:
    """The published sizes of systems, in the order of the file."""
    return [PublishedComplexity(**row) for row in _content()["complexity"]]


def _row(row: Mapping[str, Any], block: Mapping[str, Any]) -> PublishedRow:
    def by_subset(metric: str) -> dict[str, float]:
        values = row.get(metric) or [None] * len(block["subsets"])
        pairs = zip(block["subsets"], values, strict=True)
        return {subset: value for subset, value in pairs if value is not None}

    return PublishedRow(
        row["system"],
        row.get("source", block["source"]),
        by_subset("nme"),
        by_subset("failure_rate"),
        by_subset("auc"),
    )


@cache
def _content() -> Any:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
