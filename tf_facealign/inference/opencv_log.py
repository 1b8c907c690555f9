"""Keeping what OpenCV and FFmpeg think of a video off the terminal; we say it in one line."""

import contextlib
import os
from collections.abc import Iterator

import cv2

# Read once, when the first video of the process is opened; -8 is FFmpeg's AV_LOG_QUIET.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


@contextlib.contextmanager
def without_opencv_log() -> Iterator[None]:
    """OpenCV logs nothing in the block."""
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
