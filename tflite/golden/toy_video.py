"""A video that is two bright discs, and a model that finds discs: the tracker without a network.

All of it is whole numbers but the last steps, a division and a root, so that another language
repeats it exactly.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.tracker import FaceTracker
from tf_facealign.model_spec import ModelSpec

HEIGHT, WIDTH, FRAMES, STEP_SECONDS = 120, 160, 56, 0.04
PATTERN = ((-1.0, -0.9), (1.0, -0.9), (0.0, 0.1), (-0.8, 0.9), (0.8, 0.9))
"""The landmarks about the middle of a disc, in its radii."""
DARK = 8
"""Mean brightness of a crop below which the model makes up a shape that is not symmetric."""
SCHEME = {
    "name": "disc",
    "landmarks": [
        *("image_left_eye", "image_right_eye", "nose_tip"),
        *("image_left_mouth_corner", "image_right_mouth_corner"),
    ],
    "normalizers": {"inter_ocular": ["image_left_eye", "image_right_eye"]},
}


def discs(frame: int) -> list[tuple[int, int, int]]:
    """x, y and radius of what is to be seen; one hides for a while, the other comes late."""
    first = [] if 15 <= frame < 20 else [(40 + frame, 40 + frame // 3, 22)]
    second = [(20 + frame // 2, 98, 18)] if 10 <= frame < 48 else []
    return first + second


def draw(frame: int) -> NDArray[np.uint8]:
    """The frame: (120, 160, 3), grey."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    grey = np.zeros((HEIGHT, WIDTH), int)
    for disc_x, disc_y, radius in discs(frame):
        squared = (x - disc_x) ** 2 + (y - disc_y) ** 2
        grey = np.maximum(grey, 220 - squared * 220 // radius**2)
    return np.repeat(grey.astype(np.uint8)[..., None], 3, -1)


def detect(frame: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes and scores of the discs of a frame."""
    boxes = [[x - r, y - r, x + r, y + r] for x, y, r in discs(frame)]
    scores = [0.5 + 0.01 * frame + 0.1 * number for number in range(len(boxes))]
    return np.array(boxes, np.float64).reshape(-1, 4), np.array(scores)


class DiscPredictor:
    """Finds the middle of what is bright; see `tf_facealign.inference.predictors.Predictor`."""

    stages = ("shape_0",)

    def __call__(self, crops: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Crops (K, 112, 112, 3) → shapes (K, 5, 2)."""
        return {"shape_0": np.array([_shape(crop) for crop in crops], np.float32)}


def _shape(crop: NDArray[np.uint8]) -> list[list[float]]:
    light = crop[..., 0].astype(int)
    total, size = int(light.sum()), len(light)
    if total < DARK * size * size:
        return [[0.7 + 0.2 * x, 0.5 + 0.2 * y] for x, y in PATTERN]
    twice = 2 * np.arange(size) + 1
    middle_x = int((light * twice).sum()) / (2 * size * total)
    middle_y = int((light * twice[:, None]).sum()) / (2 * size * total)
    # A disc of brightness 220 in its middle and radius r has the light 220 · π r² / 2.
    radius = math.sqrt(total / 345) / size
    return [[middle_x + radius * x, middle_y + radius * y] for x, y in PATTERN]


def golden() -> dict[str, Any]:
    """What the tracker reports of each frame, and what there was to be seen."""
    aligner = FaceAligner(DiscPredictor(), ModelSpec("disc", SCHEME, 112, (0.1, 0.1, 0.1, 0.1)))
    asked: list[int] = []
    frame = 0

    def detector(image_rgb: NDArray[np.uint8]) -> Any:
        asked.append(frame)
        return detect(frame)

    tracker = FaceTracker(aligner, detector)
    frames = []
    for frame in range(FRAMES):
        found = tracker(draw(frame), frame * STEP_SECONDS)
        boxes, scores = detect(frame)
        frames.append(
            {
                "seconds": frame * STEP_SECONDS,
                "discs": discs(frame),
                "boxes_px": boxes.tolist(),
                "scores": scores.tolist(),
                "asked": frame in asked,
                "faces": [_face(track, face) for track, face in found],
            }
        )
    return {"width": WIDTH, "height": HEIGHT, "pattern": PATTERN, "dark": DARK, "frames": frames}


def _face(track: int, face: Any) -> dict[str, Any]:
    return {
        "track": track,
        "score": face.score,
        "box_px": face.box_px.tolist(),
        "landmarks_px": face.landmarks_px.ravel().tolist(),
    }
