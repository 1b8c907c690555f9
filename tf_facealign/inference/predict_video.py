"""Predicting over a video or a camera: what `facealign predict` does with one."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign.errors import BadInput, Interrupted
from tf_facealign.files import replacing
from tf_facealign.inference.drawings import draw_faces
from tf_facealign.inference.predict_files import STANDARD, face_to_json
from tf_facealign.inference.tracker import FaceTracker, TrackedFace
from tf_facealign.inference.video_source import Frame, VideoSource
from tf_facealign.inference.video_window import VideoWindow
from tf_facealign.inference.video_writer import video_writer
from tf_facealign.stop_signals import StopSignals

_Output = Callable[[Frame, Sequence[TrackedFace]], bool]
"""Takes a frame with its faces; whether more are wanted."""


def predict_video(
    source: VideoSource,
    tracker: FaceTracker,
    json_path: str | Path | None = None,
    draw_path: str | Path | None = None,
    show: bool = False,
) -> None:
    """Follow the faces of a video; call it from the main thread.

    A frame is a line of JSON: {"frame", "seconds", "faces": [{"track", "box_px", "score",
    "landmarks_px", "head_pose_degrees"}]}, with coordinates in pixels of the frame.

    Args:
        source: the video.
        tracker: finds its faces.
        json_path: the file for the lines; `-` prints them.
        draw_path: the video file for the drawings, see `video_writer`.
        show: whether to open a window, which ends the work when it is closed.

    Raises:
        BadInput: an output cannot be written, or the video is damaged; what was read of it is done.
        Interrupted: by Ctrl-C or SIGTERM; the outputs then have the frames done before.
    """
    fault, done = None, 0
    with StopSignals() as signals, ExitStack() as stack:
        outputs = [
            stack.enter_context(output) for output in _outputs(source, json_path, draw_path, show)
        ]
        total = source.num_frames or None
        try:
            for frame in tqdm(source, source.name, total, unit=" frames", disable=None):
                faces = tracker(frame.image_rgb, frame.seconds)
                wanted = [output(frame, faces) for output in outputs]
                done += 1
                if signals.received or not all(wanted):
                    break
        except BadInput as error:
            if not done:
                raise
            fault = error
    if fault:
        raise fault
    if signals.received:
        raise Interrupted(f"{source.name}: interrupted after {done} frames", signals.received)


def _outputs(
    source: VideoSource, json_path: str | Path | None, draw_path: str | Path | None, show: bool
) -> Iterator[AbstractContextManager[_Output]]:
    if json_path is not None:
        yield _json_lines(json_path)
    if draw_path is not None:
        if Path(draw_path).resolve() == Path(source.name).resolve():
            raise BadInput(f"{draw_path}: the drawing would overwrite the video")
        yield _drawing(draw_path, source.rate_hz)
    if show:
        yield _window(source.name)


@contextmanager
def _json_lines(path: str | Path) -> Iterator[_Output]:
    def write(frame: Frame, faces: Sequence[TrackedFace]) -> bool:
        print(_to_json(frame, faces), file=file, flush=True)
        return True

    if Path(path) == STANDARD:
        file = sys.stdout
        yield write
    else:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
            yield write


def _to_json(frame: Frame, faces: Sequence[TrackedFace]) -> str:
    entries = [{"track": track, **face_to_json(face)} for track, face in faces]
    record = {"frame": frame.number, "seconds": round(frame.seconds, 4), "faces": entries}
    return json.dumps(record, allow_nan=False)


@contextmanager
def _drawing(path: str | Path, rate_hz: float) -> Iterator[_Output]:
    with video_writer(path, rate_hz) as writer:

        def write(frame: Frame, faces: Sequence[TrackedFace]) -> bool:
            writer.write(_drawn(frame, faces), frame.seconds)
            return True

        yield write


@contextmanager
def _window(title: str) -> Iterator[_Output]:
    with VideoWindow(title) as window:
        yield lambda frame, faces: window.show(_drawn(frame, faces))


def _drawn(frame: Frame, faces: Sequence[TrackedFace]) -> NDArray[np.uint8]:
    return draw_faces(frame.image_rgb, [face for _, face in faces])
