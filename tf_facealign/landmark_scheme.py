"""What the landmarks of a shape are: their names, their mirror pairs, how to scale an error.

A name means the same point of the face in every scheme, so points can be compared across
benchmarks. `image_left` is the left of the picture: a person facing the camera has the right
eye there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tf_facealign.errors import BadInput

LEFT, RIGHT = "image_left_", "image_right_"


@dataclass(frozen=True)
class LandmarkScheme:
    """The landmarks a dataset or a model uses, in their order.

    Args:
        name: what the scheme is called, such as `ibug68`.
        landmark_names: one unique name a landmark. Names that start with `image_left_` and
            `image_right_` come in pairs; any other landmark lies on the middle of the face.
        flip_permutation: a mirrored shape is `flipped_points[flip_permutation]`.
        normalizers: a name, such as `inter_ocular`, and the two groups of landmark indices whose
            means are that distance apart.
        regions: a name, such as `mouth_outer`, and the indices of the landmarks there.
        lines: polylines of indices for drawing; a closed one repeats its first index.

    Raises:
        BadInput: if these do not fit together.
    """

    name: str
    landmark_names: tuple[str, ...]
    flip_permutation: tuple[int, ...]
    normalizers: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(hash=False)
    regions: Mapping[str, tuple[int, ...]] = field(hash=False)
    lines: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        """Refuses a scheme that contradicts itself."""
        if not self.landmark_names:
            raise BadInput(f"scheme {self.name!r} has no landmarks")
        if tuple(self.flip_permutation) != flip_permutation_of(self.landmark_names):
            raise BadInput(
                f"scheme {self.name!r}: flip_permutation must swap each {LEFT}* landmark with its "
                f"{RIGHT}* landmark and leave every other landmark where it is"
            )
        for normalizer, groups in self.normalizers.items():
            if len(groups) != 2:
                raise BadInput(
                    f"scheme {self.name!r}: normalizer {normalizer!r} needs two groups of indices"
                )
            for group in groups:
                self._check_indices(f"normalizer {normalizer!r}", group)
        for region, indices in self.regions.items():
            self._check_indices(f"region {region!r}", indices)
        for number, line in enumerate(self.lines):
            self._check_indices(f"line {number}", line)

    def _check_indices(self, what: str, indices: tuple[int, ...]) -> None:
        if not indices:
            raise BadInput(f"scheme {self.name!r}: {what} is empty")
        for index in indices:
            if not 0 <= index < self.num_landmarks:
                raise BadInput(
                    f"scheme {self.name!r}: {what} has index {index}, "
                    f"outside 0..{self.num_landmarks - 1}"
                )

    @property
    def num_landmarks(self) -> int:
        """How many landmarks a shape has."""
        return len(self.landmark_names)

    def normalizer_distance(self, shape: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
        """Measures the distance by which an error is divided.

        Args:
            shape: points (..., L, 2), in any unit with square pixels.
            name: one of `normalizers`.

        Returns:
            Distances (...), in the unit of `shape`.

        Raises:
            BadInput: if the scheme has no such normalizer, or the shape not L points.
        """
        if name not in self.normalizers:
            raise BadInput(
                f"scheme {self.name!r} has no normalizer {name!r}; "
                f"it has: {', '.join(self.normalizers) or 'none'}"
            )
        points = self._points(shape)
        first, second = self.normalizers[name]
        difference = points[..., first, :].mean(axis=-2) - points[..., second, :].mean(axis=-2)
        return np.asarray(np.linalg.norm(difference, axis=-1), dtype=np.float64)

    def mirror(self, shape_unit: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Mirrors shapes left to right, so that each landmark keeps its meaning.

        Args:
            shape_unit: points (..., L, 2) in unit coordinates, u = (x + 0.5) / width.

        Returns:
            The points (..., L, 2) of the mirrored picture, in unit coordinates.

        Raises:
            BadInput: if the shape has not L points.
        """
        points = self._points(shape_unit)[..., list(self.flip_permutation), :]
        return np.stack([1.0 - points[..., 0], points[..., 1]], axis=-1)

    def _points(self, shape: npt.ArrayLike) -> npt.NDArray[np.float64]:
        points = np.asarray(shape, dtype=np.float64)
        if points.shape[-2:] != (self.num_landmarks, 2):
            raise BadInput(
                f"scheme {self.name!r} needs points (..., {self.num_landmarks}, 2), "
                f"got {points.shape}"
            )
        return points


def flip_permutation_of(landmark_names: Iterable[str]) -> tuple[int, ...]:
    """Derives the flip permutation from the names, swapping image_left and image_right.

    Raises:
        BadInput: if a name occurs twice, or the other side of a name is missing.
    """
    names = tuple(landmark_names)
    index_of = {name: index for index, name in enumerate(names)}
    if len(index_of) != len(names):
        twice = next(name for index, name in enumerate(names) if index_of[name] != index)
        raise BadInput(f"landmark name {twice!r} occurs more than once")
    for name in names:
        if _other_side(name) not in index_of:
            raise BadInput(f"landmark {name!r} has no mirror partner {_other_side(name)!r}")
    return tuple(index_of[_other_side(name)] for name in names)


def _other_side(name: str) -> str:
    if name.startswith(LEFT):
        return RIGHT + name.removeprefix(LEFT)
    if name.startswith(RIGHT):
        return LEFT + name.removeprefix(RIGHT)
    return name


def scheme_from_names(
    name: str,
    landmark_names: Iterable[str],
    normalizers: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
    regions: Mapping[str, tuple[int, ...]],
    lines: Iterable[tuple[int, ...]],
) -> LandmarkScheme:
    """Makes a scheme whose flip permutation follows from the landmark names.

    Raises:
        BadInput: if the parts do not fit together; see `LandmarkScheme`.
    """
    names = tuple(landmark_names)
    return LandmarkScheme(
        name, names, flip_permutation_of(names), normalizers, regions, tuple(lines)
    )
