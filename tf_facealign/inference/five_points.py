"""The five points that face detectors give and recognition systems align faces by."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LEFT, RIGHT, LandmarkScheme

# The centre of an eye is the mean of its region, or one landmark where a scheme has no more of it.
_EYES = (f"{LEFT}eye", f"{RIGHT}eye")
_OTHERS = ("nose_tip", f"{LEFT}mouth_corner", f"{RIGHT}mouth_corner")


def five_points(landmarks_px: ArrayLike, scheme: LandmarkScheme) -> NDArray[np.float64]:
    """The centres of both eyes, the tip of the nose and both mouth corners, image left first.

    Args:
        landmarks_px: (..., L, 2), (x, y) in any unit.
        scheme: what the L landmarks are.

    Returns:
        (..., 5, 2), in the same unit.

    Raises:
        BadInput: the scheme lacks one of them; the message names all that it lacks.
    """
    groups = _groups(scheme)
    points = np.asarray(landmarks_px, np.float64)
    return np.stack([points[..., list(group), :].mean(-2) for group in groups], axis=-2)


def _groups(scheme: LandmarkScheme) -> list[Sequence[int]]:
    index_of = {name: (index,) for index, name in enumerate(scheme.landmark_names)}
    sources = {**index_of, **{eye: scheme.regions[eye] for eye in _EYES if eye in scheme.regions}}
    missing = [name for name in (*_EYES, *_OTHERS) if name not in sources]
    if missing:
        raise BadInput(
            f"scheme {scheme.name!r} has no {', no '.join(missing)}; five points need "
            f"{' and '.join(_EYES)} (each a region or a landmark), {', '.join(_OTHERS)}"
        )
    return [sources[name] for name in (*_EYES, *_OTHERS)]
