"""A line of progress on a terminal, nothing in a pipe."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def progress(items: Sequence[T], label: str) -> Iterator[T]:
    """Yield the items; count them on stderr if that is a terminal."""
    shown = sys.stderr.isatty()
    for done, item in enumerate(items):
        if shown:
            print(f"\r{label} {done}/{len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if shown:
        print(f"\r{label} {len(items)}/{len(items)}", file=sys.stderr)
