"""Ranges of the numbers in a configuration: said where a key is, checked when it gets its value."""

import dataclasses
import math
from typing import Any

from tf_facealign.errors import BadInput


def within(default: Any, low: float, high: float = math.inf, **metadata: Any) -> Any:
    """A field of a dataclass: a number, or the ends of a range, that must lie in low..high."""
    return dataclasses.field(default=default, metadata={"within": (low, high), **metadata})


@dataclasses.dataclass(frozen=True)
class Ranged:
    """Base of a dataclass; its fields that are not from `within` may hold anything.

    Raises:
        BadInput: a value lies outside its range, or the ends of a range are swapped.
    """

    def __post_init__(self) -> None:
        """Check each value that has a range."""
        for key in dataclasses.fields(self):
            if "within" in key.metadata:
                _check(key.name, getattr(self, key.name), *key.metadata["within"])


def _check(name: str, value: Any, low: float, high: float) -> None:
    ends = value if isinstance(value, tuple) else (value,)
    if not all(low <= end <= high for end in ends):  # a value that is no number is refused too
        allowed = f"be at least {low}" if high == math.inf else f"lie in {low}..{high}"
        raise BadInput(f"{name} must {allowed}, not {value}")
    if ends[0] > ends[-1]:
        raise BadInput(f"{name} must start with the lower end: {value}")
