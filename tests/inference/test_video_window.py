"""The window that shows a video as it is predicted; no screen is needed."""

import sys

import cv2
import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.inference.video_window import VideoWindow

SIZE = 96, 128  # height, width


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a screen")
def test_no_screen_to_show_a_window_on(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(BadInput, match="--show: there is no screen"):
        VideoWindow("talk.mp4")


def test_window_shows_the_rate_and_closes(monkeypatch):
    """Only the screen is left out."""
    shown, keys = [], iter([-1, -1, ord("q"), -1])
    visible = iter([1.0, 1.0, 1.0, 0.0])
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(cv2, "namedWindow", lambda title: None)
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: shown.append("closed"))
    monkeypatch.setattr(cv2, "imshow", lambda title, image: shown.append(image))
    monkeypatch.setattr(cv2, "waitKey", lambda delay: next(keys))
    monkeypatch.setattr(cv2, "getWindowProperty", lambda title, name: next(visible))
    black = np.zeros((*SIZE, 3), np.uint8)
    with VideoWindow("talk.mp4") as window:
        assert [window.show(black) for _ in range(4)] == [True, True, False, False]
    assert shown[0].max() == 0  # no rate after one frame
    assert shown[1].max() == 255
    assert black.max() == 0
    assert shown[-1] == "closed"
