"""Frames of a video file or a camera."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.inference.opencv_log import without_opencv_log

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv")
_USUAL_RATE_HZ: Final = 30.0
_LONGEST_STEP_SECONDS: Final = 1.0
# The number of frames that a file states is an estimate in some formats.
_FRAMES_TO_EXPECT: Final = 0.95


class Frame(NamedTuple):
    """A frame of a video.

    Attributes:
        number: 0 for the first.
        seconds: since the first frame; grows from frame to frame.
        image_rgb: (H, W, 3) uint8, turned upright where the file says how.
    """

    number: int
    seconds: float
    image_rgb: NDArray[np.uint8]


class VideoSource:
    """The frames of a video file or a camera, once.

    Args:
        source: a file's path, or the index of a camera: 0 is the first one.

    Attributes:
        name: the file, or `camera 0`.
        rate_hz: frames a second, as the file or the camera states it; 30 if it does not.
        num_frames: how many the file states, 0 if it or a camera does not.
        is_camera: whether its frames come as time passes.

    Raises:
        BadInput: there is no such file or camera, or the file is no video that OpenCV can decode.
    """

    def __init__(self, source: str | Path | int) -> None:
        self.is_camera = isinstance(source, int)
        self.name = f"camera {source}" if self.is_camera else str(source)
        self._capture = _open(source, self.name)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.rate_hz = float(rate) if 1 <= rate <= 1000 else _USUAL_RATE_HZ
        stated = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.num_frames = 0 if self.is_camera else max(0, int(stated))

    def __iter__(self) -> Iterator[Frame]:
        """The frames in their order.

        Raises:
            BadInput: there is none, or the file ends long before the number of frames it states.
        """
        index, seconds, last_clock = 0, 0.0, 0.0
        try:
            while (image_bgr := self._capture.read()[1]) is not None:
                clock = self._clock()
                if index:
                    seconds += self._step(clock - last_clock)
                last_clock = clock
                yield Frame(index, seconds, cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB))
                index += 1
        finally:
            self._capture.release()
        if index == 0:
            raise BadInput(f"{self.name}: gives no frames")
        if index < _FRAMES_TO_EXPECT * self.num_frames:
            raise BadInput(
                f"{self.name}: damaged or cut short: {index} of {self.num_frames} frames readable"
            )

    def _clock(self) -> float:
        if self.is_camera:
            return time.monotonic()
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000

    def _step(self, seconds: float) -> float:
        """The time from frame to frame; files that were cut or joined can jump, also backwards."""
        return seconds if 0 < seconds <= _LONGEST_STEP_SECONDS else 1 / self.rate_hz


def video_source(text: str) -> str | int | None:
    """What an argument of the command line names: a video file, a camera's index, or neither."""
    if text.isdecimal() and not Path(text).exists():
        return int(text)
    return text if Path(text).suffix.lower() in VIDEO_SUFFIXES else None


def _open(source: str | Path | int, name: str) -> cv2.VideoCapture:
    if not isinstance(source, int):
        _check_readable(Path(source))
    with without_opencv_log():
        capture = cv2.VideoCapture(source if isinstance(source, int) else str(source))
    if not capture.isOpened():
        fault = "cannot be opened" if isinstance(source, int) else "not a video OpenCV can decode"
        raise BadInput(f"{name}: {fault}")
    return capture


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadInput(f"{path}: cannot read the video ({error.strerror})") from None
