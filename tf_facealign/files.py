"""Writing files so that a reader never sees half of one."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tf_facealign.errors import BadInput

# What writing fails with, and reading does not.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def replacing(path: str | Path, durable: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside `path` that takes its name when the block ends well.

    The temporary file keeps the suffix (writers choose the format by it) and is removed if the
    block raises, so `path` either keeps its old content or has the whole new one.

    Args:
        path: the file's name.
        durable: the name appears when the disk has the content, not only the system's memory. Else
            a loss of power soon afterwards can leave the name with an empty file.

    Raises:
        BadInput: `path` is a folder, its folder cannot be created or written to, or there is no
            room for the file.
    """
    path = Path(path)
    # Named before it is made: Ctrl-C in between would else leave a file that nobody knows.
    temporary = path.with_name(f".{path.stem}.{os.urandom(4).hex()}{path.suffix}")
    try:
        _create(temporary, path)
        yield temporary
        temporary.chmod(0o644)
        if durable:
            _flush(temporary)
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise BadInput(f"{path}: cannot write here ({error.strerror})") from None
    finally:
        with contextlib.suppress(OSError):  # it has its name, or was never made
            temporary.unlink()


def _create(temporary: Path, path: Path) -> None:
    try:
        if path.is_dir():
            raise BadInput(f"{path}: cannot write here (it is a folder)")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(0o600, exist_ok=False)  # private to its owner until it is whole
    except OSError as error:
        raise BadInput(f"{path}: cannot write here ({error.strerror})") from None


def remove_abandoned(path: Path) -> None:
    """Remove what processes that were killed within `replacing(path)` have left.

    Only for a file that no other process is writing.
    """
    for temporary in path.parent.glob(f".{path.stem}.*{path.suffix}"):
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
