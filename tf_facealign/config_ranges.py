"""Ranges of the numbers in a configuration: said where a key is, checked when it gets its value."""

import dataclasses
import math
from typing import Any

from tf_facealign.errors import BadInput


def within(default: Any, low: float, high: float = math.inf, **metadata: Any) -> Any:
    """A field of a dataclass: a number, or the ends of a range, that must lie in low..high."""
    return dataclasses.field(default=default, metadata={"within": (low, high), **metadata})


def check_ranges(config: Any) -> None:
    """Refuse, as BadInput, a value outside its range, and a range whose ends are swapped.

    Args:
        config: a dataclass; its fields that are not from `within` may hold anything.
    """
    for key in dataclasses.fields(config):
        if "within" not in key.metadata:
            continue
        value, (low, high) = getattr(config, key.name), key.metadata["within"]
        ends = value if isinstance(value, tuple) else (value,)
        if not all(low <= end <= high for end in ends):  # a value that is no number is refused too
            allowed = f"be at least {low}" if high == math.inf else f"lie in {low}..{high}"
            raise BadInput(f"{key.name} must {allowed}, not {value}")
        if ends[0] > ends[-1]:
            raise BadInput(f"{key.name} must start with the lower end: {value}")
