"""The landmark schemes of the benchmarks: ibug68, wflw98, cofw29 and aflw19.

Contour numbers count 1/32 of the way from ear to ear, as WFLW does; ibug68 has every second of
them.
"""

from collections.abc import Mapping
from typing import Any

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LEFT, RIGHT, LandmarkScheme, scheme_from_names
from tf_facealign.scheme_file import definition_of, read_scheme, scheme_from_definition


def _left(*names: str) -> tuple[str, ...]:
    return tuple(LEFT + name for name in names)


def _right(*names: str) -> tuple[str, ...]:
    """The same points on the other side, in reverse: benchmarks list points left to right."""
    return tuple(RIGHT + name for name in reversed(names))


def _both(*names: str) -> tuple[str, ...]:
    return tuple(side + name for name in names for side in (LEFT, RIGHT))


def _contour(step: int) -> tuple[str, ...]:
    side = tuple(f"contour_{number:02d}" for number in range(0, 16, step))
    return (*_left(*side), "chin", *_right(*side))


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _loop(first: int, last: int) -> tuple[int, ...]:
    return (*range(first, last + 1), first)


_BROW_TOP = (
    "brow_outer",
    "brow_upper_outer",
    "brow_upper_middle",
    "brow_upper_inner",
    "brow_inner",
)
_BROW_BOTTOM = ("brow_inner_lower", "brow_lower_inner", "brow_lower_middle", "brow_lower_outer")
_UPPER_LID_THIRDS = (
    "eye_outer_corner",
    "eye_upper_outer_third",
    "eye_upper_inner_third",
    "eye_inner_corner",
)
_LOWER_LID_THIRDS = ("eye_lower_inner_third", "eye_lower_outer_third")
_UPPER_LID_QUARTERS = (
    "eye_outer_corner",
    "eye_upper_outer_quarter",
    "eye_upper_middle",
    "eye_upper_inner_quarter",
    "eye_inner_corner",
)
_LOWER_LID_QUARTERS = ("eye_lower_inner_quarter", "eye_lower_middle", "eye_lower_outer_quarter")
_NOSE = (
    "nose_bridge_top",
    "nose_bridge_upper",
    "nose_bridge_lower",
    "nose_tip",
    *_left("nostril_outer", "nostril_inner"),
    "nose_bottom",
    *_right("nostril_outer", "nostril_inner"),
)
_MOUTH = (
    *_left("mouth_corner", "upper_lip_slope", "upper_lip_peak"),
    "upper_lip_top",
    *_right("mouth_corner", "upper_lip_slope", "upper_lip_peak"),
    *_right("lower_lip_slope", "lower_lip_edge"),
    "lower_lip_bottom",
    *_left("lower_lip_slope", "lower_lip_edge"),
    *_left("inner_mouth_corner", "upper_lip_underside"),
    "upper_lip_bottom",
    *_right("inner_mouth_corner", "upper_lip_underside"),
    "image_right_lower_lip_ridge",
    "lower_lip_top",
    "image_left_lower_lip_ridge",
)

_IBUG68 = scheme_from_names(
    "ibug68",
    (
        *_contour(step=2),
        *_left(*_BROW_TOP),
        *_right(*_BROW_TOP),
        *_NOSE,
        *_left(*_UPPER_LID_THIRDS, *_LOWER_LID_THIRDS),
        *_right(*_UPPER_LID_THIRDS),
        *_right(*_LOWER_LID_THIRDS),
        *_MOUTH,
    ),
    normalizers={"inter_ocular": ((36,), (45,)), "inter_pupil": (_span(36, 41), _span(42, 47))},
    regions={
        "face_contour": _span(0, 16),
        "image_left_brow": _span(17, 21),
        "image_right_brow": _span(22, 26),
        "nose": _span(27, 35),
        "image_left_eye": _span(36, 41),
        "image_right_eye": _span(42, 47),
        "mouth_outer": _span(48, 59),
        "mouth_inner": _span(60, 67),
    },
    lines=(
        _span(0, 16),
        _span(17, 21),
        _span(22, 26),
        _span(27, 30),
        _span(31, 35),
        _loop(36, 41),
        _loop(42, 47),
        _loop(48, 59),
        _loop(60, 67),
    ),
)

