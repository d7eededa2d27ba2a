"""What would change the status: for each measure, the smallest change that leads to another one (ATSP Ex.B)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from contracts.programmes.rules.terms import Measure, Measured, Scorecard
from scorecard.rules.exhibit_b import (
    MeasureResult,
    Result,
    band_of,
    number_words,
    points_words,
    score_figures,
)
from scorecard.rules.figures import Figure, whole_number

_NOUNS = {
    Measured.CRITICAL_IN_KNOWLEDGE_BASE: ("case", "in the knowledge base"),
    Measured.ALL_IN_KNOWLEDGE_BASE: ("case", "in the knowledge base"),
    Measured.REPLICATED_BY_PROVIDER: ("case", "replicated"),
    Measured.CONTACTS_TRAINED: ("contact", "trained"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One measure changed, all else the same, gives another status.

    `by` is the change of its cases (contacts for M5; negative: fewer), None where days change; `value` its new whole
    number.
    """

    code: str
    by: int | None
    value: int
    status: str
    status_name: str
    words: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """The nearest step of each measure to a better status and to a worse one, the fewest cases first.

    `short` says what the next better status lacks; empty at the best one.
    """

    rises: tuple[Step, ...]
    falls: tuple[Step, ...]
    short: str


def outlook(scorecard: Scorecard, result: Result) -> Outlook:
    """What one measure alone would change of a result's status. A measure without cases stays as it is (D-17)."""
    order = [rule.code for rule in scorecard.statuses]
    figures = {each.measured: Figure(each.numerator, each.denominator) for each in result.measures}
    rises: list[Step] = []
    falls: list[Step] = []
    for measure, scored in zip(scorecard.measures, result.measures, strict=True):
        if scored.no_cases:
            continue
        nearest: dict[bool, Step] = {}
        for by, figure in _others(scorecard, measure, scored):
            other = score_figures(scorecard, {**figures, measure.measured: figure})
            better = order.index(other.status) < order.index(result.status)
            if other.status != result.status and better not in nearest:
                nearest[better] = _step(measure, by, other)
        rises += [nearest[True]] if True in nearest else []
        falls += [nearest[False]] if False in nearest else []
    return Outlook(_nearest_first(rises), _nearest_first(falls), _short(scorecard, result))


def _others(
    scorecard: Scorecard, measure: Measure, scored: MeasureResult
) -> Iterator[tuple[int | None, Figure]]:
    """The nearest figure of each kind that the points and the status rules tell apart, nearest first each way."""
    limits = [
        rule.at_most
        for rule in scorecard.statuses
        if rule.measure == measure.code and rule.at_most is not None
    ]

    def kind(value: int) -> tuple[object, ...]:
        return (band_of(measure, value), *(value <= limit for limit in limits))

    if measure.measured is Measured.DAYS_RELIEF_TO_CLOSURE:
        bounds = [b.most for b in measure.bands if b.most is not None and b.most < scored.value]
        bounds.sort(reverse=True)
        bounds += sorted(b.least for b in measure.bands if b.least > scored.value)
        for days in bounds:
            yield None, Figure(Fraction(days * scored.denominator), scored.denominator)
        return
    numerator = int(scored.numerator)
    for step, end in ((-1, -1), (1, scored.denominator + 1)):
        known = kind(scored.value)
        for changed in range(numerator + step, end, step):
            figure = Figure(Fraction(changed), scored.denominator)
            found = kind(whole_number(measure.measured, figure))
            if found != known:
                known = found
                yield changed - numerator, figure


def _step(measure: Measure, by: int | None, other: Result) -> Step:
    changed = other.measure(measure.code)
    if by is None:
        what = f"a mean of {changed.value} {measure.unit}"
    else:
        noun, what_of = _NOUNS[measure.measured]
        count = abs(by)
        what = (
            f"{count} {noun}{'' if count == 1 else 's'} {'more' if by > 0 else 'fewer'} {what_of}, "
            f"{changed.value} {measure.unit}"
        )
    return Step(
        code=measure.code,
        by=by,
        value=changed.value,
        status=other.status,
        status_name=other.status_name,
        words=f"{measure.code}: {what}, would be {other.status_name} with {points_words(other.total)}.",
    )


def _nearest_first(steps: list[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda step: (step.by is None, abs(step.by or 0), step.code)))


def _short(scorecard: Scorecard, result: Result) -> str:
    """What the next better status lacks: "1.5 points, and M3 at most 25 %, for EXCEPTIONAL"."""
    position = [rule.code for rule in scorecard.statuses].index(result.status)
    if position == 0:
        return ""
    rule = scorecard.statuses[position - 1]
    measures: Mapping[str, MeasureResult] = {each.code: each for each in result.measures}
    lacks = []
    if result.total < rule.least_total:
        lacks.append(f"{points_words(rule.least_total - result.total)} more")
    if rule.measure is not None and rule.at_most is not None:
        found = measures[rule.measure]
        if found.value > rule.at_most:
            lacks.append(f"{rule.measure} at most {rule.at_most} {found.unit}")
    joint = " and " if rule.both else " or "
    return f"{rule.name} needs {joint.join(lacks)} (total {number_words(result.total)} now)."


def fewer_days(measure: Measure, result: MeasureResult) -> str:
    """Which mean of days would give more points; empty at the most points, without cases, and for other measures."""
    if measure.measured is not Measured.DAYS_RELIEF_TO_CLOSURE or result.no_cases:
        return ""
    for band in sorted(measure.bands, key=lambda band: band.least, reverse=True):
        if band.most is not None and band.most < result.value and band.points > result.points:
            return f"A mean of {band.most} {measure.unit} or less would be {points_words(band.points)}."
    return ""
