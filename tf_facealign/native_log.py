"""Keeping the banners of native libraries off the terminal.

TensorFlow and LiteRT write start-up lines straight to file descriptor 2, and no setting stops them
(github.com/tensorflow/tensorflow/issues/79029). On a terminal they would bury our own one line.
"""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator

_BANNERS = re.compile(
    rb"^(WARNING: All log messages before absl::InitializeLog|I0000 |INFO: Created TensorFlow Lite)"
    rb"|^To enable the following instructions:"
)


@contextlib.contextmanager
def without_banners() -> Iterator[None]:
    """Hold back what is written to stderr in the block, then print all of it but the banners."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            held_back.seek(0)
            for line in held_back:
                if not _BANNERS.match(line):
                    os.write(2, line)
