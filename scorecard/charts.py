"""The geometry of the scorecard's drawings, for templates that draw them as SVG: numbers in, shapes out. No state.

Lengths are in the drawing's own units (CSS pixels at its natural size), as texts, so that no locale rewrites them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.programmes.rules.terms import Band, Measure, Scorecard
from scorecard.measuring import Card
from scorecard.rules.exhibit_b import MeasureResult, band_words, number_words, points_words

SCALE_WIDTH = 360
_GAP = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One band of a scale: where it lies, what it gives; `here` when the value lies in it."""

    x: str
    width: str
    middle: str
    label: str
    points: str
    level: str
    here: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The bands of a measure from the least value to the greatest, all of one width, and where the value is."""

    width: int
    segments: tuple[Segment, ...]
    marker: str
    words: str


def level(points: Decimal, most: Decimal) -> str:
    """How much of a measure's points was scored: "full", "part" or "none"."""
    if points == most:
        return "full"
    return "part" if points else "none"


def most_points(measure: Measure) -> Decimal:
    """The most points that a measure can give."""
    return max(band.points for band in measure.bands)


def band_scale(measure: Measure, result: MeasureResult) -> Scale:
    """The scale of a measure with its value marked: by the whole number that was scored, so always in its band."""
    bands = sorted(measure.bands, key=lambda band: band.least)
    each = (SCALE_WIDTH - _GAP * (len(bands) - 1)) / len(bands)
    most = most_points(measure)
    segments = []
    marker = 0.0
    for number, band in enumerate(bands):
        x = number * (each + _GAP)
        here = band.least <= result.value and (band.most is None or result.value <= band.most)
        if here:
            marker = x + each * _share_within(band, result.value)
        segments.append(
            Segment(
                x=_px(x),
                width=_px(each),
                middle=_px(x + each / 2),
                label=_band_label(band),
                points=number_words(band.points),
                level=level(band.points, most),
                here=here,
            )
        )
    told = "; ".join(f"{band_words(b, measure.unit)}: {points_words(b.points)}" for b in bands)
    return Scale(
        SCALE_WIDTH, tuple(segments), _px(marker), f"{result.value} {measure.unit} of {told}"
    )


def _share_within(band: Band, value: int) -> float:
    """How far into its band a whole number lies, from 0 to 1, its middle for a band of one number."""
    if band.most is None:
        beyond = value - band.least
        return 0.15 + 0.7 * beyond / (beyond + band.least + 1)
    return (value - band.least + 0.5) / (band.most - band.least + 1)


def _band_label(band: Band) -> str:
    if band.most is None:
        return f"{band.least}+"
    return str(band.least) if band.least == band.most else f"{band.least}–{band.most}"


@dataclass(frozen=True, slots=True)
class Mark:
    """One month on the chart of the total: `first_of_year` asks for the year below the month."""

    x: str
    y: str
    label_y: str
    card: Card
    total: str
    first_of_year: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """A line across the chart at a total; `name` is the status that may hold from there on, if one does."""

    y: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The total over the months."""

    width: int
    height: int
    left: int
    right: int
    named_inside: bool
    base: str
    marks: tuple[Mark, ...]
    line: str
    area: str
    guides: tuple[Guide, ...]


def total_chart(terms: Scorecard, cards: Sequence[Card], *, width: int, height: int) -> Chart:
    """The totals of the cards, oldest first, over the lines from which on a status may hold (ATSP Ex.B).

    The statuses are named beside the lines, or above them where the chart is too narrow for that.
    """
    named_inside = width < 480
    left, top, bottom, inset = 26, 22, 42, 16
    right = width - (6 if named_inside else 104)
    most = sum((most_points(measure) for measure in terms.measures), Decimal(0))
    base = height - bottom

    def y(total: Decimal) -> float:
        return base - (base - top) * float(total / most)

    step = (right - left - 2 * inset) / max(len(cards) - 1, 1)
    first = left + inset if len(cards) > 1 else (left + right) / 2
    marks = []
    year = None
    for number, card in enumerate(cards):
        at = y(card.result.total)
        marks.append(
            Mark(
                x=_px(first + number * step),
                y=_px(at),
                label_y=_px(at - 11),
                card=card,
                total=number_words(card.result.total),
                first_of_year=card.review_on.year != year,
            )
        )
        year = card.review_on.year
    line = "M" + " L".join(f"{mark.x} {mark.y}" for mark in marks)
    area = f"{line} L{marks[-1].x} {base} L{marks[0].x} {base} Z" if len(marks) > 1 else ""
    names = {rule.least_total: rule.name for rule in terms.statuses if rule.least_total}
    guides = tuple(
        Guide(_px(y(total)), number_words(total), names.get(total, ""))
        for total in sorted({Decimal(0), most, *names})
    )
    return Chart(
        width, height, left, right, named_inside, _px(base), tuple(marks), line, area, guides
    )


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The total over the months in the size of a word, with how it changed since the month before."""

    width: int
    height: int
    line: str
    end_x: str
    end_y: str
    change: Decimal | None


def sparkline(terms: Scorecard, cards: Sequence[Card]) -> Sparkline:
    """The totals of the cards, oldest first; `change` is the last against the one before, None when it is alone."""
    width, height, margin = 84, 26, 4
    most = sum((most_points(measure) for measure in terms.measures), Decimal(0))
    step = (width - 2 * margin) / max(len(cards) - 1, 1)
    points = [
        (
            _px(margin + number * step if len(cards) > 1 else width - margin),
            _px(height - margin - (height - 2 * margin) * float(card.result.total / most)),
        )
        for number, card in enumerate(cards)
    ]
    change = cards[-1].result.total - cards[-2].result.total if len(cards) > 1 else None
    line = "M" + " L".join(f"{x} {y}" for x, y in points)
    return Sparkline(width, height, line, *points[-1], change)


def _px(length: float) -> str:
    return f"{length:.1f}".rstrip("0").rstrip(".")
