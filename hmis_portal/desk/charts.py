"""Two kinds of picture for reports, drawn as SVG by `templates/admin/charts/`: bars and lines.

Widths are in percent, heights and letters in pixels, so that a picture has any width and its words keep their size. What
is told apart by color is told apart by pattern, dashes or markers too: it may be printed in gray. The figures stand in
a table beside it, which is what a screen reader reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

ROW, BAR = 44, 14  # pixels: a bar with its words above it
WIDEST, WIDEST_OF_PARTS = 82, 56  # percent that the longest bar takes; its figures stand behind it
LEFT, WIDTH, TOP, HEIGHT = 10, 86, 14, 140  # of the field in which lines are drawn


@dataclass(frozen=True)
class BarPart:
    x: str
    width: str
    look: int


@dataclass(frozen=True)
class Bar:
    label: str
    figure: str
    parts: list[BarPart]
    y: int
    end: str

    @property
    def bar_y(self) -> int:
        return self.y + 22

    @property
    def label_y(self) -> int:
        return self.y + 15

    @property
    def figure_y(self) -> int:
        return self.bar_y + BAR - 2


@dataclass(frozen=True)
class Picture:
    """What every picture has; `names` are those of its parts or lines, where there are several."""

    key: str  # unique on its page
    title: str
    text: str  # the picture in a sentence
    names: Sequence[str]


@dataclass(frozen=True)
class Bars(Picture):
    bars: list[Bar]

    template = "admin/charts/bars.html"
    bar_height = BAR

    @property
    def height(self) -> int:
        return ROW * len(self.bars) + 4


def percent(value: float) -> str:
    return f"{value:.2f}%"


def bars(
    key: str, title: str, text: str, rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str] = ()
) -> Bars:
    """A bar for each row, of as many parts as the row has values."""
    most = max((sum(values) for _label, values in rows), default=0) or 1
    widest = WIDEST_OF_PARTS if names else WIDEST
    drawn = []
    for number, (label, values) in enumerate(rows):
        x, parts = 0.0, []
        for look, value in enumerate(values):
            width = widest * value / most
            if value:
                parts.append(BarPart(percent(x), percent(width), look))
            x += width
        figure = " + ".join(str(value) for value in values)
        drawn.append(Bar(label, figure, parts, ROW * number, percent(x + 1)))
    return Bars(key, title, text, names, drawn)


@dataclass(frozen=True)
class Point:
    x: str
    y: str


@dataclass(frozen=True)
class ChartLine:
    """Points, and the stretches between those that follow each other: a month without a figure breaks the line."""

    look: int
    points: list[Point]
    stretches: list[tuple[Point, Point]]


@dataclass(frozen=True)
class Mark:
    """Words at a place of an axis."""

    text: str
    place: str


@dataclass(frozen=True)
class Lines(Picture):
    lines: list[ChartLine]
    below: list[Mark]
    beside: list[Mark]

    template = "admin/charts/lines.html"
    height = TOP + HEIGHT + 28
    left, right, beside_x = percent(LEFT), percent(LEFT + WIDTH), percent(LEFT - 1.5)
    below_y = TOP + HEIGHT + 20


def lines(
    key: str,
    title: str,
    text: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    top: int = 0,
) -> Lines:
    """A line for each series over the same labels. `top` is the end of the upright axis where that is fixed."""
    most = max((value for _name, values in series for value in values if value is not None), default=0)
    top = top or _round_number(most)
    every = 1 + (len(labels) - 1) // 12
    below = [Mark(label, _x(place, labels)) for place, label in enumerate(labels) if place % every == 0]
    beside = [Mark(str(value), _y(value, top)) for value in (0, top // 2, top)]
    drawn = []
    for look, (_name, values) in enumerate(series):
        points = [
            None if value is None else Point(_x(place, labels), _y(value, top))
            for place, value in enumerate(values)
        ]
        stretches = [(one, after) for one, after in pairwise(points) if one and after]
        drawn.append(ChartLine(look, [point for point in points if point], stretches))
    return Lines(key, title, text, [name for name, _values in series], drawn, below, beside)


def _x(place: int, labels: Sequence[str]) -> str:
    return percent(LEFT + WIDTH * (place + 0.5) / len(labels))


def _y(value: float, top: int) -> str:
    return f"{TOP + HEIGHT * (1 - value / top):.1f}"


def _round_number(most: float) -> int:
    """An even number of one digit and noughts, or 10, 20, 100: half of it is whole."""
    scale = 1
    while True:
        for number in (2, 4, 6, 8, 10):
            if number * scale >= most:
                return number * scale
        scale *= 10
