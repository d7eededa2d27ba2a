"""What would change a measure's points: the smallest change of its cases (ATSP Ex.B)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.programmes.rules.terms import Measure, Measured
from scorecard.rules.exhibit_b import MeasureResult, band_of, points_words
from scorecard.rules.figures import Figure, whole_number


@dataclass(frozen=True, slots=True)
class Change:
    """The numerator changed by `by` (negative: fewer), all else the same, gives `points` instead."""

    by: int
    value: int
    points: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The nearest change to more points and to fewer; None where no change of the cases gives it."""

    better: Change | None
    worse: Change | None


def what_if(measure: Measure, result: MeasureResult) -> WhatIf:
    """The smallest changes of cases (contacts for M5) that would move the measure to another band.

    Days from relief to closure are not counted in cases: both are None, as they are without cases.
    """
    if measure.measured is Measured.DAYS_RELIEF_TO_CLOSURE or result.no_cases:
        return WhatIf(None, None)
    changes = [_nearest(measure, result, step) for step in (-1, 1)]
    found = [change for change in changes if change is not None]
    return WhatIf(
        better=next((change for change in found if change.points > result.points), None),
        worse=next((change for change in found if change.points < result.points), None),
    )


def _nearest(measure: Measure, result: MeasureResult, step: int) -> Change | None:
    noun = "contact" if measure.measured is Measured.CONTACTS_TRAINED else "case"
    numerator = int(result.numerator)
    end = result.denominator if step > 0 else 0
    for changed in range(numerator + step, end + step, step):
        value = whole_number(measure.measured, Figure(Fraction(changed), result.denominator))
        points = band_of(measure, value).points
        if points != result.points:
            by = changed - numerator
            count = abs(by)
            return Change(
                by,
                value,
                points,
                f"{count} {noun}{'' if count == 1 else 's'} {'more' if by > 0 else 'fewer'} would be "
                f"{value} {measure.unit}: {points_words(points)}.",
            )
    return None
