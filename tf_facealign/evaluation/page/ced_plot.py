"""The cumulative error distribution (CED) of several predictors on one plot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tf_facealign.evaluation.page.figure import COLOURS, drawing, series_colour


@dataclass(frozen=True)
class Curve:
    """One predictor, or one stage of it.

    Attributes:
        label: what to call it.
        nme: (N,) of each face, percent; NaN or infinite where no face was found.
        answer: whether it is what the predictor answers, and not a stage on the way.
    """

    label: str
    nme: NDArray[np.float64]
    answer: bool = True


def ced_plot(curves: Sequence[Curve], threshold: float) -> str:
    """Draw the share of faces at or below each NME, in the colours of the curves' numbers.

    Args:
        curves: at least one; stages that are not the answer are dashed.
        threshold: NME above which a face counts as failed, percent; marked.

    Returns:
        An `<svg>` element.
    """
    label = "Share of faces at or below each normalised mean error"
    with drawing(460, 340, label) as plot:
        end = 1.1 * threshold
        for number, curve in enumerate(curves):
            errors, share = _steps(curve.nme, end)
            plot.axes.step(
                errors,
                share,
                where="post",
                color=series_colour(number),
                linestyle="-" if curve.answer else (0, (4, 2)),
                linewidth=2 if curve.answer else 1.5,
            )
        plot.axes.axvline(threshold, color=COLOURS["muted"], linestyle=":", linewidth=1.5)
        plot.axes.annotate(
            f"failed beyond {threshold:g} %",
            (threshold, 4),
            (-5, 0),
            textcoords="offset points",
            ha="right",
        )
        plot.axes.set(xlim=(0, end), ylim=(0, 101), xlabel="NME, %", ylabel="faces, %")
    return plot.svg


def _steps(nme: NDArray[np.float64], end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Errors from 0 to `end` and the percentage of all faces that has at most each."""
    found = np.sort(nme[nme <= end])
    errors = np.concatenate([[0.0], found, [end]])
    return errors, 100 * np.concatenate([np.arange(len(found) + 1), [len(found)]]) / len(nme)
