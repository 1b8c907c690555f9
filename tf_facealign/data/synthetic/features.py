"""The flat features of a synthetic face: its landmarks lie on the very curves that are drawn.

Head coordinates, in half face widths: x to the image right, y down, z towards the camera; the eyes
are at y = 0, the ears at x = ±1, z = 0. Everything here is flat, (x, y) of the unturned face;
`head` adds the third dimension. A side is -1 (image left) or 1 (image right).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.synthetic.anatomy import Anatomy

Array = NDArray[np.float64]

SIDES = {"image_left_": -1, "image_right_": 1}
JAW_STEPS = 32
FOREHEAD_STEPS = 28
_ALONG = np.linspace(0.0, 1.0, 13)
_ACROSS = np.linspace(-1.0, 1.0, 31)
_INNER = 0.88  # where the inner mouth corners are, between the outer ones
_OPEN = 0.34  # how far a fully open mouth opens


def outline(anatomy: Anatomy) -> Array:
    """The edge of the unturned face: 33 points of the jaw from the image left, then the forehead.

    The first point is not repeated at the end.
    """
    angle = np.linspace(0, np.pi, FOREHEAD_STEPS + 1)[1:-1]
    height = -anatomy.forehead_height * np.sin(angle) ** 0.9
    return np.concatenate([_jaw_line(anatomy), np.stack([np.cos(angle), height], axis=-1)])


def _jaw_line(anatomy: Anatomy) -> Array:
    angle = np.linspace(0, np.pi, 121)
    sine, cosine = np.sin(angle), np.cos(angle)
    power = anatomy.jaw_power  # of a superellipse: 2 is an ellipse, more is squarer
    radius = (sine**power + np.abs(cosine) ** power) ** (-1 / power)
    x = -cosine * radius * (1 - anatomy.jaw_taper * (sine * radius) ** 2)
    return _evenly(np.stack([x, anatomy.chin_y * sine * radius], axis=-1), JAW_STEPS)


def _evenly(curve: Array, steps: int) -> Array:
    """Resamples a polyline at equal distances along it."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    at = np.linspace(0, length[-1], steps + 1)
    return np.stack([np.interp(at, length, curve[:, axis]) for axis in (0, 1)], axis=-1)


def eyelid(anatomy: Anatomy, side: int, upper: bool, along: Array) -> Array:
    """A lid, (N, 2); `along` is 0 at the outer and 1 at the inner corner."""
    x = side * (anatomy.eye_spacing + anatomy.eye_half_width * (1 - 2 * along))
    corners = anatomy.eye_tilt * (2 * along - 1)
    arch = 4 * along * (1 - along)
    lower = corners + 0.45 * anatomy.eye_height * arch
    if not upper:
        return np.stack([x, lower], axis=-1)
    # The upper lid is highest a little towards the nose.
    raised = corners - anatomy.eye_height * arch**0.8 * (0.87 + 0.25 * along)
    return np.stack([x, lower + anatomy.openness(side) * (raised - lower)], axis=-1)


def pupil(anatomy: Anatomy, side: int) -> Array:
    """The centre of the pupil, (2,); behind closed lids it is marked where they meet."""
    upper, lower = (eyelid(anatomy, side, lid, np.array([0.5]))[0] for lid in (True, False))
    reach = np.array([0.4 * anatomy.eye_half_width, 0.25 * anatomy.eye_height])
    gaze = np.array(anatomy.gaze) * reach * min(anatomy.openness(side), 1.0)
    return np.asarray(0.5 * (upper + lower) + gaze)


def brow(anatomy: Anatomy, side: int, upper: bool, along: Array) -> Array:
    """An edge of the eyebrow, (N, 2); `along` is 0 at the outer tip and 1 at the inner end."""
    x = side * (anatomy.eye_spacing + 0.29 - along * 0.55)
    raised = anatomy.brow_raise * (1.2 - 0.4 * along) + anatomy.brow_arch * 4 * along * (1 - along)
    middle = -anatomy.brow_height - raised + 0.1 * (1 - along) ** 3 + 0.02 * anatomy.smile * along
    half = 0.5 * anatomy.brow_thickness * np.minimum(1.0, (2.2 * along) ** 0.8)
    return np.stack([x, middle - half if upper else middle + half], axis=-1)