_WFLW98 = scheme_from_names(
    "wflw98",
    (
        *_contour(step=1),
        *_left(*_BROW_TOP, *_BROW_BOTTOM),
        *_right(*_BROW_TOP),
        *_right(*_BROW_BOTTOM),
        *_NOSE,
        *_left(*_UPPER_LID_QUARTERS, *_LOWER_LID_QUARTERS),
        *_right(*_UPPER_LID_QUARTERS),
        *_right(*_LOWER_LID_QUARTERS),
        *_MOUTH,
        *_both("pupil"),
    ),
    normalizers={"inter_ocular": ((60,), (72,)), "inter_pupil": ((96,), (97,))},
    regions={
        "face_contour": _span(0, 32),
        "image_left_brow": _span(33, 41),
        "image_right_brow": _span(42, 50),
        "nose": _span(51, 59),
        "image_left_eye": _span(60, 67),
        "image_right_eye": _span(68, 75),
        "mouth_outer": _span(76, 87),
        "mouth_inner": _span(88, 95),
        "pupils": (96, 97),
    },
    lines=(
        _span(0, 32),
        _loop(33, 41),
        _loop(42, 50),
        _span(51, 54),
        _span(55, 59),
        _loop(60, 67),
        _loop(68, 75),
        _loop(76, 87),
        _loop(88, 95),
    ),
)

_COFW29 = scheme_from_names(
    "cofw29",
    (
        *_both("brow_outer", "brow_inner"),
        *_left("brow_upper_middle", "brow_lower_middle"),
        *_right("brow_lower_middle", "brow_upper_middle"),
        *_both("eye_outer_corner", "eye_inner_corner"),
        *_left("eye_upper_middle", "eye_lower_middle"),
        *_right("eye_lower_middle", "eye_upper_middle"),
        *_both("pupil", "nose_side"),
        *("nose_tip", "nose_bottom"),
        *_both("mouth_corner"),
        *("upper_lip_top", "upper_lip_bottom", "lower_lip_top", "lower_lip_bottom"),
        "chin",
    ),
    normalizers={"inter_ocular": ((8,), (9,)), "inter_pupil": ((16,), (17,))},
    regions={
        "face_contour": (28,),
        "image_left_brow": (0, 4, 2, 5),
        "image_right_brow": (3, 6, 1, 7),
        "nose": (18, 19, 20, 21),
        "image_left_eye": (8, 12, 10, 13),
        "image_right_eye": (11, 14, 9, 15),
        "mouth_outer": (22, 24, 23, 27),
        "mouth_inner": (25, 26),
        "pupils": (16, 17),
    },
    lines=(
        (0, 4, 2, 5, 0),
        (3, 6, 1, 7, 3),
        (8, 12, 10, 13, 8),
        (11, 14, 9, 15, 11),
        (18, 21, 19, 20, 18),
        (22, 24, 23, 27, 22),
        (22, 25, 23, 26, 22),
    ),
)

_AFLW19 = scheme_from_names(
    "aflw19",
    (
        *_left("brow_outer", "brow_middle", "brow_inner"),
        *_right("brow_outer", "brow_middle", "brow_inner"),
        *_left("eye_outer_corner", "pupil", "eye_inner_corner"),
        *_right("eye_outer_corner", "pupil", "eye_inner_corner"),
        *("image_left_nose_side", "nose_tip", "image_right_nose_side"),
        *("image_left_mouth_corner", "mouth_middle", "image_right_mouth_corner"),
        "chin",
    ),
    normalizers={"inter_ocular": ((6,), (11,)), "inter_pupil": ((7,), (10,))},
    regions={
        "face_contour": (18,),
        "image_left_brow": (0, 1, 2),
        "image_right_brow": (3, 4, 5),
        "nose": (12, 13, 14),
        "image_left_eye": (6, 7, 8),
        "image_right_eye": (9, 10, 11),
        "mouth": (15, 16, 17),
    },
    lines=((0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11), (12, 13, 14), (15, 16, 17)),
)

SCHEMES: Mapping[str, LandmarkScheme] = {
    scheme.name: scheme for scheme in (_IBUG68, _WFLW98, _COFW29, _AFLW19)
}


def get_scheme(scheme: str | Mapping[str, Any]) -> LandmarkScheme:
    """Gives a scheme.

    Args:
        scheme: a known one, ibug68, wflw98, cofw29 or aflw19; a file of one's own, *.yaml or *.yml;
            or the definition a model carries (`carried_scheme`).

    Raises:
        BadInput: there is no scheme of that name, or the file or definition is malformed.
    """
    if not isinstance(scheme, str):
        return scheme_from_definition(scheme, "landmark scheme")
    if scheme.endswith((".yaml", ".yml")):
        return read_scheme(scheme)
    if scheme not in SCHEMES:
        raise BadInput(
            f"unknown landmark scheme {scheme!r}; known: {', '.join(SCHEMES)}, or a .yaml file"
        )
    return SCHEMES[scheme]


def carried_scheme(scheme: LandmarkScheme) -> str | dict[str, Any]:
    """What a model carries of its scheme: the name of a known one, or a whole definition."""
    return scheme.name if SCHEMES.get(scheme.name) == scheme else definition_of(scheme)
