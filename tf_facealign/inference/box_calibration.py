"""From what a detector calls a face to the box a model expects.

Models are trained on the tight box of the landmarks (ibug68: brows to chin, ear to ear); a detector
has its own idea of a face. `box_calibration.json` has the scale and shift between the two, measured
on training photos by `benchmarks/detectors.py`, with what made it.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

CALIBRATION_FILE = "box_calibration.json"


@dataclass(frozen=True)
class BoxCalibration:
    """Where the box of the landmarks lies, in units of what was detected.

    Attributes:
        shift_down: of the box's centre, as a share of the detection's size. There is no shift to
            the side: a face has no preferred one.
        size: width and height of the box, as shares of the detection's size.
    """

    shift_down: float
    size: tuple[float, float]

    def boxes(
        self, centers_px: NDArray[np.float64], sizes_px: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Boxes (K, 4), x0 y0 x1 y1 in pixels, of detections.

        Args:
            centers_px: (K, 2), of the detections.
            sizes_px: (K, 1) or (K, 2), of the detections: one size, or that across and that down.
        """
        centers = centers_px + sizes_px * (0.0, self.shift_down)
        half = sizes_px * np.array(self.size) / 2
        return np.concatenate([centers - half, centers + half], axis=1)


def read_calibration(detector: str) -> BoxCalibration:
    """The measured calibration of a detector: `haar` or `five_points`."""
    text = resources.files(__package__).joinpath(CALIBRATION_FILE).read_text("utf-8")
    measured: dict[str, Any] = json.loads(text)[detector]
    return BoxCalibration(measured["shift_down"], tuple(measured["size"]))
