"""A window that shows a video as it is made, with its frames per second."""

import os
import sys
import time
from collections import deque
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput

_QUIT_KEYS: Final = (27, ord("q"))
_FRAMES_TO_TIME: Final = 30


class VideoWindow:
    """A window, open while the block is entered.

    Args:
        title: of the window.

    Raises:
        BadInput: there is no screen, or this OpenCV has no windows.
    """

    def __init__(self, title: str) -> None:
        # Without a screen, Qt would end the whole process.
        screens = ("DISPLAY", "WAYLAND_DISPLAY")
        if sys.platform == "linux" and not any(os.environ.get(screen) for screen in screens):
            raise BadInput("--show: there is no screen to show a window on (DISPLAY is not set)")
        self._title = title
        self._shown_at: deque[float] = deque(maxlen=_FRAMES_TO_TIME)

    def __enter__(self) -> Self:
        """Open the window."""
        try:
            cv2.namedWindow(self._title)
        except cv2.error:
            raise BadInput("--show: this OpenCV has no windows; install opencv-python") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the window."""
        cv2.destroyAllWindows()

    def show(self, image_rgb: NDArray[np.uint8]) -> bool:
        """Show a frame, (H, W, 3) uint8; whether the user wants more.

        Esc, q and closing the window end it.
        """
        image_bgr = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR)
        self._write_rate(image_bgr)
        cv2.imshow(self._title, image_bgr)
        key = cv2.waitKey(1) & 0xFF
        is_open = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        return is_open and key not in _QUIT_KEYS

    def _write_rate(self, image_bgr: NDArray[np.uint8]) -> None:
        """Write the frames per second, over the last 30, into the image's corner."""
        self._shown_at.append(time.monotonic())
        passed = self._shown_at[-1] - self._shown_at[0]
        if passed > 0:
            text = f"{(len(self._shown_at) - 1) / passed:.0f} fps"
            for colour, thickness in ((0, 0, 0), 4), ((255, 255, 255), 1):
                cv2.putText(
                    image_bgr, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, thickness
                )
