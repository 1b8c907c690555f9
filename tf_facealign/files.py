"""Writing files so that a reader never sees half of one."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tf_facealign.errors import BadInput


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that takes its name when the block ends well.

    The temporary file keeps the suffix (writers choose the format by it) and is removed if the
    block raises, so `path` either keeps its old content or has the whole new one.

    Raises:
        BadInput: `path` is a folder, or its folder cannot be created or written to.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise BadInput(f"{path}: cannot write here (it is a folder)")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise BadInput(f"{path}: cannot write here ({error.strerror})") from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp is private to its owner; a result is not
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