def upper_lip_top(anatomy: Anatomy, across: Array) -> Array:
    """The upper edge of the upper lip, (N, 2); `across` is -1 and 1 at the mouth corners."""
    bow = (1 - np.abs(across) ** 1.5) * (1 - 0.22 * np.exp(-((across / 0.13) ** 2)))
    height = -0.95 * anatomy.lip_thickness * bow - 0.2 * _gap(anatomy, across)
    return _mouth_curve(anatomy, across, height)


def upper_lip_bottom(anatomy: Anatomy, across: Array) -> Array:
    """The lower edge of the upper lip, (N, 2)."""
    return _mouth_curve(anatomy, across, -0.2 * _gap(anatomy, across))


def lower_lip_top(anatomy: Anatomy, across: Array) -> Array:
    """The upper edge of the lower lip, (N, 2); in a closed mouth it lies on the upper lip."""
    return _mouth_curve(anatomy, across, 0.8 * _gap(anatomy, across))


def lower_lip_bottom(anatomy: Anatomy, across: Array) -> Array:
    """The lower edge of the lower lip, (N, 2)."""
    fullness = np.maximum(0.0, 1 - across**2) ** 0.75
    height = (1.3 * anatomy.lip_thickness + 0.8 * _OPEN * anatomy.mouth_open) * fullness
    return _mouth_curve(anatomy, across, height)


def _mouth_curve(anatomy: Anatomy, across: Array, height: Array) -> Array:
    """Points between the mouth corners, at a height above (-) or below the line of the lips."""
    stretch = 1 + 0.18 * anatomy.smile - 0.12 * anatomy.mouth_open
    line = anatomy.mouth_y - 0.09 * anatomy.smile * across**2
    return np.stack([anatomy.mouth_half_width * stretch * across, line + height], axis=-1)


def _gap(anatomy: Anatomy, across: Array) -> Array:
    return _OPEN * anatomy.mouth_open * np.maximum(0.0, 1 - (across / _INNER) ** 2) ** 0.7


def flat_landmarks(anatomy: Anatomy) -> dict[str, Array]:
    """Every named point of every scheme but the contour's: name → (2,)."""
    points = _middle_points(anatomy)
    for prefix, side in SIDES.items():
        found = (
            _eye_points(anatomy, side) | _brow_points(anatomy, side) | _side_points(anatomy, side)
        )
        points |= {prefix + name: point for name, point in found.items()}
    return points


def _middle_points(anatomy: Anatomy) -> dict[str, Array]:
    top, length, middle = 0.02, anatomy.nose_length, np.zeros(1)
    lips = {
        "upper_lip_top": upper_lip_top(anatomy, middle)[0],
        "upper_lip_bottom": upper_lip_bottom(anatomy, middle)[0],
        "lower_lip_top": lower_lip_top(anatomy, middle)[0],
        "lower_lip_bottom": lower_lip_bottom(anatomy, middle)[0],
    }
    return lips | {
        "mouth_middle": (lips["upper_lip_bottom"] + lips["lower_lip_top"]) / 2,
        "nose_bridge_top": np.array([0.0, top]),
        "nose_bridge_upper": np.array([0.0, top + (length - top) / 3]),
        "nose_bridge_lower": np.array([0.0, top + (length - top) * 2 / 3]),
        "nose_tip": np.array([0.0, length]),
        "nose_bottom": np.array([0.0, anatomy.nose_bottom_y]),
    }


def _eye_points(anatomy: Anatomy, side: int) -> dict[str, Array]:
    points = {}
    for lid, upper in (("upper", True), ("lower", False)):
        curve = eyelid(anatomy, side, upper, np.array([0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1]))
        points["eye_outer_corner"], points["eye_inner_corner"] = curve[0], curve[-1]
        points[f"eye_{lid}_outer_quarter"], points[f"eye_{lid}_outer_third"] = curve[1:3]
        points[f"eye_{lid}_middle"] = curve[3]
        points[f"eye_{lid}_inner_third"], points[f"eye_{lid}_inner_quarter"] = curve[4:6]
    return points | {"pupil": pupil(anatomy, side)}


def _brow_points(anatomy: Anatomy, side: int) -> dict[str, Array]:
    top = brow(anatomy, side, True, np.linspace(0, 1, 5))
    bottom = brow(anatomy, side, False, np.linspace(0, 1, 5))
    return {
        "brow_outer": top[0],
        "brow_upper_outer": top[1],
        "brow_upper_middle": top[2],
        "brow_upper_inner": top[3],
        "brow_inner": top[4],
        "brow_inner_lower": bottom[4],
        "brow_lower_inner": bottom[3],
        "brow_lower_middle": bottom[2],
        "brow_lower_outer": bottom[1],
        "brow_middle": (top[2] + bottom[2]) / 2,
    }


