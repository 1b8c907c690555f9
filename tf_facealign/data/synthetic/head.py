"""The third dimension of a synthetic face: a height field, turned and seen by a camera."""

import numpy as np

from tf_facealign.data.synthetic.anatomy import Anatomy
from tf_facealign.data.synthetic.features import JAW_STEPS, Array, flat_landmarks, outline

CAMERA_DISTANCE = 8.0  # in half face widths
CENTRE = np.array([0.0, 0.42])


class Head:
    """A head in its pose.

    Attributes:
        rim: (K, 2) edge of the unturned face.
        turn: (3, 3) rotation of the head.
        visible_rim: (K, 3) points of the head along the edge that the camera sees, as annotators
            mark it; the first 33 are the face contour from ear to ear.
    """

    def __init__(self, anatomy: Anatomy) -> None:
        self.anatomy = anatomy
        self.turn = _rotation(anatomy)
        self.rim = outline(anatomy)
        offset = self.rim - CENTRE
        self._rim_angle = np.arctan2(offset[:, 1], offset[:, 0])
        self._rim_radius = np.hypot(offset[:, 0], offset[:, 1])
        self.visible_rim = self._march()

    def lift(self, points: Array) -> Array:
        """Flat points (..., 2) → points on the surface of the head (..., 3)."""
        offset = points - CENTRE
        angle = np.arctan2(offset[..., 1], offset[..., 0])
        radius = np.interp(angle, self._rim_angle, self._rim_radius, period=2 * np.pi)
        distance = np.hypot(offset[..., 0], offset[..., 1]) / radius
        height = _height(self.anatomy, points[..., 0], points[..., 1], distance)
        return np.concatenate([points, height[..., None]], axis=-1)

    def project(self, points: Array) -> Array:
        """Points of the head (..., 3) → the picture plane (..., 2), in half face widths, y down."""
        turned = points @ self.turn.T
        return turned[..., :2] * (CAMERA_DISTANCE / (CAMERA_DISTANCE - turned[..., 2:]))

    def landmarks(self) -> dict[str, Array]:
        """Every named landmark of every scheme, on the head: name → (3,)."""
        flat = flat_landmarks(self.anatomy)
        named = dict(zip(flat, self.lift(np.array(list(flat.values()))), strict=True))
        named["chin"] = self.visible_rim[JAW_STEPS // 2]
        for number in range(JAW_STEPS // 2):
            named[f"image_left_contour_{number:02d}"] = self.visible_rim[number]
            named[f"image_right_contour_{number:02d}"] = self.visible_rim[JAW_STEPS - number]
        return named

    def _march(self) -> Array:
        """Slides each rim point towards the face's centre, to where it is outermost as seen.

        Reference: "landmark marching", Zhu et al., CVPR 2015.
        """
        inward = np.linspace(1.0, 0.5, 31)[None, :, None]
        candidates = self.lift(CENTRE + inward * (self.rim - CENTRE)[:, None, :])
        roll = np.deg2rad(self.anatomy.roll_degrees)
        tilt = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        outward = (self.rim - CENTRE) @ tilt.T
        reach = np.einsum("ksc,kc->ks", self.project(candidates), outward)
        return candidates[np.arange(len(self.rim)), reach.argmax(axis=1)]


def bump(x: Array, y: Array, centre: tuple[float, float], spread: tuple[float, float]) -> Array:
    """A bell of height 1 over flat points."""
    return np.exp(-0.5 * (((x - centre[0]) / spread[0]) ** 2 + ((y - centre[1]) / spread[1]) ** 2))


def _height(anatomy: Anatomy, x: Array, y: Array, distance: Array) -> Array:
    """Z over flat points, whose `distance` from the centre is 1 on the rim."""
    x = np.abs(x)  # the head is symmetric
    rim = 0.45 * np.clip(y / anatomy.chin_y, 0, 1) ** 1.5 + 0.15 * np.clip(-y, 0, 1.3)
    dome = np.sqrt(np.maximum(0.0, 1 - np.minimum(distance, 1.0) ** 3))
    z = rim + (anatomy.face_depth - 0.6 * rim) * dome
    z += _nose_height(anatomy, x, y)
    z -= 0.1 * bump(x, y, (anatomy.eye_spacing - 0.04, 0.0), (0.19, 0.12))
    z += 0.04 * bump(x, y, (anatomy.eye_spacing, -anatomy.brow_height), (0.25, 0.08))
    z += 0.05 * bump(x, y, (0.58, 0.4), (0.2, 0.2))
    z += 0.06 * bump(x, y, (0.0, anatomy.mouth_y), (0.26, 0.14))
    z -= 0.05 * bump(x, y, (0.0, anatomy.mouth_y + 0.24), (0.25, 0.06))
    return z + 0.05 * bump(x, y, (0.0, anatomy.chin_y - 0.16), (0.2, 0.12))


def _nose_height(anatomy: Anatomy, x: Array, y: Array) -> Array:
    down = np.clip((y + 0.12) / (anatomy.nose_length + 0.12), 0, 1)
    begins = 1 / (1 + np.exp(np.clip(-(y + 0.05) / 0.05, -30, 30)))
    ends = 1 / (1 + np.exp(np.clip((y - anatomy.nose_length - 0.09) / 0.03, -30, 30)))
    wide = 0.085 + 0.3 * anatomy.nose_width * down**2
    ridge = (0.3 + 0.7 * down**1.3) * np.exp(-0.5 * (x / wide) ** 2)
    wings = bump(x, y, (0.7 * anatomy.nose_width, anatomy.nose_length + 0.03), (0.07, 0.08))
    return anatomy.nose_height * ends * (begins * ridge + 0.35 * wings)


def _rotation(anatomy: Anatomy) -> Array:
    """Positive yaw turns the face to the image right, pitch up, roll clockwise as seen."""
    degrees = [anatomy.yaw_degrees, -anatomy.pitch_degrees, anatomy.roll_degrees]
    (cy, cp, cr), (sy, sp, sr) = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw)
