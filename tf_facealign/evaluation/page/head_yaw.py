"""Which way a face looks, from six of its landmarks."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.landmark_scheme import LandmarkScheme

HEAD = {
    "nose_tip": (0.0, 0.0, 0.0),
    "chin": (0.0, 330.0, -65.0),
    "image_left_eye_outer_corner": (-225.0, -170.0, -135.0),
    "image_right_eye_outer_corner": (225.0, -170.0, -135.0),
    "image_left_mouth_corner": (-150.0, 150.0, -125.0),
    "image_right_mouth_corner": (150.0, 150.0, -125.0),
}
"""An average head that looks at the camera: x to the image right, y down, z to the camera.

Source: S. Mallick, Head pose estimation using OpenCV and Dlib, learnopencv.com, 2016; its y points
up.
"""


def yaw_degrees(landmarks_px: ArrayLike, scheme: LandmarkScheme) -> NDArray[np.float64] | None:
    """The yaw of each head: 0 looks at the camera, positive to the image right.

    A camera far away sees x = s · R · X + t; the least-squares s · R is fitted to the six points of
    `HEAD`, and the yaw is that of the direction to the camera as the head sees it, so a head that
    is only tilted has none. One head stands for all, so a yaw is right to some degrees.

    Args:
        landmarks_px: (N, L, 2), in any unit with square pixels.
        scheme: what the landmarks are.

    Returns:
        (N,) degrees, -180..180; None if the scheme lacks one of the six points.

    Reference: DeMenthon & Davis, Model-based object pose in 25 lines of code, 1995, the first
    iteration (POS).
    """
    if not set(HEAD) <= set(scheme.landmark_names):
        return None
    chosen = [scheme.landmark_names.index(name) for name in HEAD]
    seen = np.asarray(landmarks_px, np.float64)[:, chosen]
    head = np.array(list(HEAD.values()))
    # (N, 3, 2): the first two rows of each scaled rotation, as columns.
    rows = np.linalg.pinv(head - head.mean(0)) @ (seen - seen.mean(1, keepdims=True))
    camera = np.cross(rows[..., 0], rows[..., 1])
    return np.rad2deg(np.arctan2(-camera[:, 0], camera[:, 2]))