def _side_points(anatomy: Anatomy, side: int) -> dict[str, Array]:
    width, bottom = anatomy.nose_width, anatomy.nose_bottom_y

    def at(curve: Callable[[Anatomy, Array], Array], *across: float) -> list[Array]:
        return list(curve(anatomy, side * np.array(across)))

    points = {
        "nose_side": np.array([side * width, anatomy.nose_length + 0.03]),
        "nostril_outer": np.array([side * 0.85 * width, bottom - 0.03]),
        "nostril_inner": np.array([side * 0.42 * width, bottom - 0.005]),
    }
    names = ("mouth_corner", "upper_lip_slope", "upper_lip_peak")
    points |= zip(names, at(upper_lip_top, 1.0, 0.6, 0.24), strict=True)
    inner_names = ("inner_mouth_corner", "upper_lip_underside")
    points |= zip(inner_names, at(upper_lip_bottom, _INNER, 0.44), strict=True)
    points |= zip(
        ("lower_lip_edge", "lower_lip_slope"), at(lower_lip_bottom, 0.72, 0.36), strict=True
    )
    return points | {"lower_lip_ridge": at(lower_lip_top, 0.44)[0]}


def flat_curves(anatomy: Anatomy) -> dict[str, Array]:
    """Every line the painter draws on the face: name → (N, 2)."""
    curves = _mouth_curves(anatomy)
    for prefix, side in SIDES.items():
        found = _eye_curves(anatomy, side) | _nose_curves(anatomy, side)
        curves |= {prefix + name: curve for name, curve in found.items()}
    return curves


def _mouth_curves(anatomy: Anatomy) -> dict[str, Array]:
    seam = upper_lip_bottom(anatomy, _ACROSS)
    under, over = (
        upper_lip_bottom(anatomy, _INNER * _ACROSS),
        lower_lip_top(anatomy, _INNER * _ACROSS),
    )
    teeth, tongue = under * [0.92, 1.0], lower_lip_top(anatomy, 0.5 * _ACROSS)
    bite = 0.05 + 0.05 * anatomy.mouth_open
    top, bottom = upper_lip_top(anatomy, _ACROSS), lower_lip_bottom(anatomy, _ACROSS)
    return {
        "lips": _loop(top, bottom),
        "upper_lip": _loop(top, seam),
        "seam": seam,
        "lip_shine": lower_lip_bottom(anatomy, 0.5 * _ACROSS) - [0, 0.55 * anatomy.lip_thickness],
        "mouth_opening": _loop(under, over),
        "teeth": _loop(teeth - [0, 0.03], teeth + np.array([0, bite])),
        "tongue": _loop(tongue, tongue + np.array([0, 0.1])),
    }


def _eye_curves(anatomy: Anatomy, side: int) -> dict[str, Array]:
    upper, lower = (eyelid(anatomy, side, lid, _ALONG) for lid in (True, False))
    return {
        "upper_lid": upper,
        "lower_lid": lower,
        "eye_opening": _loop(upper, lower),
        "pupil": pupil(anatomy, side)[None],
        "lid_crease": upper[1:-1] - [0, 0.05 + 0.2 * max(0, anatomy.brow_raise)],
        "brow": _loop(*(brow(anatomy, side, upper, _ALONG) for upper in (True, False))),
    }


def _nose_curves(anatomy: Anatomy, side: int) -> dict[str, Array]:
    width, tip, bottom = anatomy.nose_width, anatomy.nose_length, anatomy.nose_bottom_y
    wing = [[0.78, tip - 0.06], [1.0, tip + 0.03], [0.98, tip + 0.09], [0.85, bottom - 0.03]]
    under = [[0.85, bottom - 0.03], [0.42, bottom - 0.005], [0.0, bottom]]
    fold = [[1.15 * width, tip + 0.05], [0.36, bottom + 0.05], [0.44, anatomy.mouth_y - 0.08]]
    return {
        "nose_wing": np.array(wing) * [side * width, 1],
        "nose_underside": np.array(under) * [side * width, 1],
        "nostril": np.array([[side * 0.5 * width, bottom - 0.05]]),
        "cheek_fold": np.array(fold) * [side, 1],
    }


def _loop(there: Array, back: Array) -> Array:
    return np.concatenate([there, back[::-1]])
