"""Writing a video file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing
from tf_facealign.inference.opencv_log import without_opencv_log

# What the wheels of OpenCV can write on every system, without any other library: tried with 4.14.
# They have no encoder of H.264; VP9 in .mp4 took 60 times as long as MPEG-4.
_CODECS: Final = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}


class VideoWriter:
    """Writes frames of one size that are shown at their time; made by `video_writer`."""

    def __init__(self, path: Path, rate_hz: float) -> None:
        self._path = path
        self._rate_hz = rate_hz
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._written = 0

    def write(self, image_rgb: NDArray[np.uint8], seconds: float) -> None:
        """Write a frame: more than once or not at all, where the frames do not come at the rate.

        Args:
            image_rgb: (H, W, 3) uint8; the first one sets the size, others are resized to it.
            seconds: when it is shown, since the first frame.

        Raises:
            BadInput: OpenCV cannot write the file.
        """
        if self._writer is None:
            self._size = image_rgb.shape[1], image_rgb.shape[0]
            self._writer = _open(self._path, self._rate_hz, self._size)
        image_bgr = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR)
        if image_bgr.shape[1::-1] != self._size:
            image_bgr = cv2.resize(image_bgr, self._size, interpolation=cv2.INTER_AREA)
        due = round(seconds * self._rate_hz) + 1
        for _ in range(due - self._written):
            self._writer.write(image_bgr)
        self._written = max(due, self._written)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.release()


@contextmanager
def video_writer(path: str | Path, rate_hz: float) -> Iterator[VideoWriter]:
    """Write a video file, which appears when the block ends well.

    Of an odd number of pixels a side, the file lacks the last one.

    Args:
        path: the file; its suffix is one of .mp4, .mov, .mkv (MPEG-4) and .avi (Motion JPEG).
        rate_hz: frames a second.

    Raises:
        BadInput: the suffix is another, or the file cannot be written.
    """
    if Path(path).suffix.lower() not in _CODECS:
        raise BadInput(f"{path}: a video is written as {', '.join(_CODECS)}")
    with replacing(path) as temporary:
        writer = VideoWriter(temporary, rate_hz)
        try:
            yield writer
        finally:
            writer.close()


def _open(path: Path, rate_hz: float, size: tuple[int, int]) -> cv2.VideoWriter:
    codec = cv2.VideoWriter.fourcc(*_CODECS[path.suffix.lower()])
    with without_opencv_log():
        writer = cv2.VideoWriter(str(path), codec, rate_hz, size)
    if not writer.isOpened():
        width, height = size
        raise BadInput(f"{path}: OpenCV cannot write a video of {width} × {height} there")
    return writer
