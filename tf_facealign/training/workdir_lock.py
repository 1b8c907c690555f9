"""One run at a time in a work folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock

from tf_facealign.errors import BadInput


@contextlib.contextmanager
def hold(workdir: Path) -> Iterator[None]:
    """Keep other runs out of a folder for as long as this one, or its process, lives.

    Two runs would overwrite each other's checkpoints and mix their logs.

    Raises:
        BadInput: another run holds the folder, or it cannot be written to.
    """
    lock = filelock.FileLock(workdir / ".lock")
    try:
        workdir.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise BadInput(f"{workdir}: another run is training there") from None
    except OSError as error:
        raise BadInput(f"{workdir}: cannot be written to ({error.strerror})") from None
    try:
        yield
    finally:
        lock.release()
