"""dlib's shape predictor: an ensemble of regression trees (Kazemi and Sullivan, 2014).

dlib takes boxes and points in whole pixels. So it gets each face as a chip in which its box is
`BOX` pixels wide: there rounding moves a point by 0.2 percent of the distance of the eyes.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop, geometry
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.evaluation.evaluate import Predict

BOX = 400
MARGIN = 100
"""Of the chip around the box, in pixels: trees also look outside it."""
SIZE = BOX + 2 * MARGIN
RECTANGLE = dlib.rectangle(MARGIN, MARGIN, MARGIN + BOX - 1, MARGIN + BOX - 1)
SETTINGS = {
    "oversampling_amount": 20,
    "nu": 0.1,
    "cascade_depth": 10,
    "num_trees_per_cascade_level": 500,
    "tree_depth": 4,
}


def train(faces: Sequence[FaceSample], file: Path) -> dict[str, Any]:
    """Train on the boxes of the landmarks, and save; returns the settings."""
    options = dlib.shape_predictor_training_options()
    for name, value in SETTINGS.items():
        setattr(options, name, value)
    options.num_threads = len(os.sched_getaffinity(0))
    options.be_verbose = True
    chips, objects = [], []
    for face in faces:
        affine = chip_affine(face.box_px)
        chips.append(chip(face.image_rgb(), affine))
        unit = face_crop.landmarks_to_unit(face.landmarks_px, affine)
        parts = [dlib.point(x, y) for x, y in np.rint(unit * SIZE - 0.5).astype(int).tolist()]
        objects.append([dlib.full_object_detection(RECTANGLE, parts)])
    dlib.train_shape_predictor(chips, objects, options).save(str(file))
    return {"settings": SETTINGS, "cores": options.num_threads}


def load(file: Path) -> Predict:
    """The predictor, as our own are called."""
    predictor = dlib.shape_predictor(str(file))

    def one(image_rgb: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.float64]:
        affine = chip_affine(box)
        parts = predictor(chip(image_rgb, affine), RECTANGLE).parts()
        unit = (np.array([(part.x, part.y) for part in parts]) + 0.5) / SIZE
        return face_crop.landmarks_to_px(unit, affine)

    return lambda image_rgb, boxes: np.stack([one(image_rgb, box) for box in boxes])


def chip_affine(box: NDArray[np.float64]) -> geometry.Affine:
    """Of the square that our networks see, with the margin around it."""
    inner = face_crop.crop_affine(box, face_crop.Padding())
    outer = geometry.scale_and_shift(SIZE / BOX, np.full(2, -MARGIN / BOX))
    return geometry.compose_affines(inner, outer)


def chip(image_rgb: NDArray[np.uint8], affine: geometry.Affine) -> NDArray[np.uint8]:
    """(SIZE, SIZE) grey."""
    return cv2.cvtColor(face_crop.cut(image_rgb, affine, SIZE), cv2.COLOR_RGB2GRAY)
