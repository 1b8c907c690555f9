"""The error of each landmark, drawn on the mean face."""

from itertools import pairwise

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import BoundaryNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tf_facealign.evaluation.page.figure import COLOURS, Plot, drawing
from tf_facealign.landmark_scheme import LandmarkScheme

_SIZE = 560.0
_NUMBER_PX = 11.0
"""How far a landmark's number is from its dot, in the points of the drawing."""


def landmark_plot(
    mean_shape: NDArray[np.float64], errors: NDArray[np.float64], scheme: LandmarkScheme
) -> str:
    """Draw the mean face with a dot and a number for each landmark, coloured by its error.

    Args:
        mean_shape: (L, 2), in any unit with square pixels, y down.
        errors: (L,) mean normalised error of each landmark, percent.
        scheme: what the landmarks are.

    Returns:
        An `<svg>` element.
    """
    points = _fitted(mean_shape)
    levels = MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(errors.min(), errors.max())
    norm = BoundaryNorm(levels, colormaps["viridis"].N)
    with drawing(_SIZE, _SIZE + 50, "Mean error of each landmark on the mean face") as plot:
        for line in scheme.lines:
            plot.axes.plot(*points[list(line)].T, color=COLOURS["muted"], linewidth=1, zorder=1)
        x, y = points.T
        dots = plot.axes.scatter(
            x, y, s=60, c=errors, cmap="viridis_r", norm=norm, edgecolors=COLOURS["ink"]
        )
        _number(plot, points, scheme)
        plot.axes.set(aspect="equal")
        plot.axes.invert_yaxis()
        plot.axes.set_axis_off()
        bar = plot.figure.colorbar(dots, orientation="horizontal", shrink=0.7, aspect=30)
        bar.set_label("mean error of the landmark, %")
    return plot.svg


def _fitted(shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shape in the points of the drawing, about."""
    low, high = shape.min(0), shape.max(0)
    return (shape - low) / max(high - low) * (_SIZE - 80)


def _number(plot: Plot, points: NDArray[np.float64], scheme: LandmarkScheme) -> None:
    for index, place in enumerate(number_places(points, scheme)):
        plot.axes.annotate(str(index), place, fontsize=10, ha="center", va="center")


def number_places(points: NDArray[np.float64], scheme: LandmarkScheme) -> NDArray[np.float64]:
    """Where the number of each point goes: of the places around it, the one with the most room.

    Args:
        points: (L, 2), in the points of the drawing.
        scheme: whose lines are to be kept clear of, too.

    Returns:
        (L, 2) centres of the numbers.
    """
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    # Text is wider than high.
    around = _NUMBER_PX * np.stack([1.15 * np.cos(angles), np.sin(angles)], axis=1)
    taken = [*points, *_along_lines(points, scheme)]
    for point in points:
        others = np.array([place for place in taken if (place != point).any()])
        room = np.linalg.norm(((point + around)[:, None] - others) / [1.3, 1], axis=2).min(axis=1)
        taken.append(point + around[room.argmax()])
    return np.array(taken[-len(points) :])


def _along_lines(points: NDArray[np.float64], scheme: LandmarkScheme) -> NDArray[np.float64]:
    """Places (K, 2) on the lines of the scheme, three between each two points."""
    ends = [pair for line in scheme.lines for pair in pairwise(line)]
    first, second = points[np.array(ends, int).reshape(-1, 2).T]
    shares = np.array([0.25, 0.5, 0.75])[:, None, None]
    return (first + shares * (second - first)).reshape(-1, 2)
