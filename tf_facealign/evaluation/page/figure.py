"""Matplotlib figures as SVG inside a page: text stays text, colours follow light and dark.

What is drawn in one of `COLOURS` comes out as a CSS variable of that name, for which the page has
one value on white and another on black.
"""

import contextlib
import html
import io
import re
from collections.abc import Iterator

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

NUM_SERIES = 7
COLOURS = {
    "ink": "#0a0b00",
    "muted": "#0a0b01",
    "grid": "#0a0b02",
    **{f"series-{number}": f"#0a0b1{number}" for number in range(NUM_SERIES)},
}
"""CSS variable → the colour that stands for it while matplotlib draws."""

_STYLE = {
    "svg.fonttype": "none",  # text drawn by the browser: readable, searchable, small
    "svg.hashsalt": "tf_facealign",  # the same figure is the same text, whenever it is drawn
    "text.parse_math": False,  # a "$" in a name is a dollar
    "font.size": 13,
    "text.color": COLOURS["ink"],
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["grid"],
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "figure.constrained_layout.use": True,
}
_POINTS_PER_INCH = 72


class Plot:
    """A figure that is being drawn, and what it becomes.

    Attributes:
        figure: matplotlib's, apart from pyplot and its global state.
        axes: where to draw.
        svg: once drawn, the `<svg>` element, as wide as its place in the page.
    """

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width / _POINTS_PER_INCH, height / _POINTS_PER_INCH))
        self.axes: Axes = self.figure.add_subplot()
        self.svg = ""


@contextlib.contextmanager
def drawing(width: float, height: float, label: str) -> Iterator[Plot]:
    """Yield an empty plot to draw in; when the block ends well its `svg` is there.

    Args:
        width: of the coordinates inside, points; text is 13 high.
        height: likewise.
        label: plain text: what the plot shows, for who cannot see it.
    """
    with matplotlib.style.context(_STYLE):
        plot = Plot(width, height)
        yield plot
        file = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        plot.figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    plot.svg = _inline(file.getvalue(), width, height, label)


def series_colour(number: int) -> str:
    """The colour of the curve of that number, from 0; they repeat after `NUM_SERIES`."""
    return COLOURS[f"series-{number % NUM_SERIES}"]


def _inline(svg: str, width: float, height: float, label: str) -> str:
    """A file of matplotlib's → an element: no prologue, size, fonts or names that others share."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"font-family: [^;\"]*;? ?", "", body)
    body = re.sub(r'<g id="[^"]*"', "<g", body).replace("xlink:href", "href")
    for name, colour in COLOURS.items():
        body = body.replace(colour, f"var(--{name})")
    head = f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(label)}">'
    return head + body.strip()
