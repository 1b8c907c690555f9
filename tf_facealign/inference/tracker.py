"""Following faces from frame to frame by their landmarks; the detector only finds them."""

import dataclasses
from collections.abc import Sequence
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.face_detector import SAME_FACE, Detector, HaarDetector, overlap
from tf_facealign.inference.mirror_check import mirror_disagreement
from tf_facealign.inference.one_euro import OneEuroFilter

# Measured by benchmarks/tracking.py: see docs/results/tracking.json and docs/video.md.
LOST_ABOVE: Final = 0.035
"""Mean distance, in face sizes, of the landmarks from those of the mirrored crop on a lost face."""
CHECK_EVERY: Final = 5
"""Frames from one such check of a face to the next: each is one more run of the model."""
DETECT_EVERY_SECONDS: Final = 1.0
"""While all faces are followed, how often the detector looks for new ones."""


class TrackedFace(NamedTuple):
    """A face of a video.

    Attributes:
        track: 1 for the first face that was followed, 2 for the next; a face that was lost and is
            found again has a new number.
        face: where it is in this frame; `score` is the detector's when it was found.
    """

    track: int
    face: Face


@dataclasses.dataclass
class _Track:
    number: int
    score: float
    box_px: NDArray[np.float64]
    smooth: OneEuroFilter
    frames: int = 0


_Followed = tuple[_Track, Face]


class FaceTracker:
    """Finds the faces of a video. Not for several threads at once.

    The crop of the next frame follows from the landmarks of the last. Now and then the model also
    sees the crop mirrored: on a face it finds the same landmarks, elsewhere others (`LOST_ABOVE`).
    The detector runs when no face is followed, when one was just lost, and once a second.

    Args:
        aligner: the model.
        detector: what finds the faces; by default a `HaarDetector`.
        smoothing: whether the landmarks go through a `OneEuroFilter`.

    Example:
        >>> tracker = FaceTracker(FaceAligner.load("300w.tflite"))  # doctest: +SKIP
        >>> for frame in VideoSource("talk.mp4"):  # doctest: +SKIP
        ...     for track, face in tracker(frame.image_rgb, frame.seconds):
        ...         print(track, face.landmarks_px)
    """

    def __init__(
        self, aligner: FaceAligner, detector: Detector | None = None, smoothing: bool = True
    ) -> None:
        self._aligner = aligner
        self._detector = detector or HaarDetector()
        self._smoothing = smoothing
        self._numbers = count(1)
        self._tracks: list[_Track] = []
        self._detected_at = -np.inf
        self._seconds = -np.inf

    def __call__(self, image_rgb: NDArray[np.uint8], seconds: float) -> list[TrackedFace]:
        """Find the faces in the next frame.

        Args:
            image_rgb: (H, W, 3) uint8.
            seconds: when it was taken, later than the frame before.

        Returns:
            The faces, those followed for longest first; none is an empty list.

        Raises:
            BadInput: the frame is malformed or not later than the one before.
        """
        if not seconds > self._seconds:
            raise BadInput(f"a frame at {seconds} s cannot follow one at {self._seconds} s")
        self._seconds = seconds
        followed = self._follow(image_rgb, self._tracks, [])
        is_lost = len(followed) < len(self._tracks)
        if is_lost or not followed or seconds - self._detected_at >= DETECT_EVERY_SECONDS:
            followed += self._find(image_rgb, followed)
            self._detected_at = seconds
        self._tracks = [track for track, _ in followed]
        return [self._report(track, face, seconds) for track, face in followed]

    def _follow(
        self, image_rgb: NDArray[np.uint8], tracks: Sequence[_Track], others: Sequence[_Followed]
    ) -> list[_Followed]:
        """Those of the tracks, each with its face, that are not lost and not on another's face."""
        faces = self._aligner(image_rgb, [track.box_px for track in tracks])
        due = [index for index, track in enumerate(tracks) if track.frames % CHECK_EVERY == 0]
        found = mirror_disagreement(self._aligner, image_rgb, [faces[index] for index in due])
        lost = {index for index, value in zip(due, found, strict=True) if value > LOST_ABOVE}
        followed: list[_Followed] = []
        for index, (track, face) in enumerate(zip(tracks, faces, strict=True)):
            box = landmarks_box(face.landmarks_px)
            if (
                index not in lost
                and _is_new(box, [*others, *followed])
                and _can_be_cut(box, image_rgb)
            ):
                track.box_px, track.frames = box, track.frames + 1
                followed.append((track, face))
        return followed

    def _find(self, image_rgb: NDArray[np.uint8], followed: Sequence[_Followed]) -> list[_Followed]:
        """Tracks of faces that the detector finds and nobody follows yet."""
        boxes, scores = self._detector(image_rgb)
        is_new = [_is_new(box, followed) for box in boxes]
        # A detector's box is rough: the box of the landmarks found in it is what the check expects.
        faces = self._aligner(image_rgb, boxes[is_new])
        starts = []
        for face, score in zip(faces, scores[is_new], strict=True):
            box = landmarks_box(face.landmarks_px)
            if _can_be_cut(box, image_rgb):
                starts.append(_Track(0, float(score), box, OneEuroFilter()))
        found = self._follow(image_rgb, starts, followed)
        for track, _ in found:
            track.number = next(self._numbers)
        return found

    def _report(self, track: _Track, face: Face, seconds: float) -> TrackedFace:
        landmarks = face.landmarks_px
        if self._smoothing:
            landmarks = track.smooth(landmarks, seconds)
        face = dataclasses.replace(face, landmarks_px=landmarks, score=track.score)
        return TrackedFace(track.number, face)


def _is_new(box_px: NDArray[np.float64], followed: Sequence[_Followed]) -> bool:
    return all(overlap(box_px, track.box_px) < SAME_FACE for track, _ in followed)


def _can_be_cut(box_px: NDArray[np.float64], image_rgb: NDArray[np.uint8]) -> bool:
    """Whether the box has an area, and its centre lies in the image."""
    height, width = image_rgb.shape[:2]
    x, y = (box_px[:2] + box_px[2:]) / 2
    return bool((box_px[2:] - box_px[:2] >= 1).all() and -0.5 <= x < width and -0.5 <= y < height)
