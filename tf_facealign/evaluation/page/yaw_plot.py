"""Error against the yaw of the head: every face, and a running median."""

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from tf_facealign.evaluation.page.ced_plot import Curve
from tf_facealign.evaluation.page.figure import COLOURS, drawing, series_colour

_LEAST_FACES = 31


def yaw_plot(yaw_degrees: NDArray[np.float64], curves: Sequence[Curve], threshold: float) -> str:
    """Draw a dot for each face and a line for the median of its neighbours in yaw.

    Args:
        yaw_degrees: (N,) of each face.
        curves: of the same faces; at least one. The error is drawn on a logarithmic scale.
        threshold: NME above which a face counts as failed, percent; marked.

    Returns:
        An `<svg>` element.
    """
    with drawing(460, 340, "Normalised mean error of each face against its yaw") as plot:
        for number, curve in enumerate(curves):
            found = np.isfinite(curve.nme) & (curve.nme > 0)  # what a logarithm can show
            yaw, nme, colour = yaw_degrees[found], curve.nme[found], series_colour(number)
            plot.axes.scatter(yaw, nme, s=14, color=colour, alpha=0.35, linewidths=0)
            plot.axes.plot(*running_median(yaw, nme), color=colour, linewidth=2.5)
        plot.axes.axhline(threshold, color=COLOURS["muted"], linestyle=":", linewidth=1.5)
        plot.axes.set_yscale("log")
        plot.axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        plot.axes.yaxis.set_minor_formatter(NullFormatter())
        plot.axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        plot.axes.set(xlabel="yaw, degrees", ylabel="NME, %")
    return plot.svg


def running_median(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The medians of x and of y in a window that slides over the points in the order of x.

    The window holds a tenth of the N points, at least `_LEAST_FACES`, at most all of them.

    Returns:
        (K,) and (K,), a value for each place of the window; empty if there is no point.
    """
    if not len(x):
        return x, y
    order = np.argsort(x, kind="stable")
    window = min(max(len(x) // 10, _LEAST_FACES), len(x))
    views = [np.lib.stride_tricks.sliding_window_view(v[order], window) for v in (x, y)]
    return np.median(views[0], axis=1), np.median(views[1], axis=1)
