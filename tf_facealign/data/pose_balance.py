"""Pose-based data balancing (PDB): faces in rare poses are repeated until poses are equally common.

Reference: Feng et al., Wing Loss for Robust Facial Landmark Localisation with Convolutional Neural
Networks, CVPR 2018, "Pose-based data balancing". The shapes are aligned, and their first principal
component, which is the yaw of the head, is cut into bins.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput

NUM_BINS = 9
MAX_REPEATS = 20


def pose_coordinates(shapes: ArrayLike) -> NDArray[np.float64]:
    """Where each shape lies along the first principal component of all of them.

    Where a shape lies, how large it is and how it is turned in the image plane makes no difference,
    and mirrored shapes (renumbered by the scheme) have the same coordinates with the other sign.

    Args:
        shapes: (N, L, 2), in any unit.

    Returns:
        (N,), without unit, mean 0. Which way a head turns as it grows depends on the scheme.

    Raises:
        BadInput: the landmarks of a shape are all at one place.
    """
    aligned = _align(np.asarray(shapes, np.float64))
    mean = aligned.mean(0)
    deviations = aligned - mean
    parts = np.concatenate([deviations.real, deviations.imag], 1)
    component = np.linalg.svd(parts, full_matrices=False)[2][0]
    return _sign(mean, component) * (parts @ component)


def pose_bins(shapes: ArrayLike, num_bins: int = NUM_BINS) -> NDArray[np.int64]:
    """The bin, 0 … `num_bins` - 1, of each shape (N, L, 2); (N,).

    The bins are equally wide and span the coordinates from the lowest to the highest.
    """
    coordinates = pose_coordinates(shapes)
    low, high = coordinates.min(), coordinates.max()
    edges = np.linspace(low, high, num_bins + 1)[1:-1]
    return np.searchsorted(edges, coordinates, side="right")


def balance(
    faces: Sequence[FaceSample],
    num_bins: int = NUM_BINS,
    seed: int = 0,
    max_repeats: int = MAX_REPEATS,
) -> list[FaceSample]:
    """All the faces, followed by repetitions of those in the less filled bins.

    Each bin grows to the size of the fullest one, its faces repeated equally often (or once more, a
    random choice). The extremes decide where the bins are, so the outermost bins hold whatever is
    odd, wrong annotations too: `max_repeats` stops one face from becoming a ninth of the training
    set. 300-W (the first 2,012 training faces) is
    balanced without reaching the default: its rarest pose needs 18.

    Args:
        faces: all with the same number of landmarks.
        num_bins: how finely poses are told apart.
        seed: decides which faces of a bin are repeated once more than the others.
        max_repeats: how often a face may occur in the result.

    Returns:
        The same objects, some several times.
    """
    if not faces:
        return []
    bins = pose_bins([face.landmarks_px for face in faces], num_bins)
    fullest = np.bincount(bins).max()
    rng = np.random.default_rng(seed)
    repeated: list[FaceSample] = []
    for number in range(num_bins):
        members = np.flatnonzero(bins == number)
        missing = min(fullest, max_repeats * len(members)) - len(members)
        if missing > 0:
            order = np.resize(rng.permutation(members), missing)  # round and round
            repeated.extend(faces[index] for index in np.sort(order))
    return [*faces, *repeated]


def _align(shapes: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Shapes (N, L), points as complex numbers x + iy, without place, size and rotation.

    Generalised Procrustes analysis in the plane, where it has a solution in closed form: with each
    shape of norm 1, the mean is the first right singular vector of all, and a shape is turned until
    its product with the mean is real.

    Reference: Kent, The complex Bingham distribution and shape analysis, 1994.
    """
    points = shapes[..., 0] + 1j * shapes[..., 1]
    points = points - points.mean(1, keepdims=True)
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    if not norms.all():
        raise BadInput(f"shape {int(np.argmin(norms))}: all landmarks are at one place")
    points = points / norms
    mean = np.linalg.svd(points, full_matrices=False)[2][0]
    products = points @ mean.conj()
    return points * np.exp(-1j * np.angle(products))[:, None]


def _sign(mean: NDArray[np.complex128], component: NDArray[np.float64]) -> float:
    """1 or -1: the sign that gives the component the direction we choose.

    A face leans to its chin or its brow (the third moment of the mean shape), a turning head moves
    at right angles to that: counter-clockwise is positive. A mirror swaps the two, as it should.
    """
    half = len(mean)
    direction = component[:half] + 1j * component[half:]
    lean = np.sum(np.abs(mean) ** 2 * mean)
    movement = np.sum(np.abs(mean) ** 2 * direction)
    return 1.0 if (lean.conj() * movement).imag >= 0 else -1.0
