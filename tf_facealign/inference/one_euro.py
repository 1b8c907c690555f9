"""Landmarks of a video that neither tremble nor trail: the One-Euro filter.

Reference: Casiez, Roussel, Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input
in Interactive Systems", CHI 2012.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box

MIN_CUTOFF_HZ: Final = 1.0
"""Cut-off frequency of a landmark at rest: lower trembles less and follows a slow start later."""
HZ_PER_SPEED: Final = 7.0
"""How much the cut-off grows with speed, in Hz per face size a second: higher trails less."""
_SPEED_CUTOFF_HZ: Final = 1.0


class OneEuroFilter:
    """Smooths the landmarks of one face, a frame at a time.

    Each landmark x has an exponential filter y ← y + (x − y) / (1 + 1 / (2π f Δt)), whose cut-off
    f = min_cutoff_hz + hz_per_speed · |v| grows with the landmark's velocity v, which is itself
    filtered with a cut-off of 1 Hz. Time is in seconds and speed in face sizes a second (the
    longer side of the landmarks' box), so the constants hold at every resolution and frame rate.

    Args:
        min_cutoff_hz: cut-off at rest.
        hz_per_speed: growth of the cut-off with the speed.
    """

    def __init__(
        self, min_cutoff_hz: float = MIN_CUTOFF_HZ, hz_per_speed: float = HZ_PER_SPEED
    ) -> None:
        self._min_cutoff_hz = min_cutoff_hz
        self._hz_per_speed = hz_per_speed
        self._last: tuple[NDArray[np.float64], float] | None = None

    def __call__(self, landmarks_px: ArrayLike, seconds: float) -> NDArray[np.float64]:
        """Smooth the landmarks of the next frame.

        Args:
            landmarks_px: (L, 2), as found in this frame.
            seconds: when it was taken, later than the frame before.

        Returns:
            (L, 2) smoothed; the first frame as it is.

        Raises:
            BadInput: the frame is not later than the one before.
        """
        points = np.array(landmarks_px, np.float64)
        if self._last is None:
            self._smooth_px, self._velocity_px = points, np.zeros_like(points)
        else:
            self._advance(points, seconds)
        self._last = points, seconds
        return self._smooth_px.copy()

    def _advance(self, points: NDArray[np.float64], seconds: float) -> None:
        assert self._last is not None
        last_points, last_seconds = self._last
        step = seconds - last_seconds
        if not step > 0:
            raise BadInput(f"a frame at {seconds} s cannot follow one at {last_seconds} s")
        velocity = (points - last_points) / step
        self._velocity_px = _low_pass(self._velocity_px, velocity, _SPEED_CUTOFF_HZ, step)
        speed = np.linalg.norm(self._velocity_px, axis=-1, keepdims=True) / _face_px(points)
        cutoff_hz = self._min_cutoff_hz + self._hz_per_speed * speed
        self._smooth_px = _low_pass(self._smooth_px, points, cutoff_hz, step)


def _low_pass(
    smooth: NDArray[np.float64],
    value: NDArray[np.float64],
    cutoff_hz: float | NDArray[np.float64],
    step: float,
) -> NDArray[np.float64]:
    return smooth + (value - smooth) / (1 + 1 / (2 * np.pi * cutoff_hz * step))


def _face_px(points: NDArray[np.float64]) -> float:
    """Longer side of the landmarks' box; a shape that has shrunk to a point counts as one pixel."""
    x0, y0, x1, y1 = landmarks_box(points)
    return max(float(x1 - x0), float(y1 - y0), 1.0)
