"""A user's own landmark scheme: read from YAML, and carried inside a model trained with it.

A definition names landmarks, never their indices:

    name: five_points
    landmarks: [image_left_eye, image_right_eye, nose_tip, image_left_mouth_corner,
                image_right_mouth_corner]
    normalizers: {inter_ocular: [image_left_eye, image_right_eye]}
    regions: {eyes: [image_left_eye, image_right_eye]}     # may be left out
    lines: [[image_left_mouth_corner, image_right_mouth_corner]]     # may be left out
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import (
    LEFT,
    RIGHT,
    LandmarkScheme,
    flip_permutation_of,
    scheme_from_names,
)

REQUIRED = ("name", "landmarks", "normalizers")
KEYS = (*REQUIRED, "regions", "lines")


def read_scheme(path: str | Path) -> LandmarkScheme:
    """Read a scheme from a YAML file.

    Raises:
        BadInput: the file is missing, not YAML, or no definition of a scheme.
    """
    import yaml  # a tenth of what predicting loads, and a model's own scheme is JSON

    try:
        definition = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot read the landmark scheme ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    return scheme_from_definition(definition, str(path))


def scheme_from_definition(definition: Any, source: str) -> LandmarkScheme:
    """Make a scheme from what YAML or JSON holds.

    Args:
        definition: keys and values as at the top of this file.
        source: where it is from; starts every message.

    Raises:
        BadInput: a key is missing or unknown, a value is of the wrong kind, a landmark is unknown,
            occurs twice or has no mirror partner.
    """
    try:
        return _scheme(definition)
    except BadInput as error:
        raise BadInput(f"{source}: {error}") from None


def definition_of(scheme: LandmarkScheme) -> dict[str, Any]:
    """The definition of a scheme, fit for JSON; `scheme_from_definition` turns it back."""

    def named(indices: Sequence[int]) -> list[str]:
        return [scheme.landmark_names[index] for index in indices]

    return {
        "name": scheme.name,
        "landmarks": list(scheme.landmark_names),
        "normalizers": {
            key: [named(group) for group in groups] for key, groups in scheme.normalizers.items()
        },
        "regions": {key: named(indices) for key, indices in scheme.regions.items()},
        "lines": [named(line) for line in scheme.lines],
    }


def _scheme(definition: Any) -> LandmarkScheme:
    check_keys(definition, "a landmark scheme", KEYS, REQUIRED)
    landmarks = _names(definition["landmarks"], "landmarks")
    for landmark in landmarks:
        _check_side(landmark)
    flip_permutation_of(landmarks)  # finds fault with the names before others are held to them
    index_of = {landmark: index for index, landmark in enumerate(landmarks)}

    def indices(value: Any, what: str) -> tuple[int, ...]:
        for landmark in (names := _names(value, what)):
            if landmark not in index_of:
                raise BadInput(f"{what}: unknown landmark {landmark!r}")
        return tuple(index_of[landmark] for landmark in names)

    def group_pair(value: Any, what: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if not isinstance(value, list) or len(value) != 2:
            raise BadInput(f"{what}: give two landmarks, or two lists whose means it is between")
        first, second = ([one] if isinstance(one, str) else one for one in value)
        return indices(first, what), indices(second, what)

    normalizers = _mapping(definition["normalizers"], "normalizers")
    if not normalizers:
        raise BadInput("normalizers: give at least one; the first is what errors are divided by")
    regions = _mapping(definition.get("regions", {}), "regions")
    lines = definition.get("lines", [])
    if not isinstance(lines, list):
        raise BadInput(f"lines must be a list of lists of landmarks, not {lines!r}")
    return scheme_from_names(
        _text(definition["name"], "name"),
        landmarks,
        {key: group_pair(value, f"normalizer {key!r}") for key, value in normalizers.items()},
        {key: indices(value, f"region {key!r}") for key, value in regions.items()},
        [indices(line, f"line {number}") for number, line in enumerate(lines, start=1)],
    )


def check_keys(content: Any, what: str, known: Sequence[str], required: Sequence[str]) -> None:
    """Refuse, as BadInput, what is no mapping of known keys to values, or lacks a required one."""
    if not isinstance(content, dict):
        raise BadInput(f"{what} has the keys {', '.join(known)}")
    for key in content:
        if key not in known:
            raise BadInput(f"unknown key {key!r} (known: {', '.join(known)})")
    for key in required:
        if key not in content:
            raise BadInput(f"the key {key!r} is missing")


def _check_side(landmark: str) -> None:
    """A side written in another way would silently not change sides when a face is mirrored."""
    words = re.split(r"[^a-z]+", landmark.lower())
    if {"left", "right"} & set(words) and not landmark.startswith((LEFT, RIGHT)):
        raise BadInput(f"landmark {landmark!r}: the name of a side starts with {LEFT} or {RIGHT}")


def _names(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise BadInput(f"{what} must be a list of landmark names, not {value!r}")
    return tuple(_text(name, what) for name in value)


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(f"{what} must map names to landmarks, not {value!r}")
    return {_text(key, what): entry for key, entry in value.items()}


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(f"{what}: {value!r} is no name (put it in quotes if it is meant as one)")
    return value
