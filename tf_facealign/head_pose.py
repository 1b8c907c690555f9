"""Which way a head is turned, from six of its landmarks."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LEFT, RIGHT, LandmarkScheme

HEAD: Final = {
    "nose_tip": (0.0, 0.0, 0.0),
    "chin": (0.0, 82.8, 32.1),
    f"{LEFT}eye_outer_corner": (-44.5, -37.9, 43.0),
    f"{RIGHT}eye_outer_corner": (44.5, -37.9, 43.0),
    f"{LEFT}mouth_corner": (-24.6, 32.2, 31.9),
    f"{RIGHT}mouth_corner": (24.6, 32.2, 31.9),
}
"""An average head that looks at the camera, mm: x to the image right, y down, z away from it.

Source: MediaPipe's canonical face model (canonical_face_model.obj, vertices 1, 152, 33, 263, 61 and
291), from the tip of the nose; there y points up and z to the camera, in cm.
"""

_DISTANCE: Final = 5.0
"""How far away the camera is taken to be, in sizes of the face: an arm's length and more."""

_TINY: Final = 1e-9


class HeadPose(NamedTuple):
    """How a head is turned, in degrees; all are 0 for one that faces the camera upright.

    The head is first turned by the yaw, then nods by the pitch, then is tilted by the roll, so a
    picture that is rotated as a whole changes the roll alone.

    Attributes:
        yaw: positive towards the image right.
        pitch: positive upwards.
        roll: positive clockwise as seen, like every angle of this project.
    """

    yaw: float
    pitch: float
    roll: float


def head_pose(landmarks_px: ArrayLike, scheme: LandmarkScheme) -> HeadPose:
    """Fit the average head to a face.

    No camera is known, so the one assumed looks at the middle of the face, from five sizes of the
    face away: the pose is that with respect to the line of sight, wherever in the picture the face
    is and however it was cropped. One head stands for all, so angles are right to some degrees.

    Args:
        landmarks_px: (L, 2), (x, y) in any unit with square pixels.
        scheme: what the L landmarks are.

    Raises:
        BadInput: the scheme lacks one of the six landmarks, or all six lie on one line.
    """
    rotation = head_rotation(landmarks_px, scheme)
    to_camera = -rotation[2]  # the direction to the camera, as the head sees it
    yaw = np.arctan2(-to_camera[0], -to_camera[2])
    pitch = np.arctan2(to_camera[1], np.hypot(to_camera[0], to_camera[2]))
    roll = np.arctan2(-rotation[0, 1], rotation[1, 1])
    return HeadPose(*np.rad2deg([yaw, pitch, roll]).tolist())


def head_rotation(landmarks_px: ArrayLike, scheme: LandmarkScheme) -> NDArray[np.float64]:
    """The rotation (3, 3) from the axes of `HEAD` to those of the camera, which are alike.

    Raises:
        BadInput: as `head_pose`.
    """
    missing = [name for name in HEAD if name not in scheme.landmark_names]
    if missing:
        raise BadInput(f"scheme {scheme.name!r} has no {', no '.join(missing)}: no head pose")
    seen = np.asarray(landmarks_px, np.float64)[
        [scheme.landmark_names.index(name) for name in HEAD]
    ]
    seen = seen - seen.mean(0)
    size = np.sqrt(np.square(seen).sum(1).mean())
    camera = np.diag([_DISTANCE, _DISTANCE, 1.0])
    try:
        _, rotation_vector, _ = cv2.solvePnP(
            np.array(list(HEAD.values())),
            seen / max(size, _TINY),
            camera,
            None,
            flags=cv2.SOLVEPNP_SQPNP,
        )
    except cv2.error:
        raise BadInput("the landmarks lie at one place or on a line: no head pose") from None
    return np.asarray(cv2.Rodrigues(rotation_vector)[0])
