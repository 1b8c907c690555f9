"""What a dataset holds and what is wrong with it, before anyone trains on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import Dataset, get_dataset, load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.findings import numbers_of, problems_of
from tf_facealign.data.image_scan import scan
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

Splits = Mapping[str, Sequence[FaceSample]]


@dataclass(frozen=True, eq=False)
class Inspection:
    """The findings.

    Attributes:
        faces: each face once, those whose images cannot be used left out.
        splits: split → "faces", "official" (None where there is no official count) and "subsets",
            which has the same two for each subset.
        numbers: sizes, landmarks and poses; see `numbers_of`.
        problems: kind → one line for each finding.
    """

    faces: list[FaceSample]
    splits: dict[str, dict[str, Any]]
    numbers: dict[str, Any]
    problems: dict[str, list[str]]

    def to_json(self) -> dict[str, Any]:
        """All findings, for `json.dump`."""
        return {"splits": self.splits, **self.numbers, "problems": self.problems}


def inspect_dataset(
    name: str,
    root: str | Path | None = None,
    split: str | None = None,
    scheme: LandmarkScheme | None = None,
) -> Inspection:
    """Read a dataset and open all its images.

    Args:
        name: one of `DATASETS`.
        root: as in `load_faces`.
        split: the one to inspect; by default all that are there.
        scheme: what the landmarks must be; by default the dataset's own.

    Raises:
        BadInput: not one face can be read.
    """
    dataset = get_dataset(name)
    scheme = scheme or get_scheme(dataset.scheme)
    problems: dict[str, list[str]] = {"unread_splits": [], "bad_annotations": []}
    splits = {
        one: _read(dataset, root, one, scheme, problems)
        for one in ([split] if split else dataset.splits)
    }
    faces = list({face.name: face for members in splits.values() for face in members}.values())
    if not faces:
        raise BadInput((problems["unread_splits"] + problems["bad_annotations"])[0])
    looks = scan(faces, dataset.padding)
    problems |= problems_of(faces, looks, scheme, _trained_and_tested(dataset, splits))
    usable = [(face, look) for face, look in zip(faces, looks, strict=True) if not look.fault]
    return Inspection(
        [face for face, _ in usable],
        {one: _counts(dataset, one, members) for one, members in splits.items()},
        numbers_of(faces, usable, dataset.padding),
        problems,
    )


def _read(
    dataset: Dataset,
    root: str | Path | None,
    split: str,
    scheme: LandmarkScheme,
    problems: dict[str, list[str]],
) -> list[FaceSample]:
    """The faces of a split; what cannot be read goes to the problems."""
    try:
        return load_faces(dataset.name, root, split, scheme, faults=problems["bad_annotations"])
    except BadInput as error:
        problems["unread_splits"].append(str(error))
        return []


def _counts(dataset: Dataset, split: str, faces: Sequence[FaceSample]) -> dict[str, Any]:
    official = dataset.official_counts
    subsets = Counter(subset for face in faces for subset in face.subsets if subset != split)
    return {
        "faces": len(faces),
        "official": official.get(split),
        "subsets": {
            name: {"faces": count, "official": official.get(name)}
            for name, count in sorted(subsets.items())
        },
    }


def _trained_and_tested(dataset: Dataset, splits: Splits) -> tuple[set[str], set[str]]:
    """The names of the faces a model trains on, and of those its benchmark tests it on."""
    trained = {face.name for face in splits.get("train", ())}
    return trained, {face.name for face in splits.get(dataset.test_split, ())} - trained
