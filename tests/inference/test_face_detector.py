"""Haar boxes that stand in for landmark boxes."""

import os
from pathlib import Path

import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.inference.box_calibration import BoxCalibration
from tf_facealign.inference.face_detector import HaarDetector, _in_image

DATA = os.environ.get("FACEALIGN_DATA")


def test_haar_square_becomes_a_landmark_box_in_the_large_image():
    # Square 100..200 across, 50..150 down in an image shrunk by 2. In edge coordinates of the
    # large image: centre (300, 2 * (100 + 15.4)), size 2 * (86.9, 84.9). Ours are half a pixel
    # less.
    square = _in_image(np.array([[100.0, 50, 100, 100]]), np.array([2.0, 2.0]))
    box = BoxCalibration(0.154, (0.869, 0.849)).boxes(square[:, :2], square[:, 2:])
    center, half = np.array([300, 230.8]), np.array([86.9, 84.9])
    np.testing.assert_allclose(box, [[*(center - half - 0.5), *(center + half - 0.5)]])


@pytest.mark.parametrize("size", [(1, 1), (10, 2000), (40, 40), (500, 700)])
def test_nothing_in_a_blank_image(size):
    boxes, scores = HaarDetector()(np.full((*size, 3), 128, np.uint8))
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_refuses_what_is_no_image():
    with pytest.raises(BadInput, match="image"):
        HaarDetector()(np.zeros((5, 5), np.uint8))


@pytest.mark.dataset
@pytest.mark.skipif(DATA is None, reason="FACEALIGN_DATA names no folder of datasets")
def test_finds_the_landmark_box_of_real_faces():
    from tf_facealign.data.pts_file import read_pts
    from tf_facealign.face_crop import landmarks_box
    from tf_facealign.images import read_image

    detector, overlaps = HaarDetector(), []
    paths = sorted(Path(DATA or "", "300w/lfpw/trainset").glob("*.pts"))[::20]
    for path in paths:
        boxes, scores = detector(read_image(path.with_suffix(".jpg")))
        assert (np.diff(scores) <= 0).all()
        truth = landmarks_box(read_pts(path))
        overlaps.append(max((overlap(box, truth) for box in boxes), default=0.0))
    assert len(overlaps) >= 40
    assert np.mean(np.array(overlaps) > 0.5) > 0.9
    assert np.median(overlaps) > 0.75


def overlap(a, b):
    """Intersection over union."""
    both = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both)
