"""Exhibit B: figures → measures → points → total → status, with the reasoning line by line
(ATSP Ex.B, 4.2; D-12, D-16, D-17, D-18).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.programmes.rules.terms import Band, Measure, Measured, Scorecard, StatusRule
from scorecard.rules.figures import (
    CaseFacts,
    Contacts,
    Figure,
    figures,
    round_half_up,
    whole_number,
)
from scorecard.rules.window import Window


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure scored.

    `value` is the whole number that was scored, in `unit`; `exact` what it was rounded from. `cases` are the
    references behind the numerator, `among` those behind the denominator. `no_cases` tells 0 of 0 (D-17).
    """

    code: str
    name: str
    measured: Measured
    unit: str
    value: int
    exact: Fraction
    numerator: Fraction
    denominator: int
    points: Decimal
    band: str
    cases: tuple[str, ...]
    among: tuple[str, ...]
    no_cases: bool
    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class StatusReason:
    """One status rule applied: whether it holds, and why. The first that holds is the status."""

    code: str
    name: str
    holds: bool
    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Result:
    """A scorecard: the measures in the order of Exhibit B, their total, the status, and every rule applied."""

    measures: tuple[MeasureResult, ...]
    total: Decimal
    status: str
    status_name: str
    reasons: tuple[StatusReason, ...]

    def measure(self, code: str) -> MeasureResult:
        """The measure of that code. Raises KeyError when there is none."""
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise KeyError(code)

    def as_data(self) -> dict[str, object]:
        """The result in JSON's types, to freeze with a published scorecard; exact figures are texts ("9/2")."""
        return {
            "measures": [
                {
                    "code": each.code,
                    "name": each.name,
                    "measured": each.measured.value,
                    "unit": each.unit,
                    "value": each.value,
                    "exact": str(each.exact),
                    "numerator": str(each.numerator),
                    "denominator": each.denominator,
                    "points": str(each.points),
                    "band": each.band,
                    "cases": list(each.cases),
                    "among": list(each.among),
                    "no_cases": each.no_cases,
                    "clause": each.clause,
                    "words": each.words,
                }
                for each in self.measures
            ],
            "total": str(self.total),
            "status": self.status,
            "status_name": self.status_name,
            "reasons": [
                {
                    "code": each.code,
                    "name": each.name,
                    "holds": each.holds,
                    "clause": each.clause,
                    "words": each.words,
                }
                for each in self.reasons
            ],
        }


def score(
    scorecard: Scorecard, window: Window, cases: Iterable[CaseFacts], contacts: Contacts
) -> Result:
    """Score the cases of a window (ATSP Ex.B). `figures` says which cases count, and what it raises."""
    return score_figures(scorecard, figures(window, cases, contacts))


def score_figures(scorecard: Scorecard, found: Mapping[Measured, Figure]) -> Result:
    """Score the figures: each measure's points by its bands, the total, and the status (ATSP Ex.B; D-16 to D-18).

    Raises KeyError when a measure has no figure, ValueError when no band holds its whole number.
    """
    measures = tuple(measure_result(each, found[each.measured]) for each in scorecard.measures)
    total = sum((each.points for each in measures), Decimal(0))
    reasons = _reasons(scorecard.statuses, total, {each.code: each for each in measures})
    status = next(reason for reason in reasons if reason.holds)
    return Result(measures, total, status.code, status.name, reasons)


def measure_result(measure: Measure, figure: Figure) -> MeasureResult:
    """Score one measure (ATSP Ex.B; D-16, D-17). Raises ValueError when no band holds its whole number."""
    value = whole_number(measure.measured, figure)
    band = band_of(measure, value)
    exact = figure.ratio if measure.unit == "days" else 100 * figure.ratio
    return MeasureResult(
        code=measure.code,
        name=measure.name,
        measured=measure.measured,
        unit=measure.unit,
        value=value,
        exact=exact,
        numerator=figure.numerator,
        denominator=figure.denominator,
        points=band.points,
        band=band_words(band, measure.unit),
        cases=figure.counted,
        among=figure.among,
        no_cases=not figure.denominator,
        clause=measure.clause,
        words=_measure_words(measure, figure, exact, value, band),
    )


def band_of(measure: Measure, value: int) -> Band:
    """The band that holds the whole number. Raises ValueError when none does."""
    for band in measure.bands:
        if band.least <= value and (band.most is None or value <= band.most):
            return band
    raise ValueError(f"measure {measure.code} has no band for {value} {measure.unit}")


def band_words(band: Band, unit: str) -> str:
    """The band as a reader wants it: "5–9 %", "16 days and more", "100 %"."""
    if band.most is None:
        return f"{band.least} {unit} and more"
    if band.least == band.most:
        return f"{band.least} {unit}"
    return f"{band.least}–{band.most} {unit}"


def points_words(points: Decimal) -> str:
    """Points as a reader wants them: "1.5 points", "1 point"."""
    plain = number_words(points)
    return f"{plain} point{'' if points == 1 else 's'}"


def number_words(number: Decimal) -> str:
    """A number without trailing zeros, never in powers of ten: "10", "9.5"."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_COUNTED = {
    Measured.CRITICAL_IN_KNOWLEDGE_BASE: "{n} of {d} severity-1 cases were in the knowledge base with a Fix when "
    "reported (D-12)",
    Measured.ALL_IN_KNOWLEDGE_BASE: "{n} of {d} cases were in the knowledge base with a Fix when reported (D-12)",
    Measured.REPLICATED_BY_PROVIDER: "{n} of {d} cases required replication by the provider",
    Measured.CONTACTS_TRAINED: "{n} of {d} Technical Contacts are certified or trained",
}


def _measure_words(
    measure: Measure, figure: Figure, exact: Fraction, value: int, band: Band
) -> str:
    scored = f"{band_words(band, measure.unit)} gives {points_words(band.points)}."
    if not figure.denominator:
        nothing = "No contacts" if measure.measured is Measured.CONTACTS_TRAINED else "No cases"
        return f"{nothing}: scored as 0 {measure.unit} (D-17). {scored}"
    counted = _COUNTED.get(measure.measured)
    said = (
        counted.format(n=figure.numerator, d=figure.denominator)
        if counted
        else f"{_two_decimals(exact)} days on the mean from relief to closure"
    )
    if exact == value:
        return f"{said}: {value} {measure.unit}. {scored}"
    if measure.measured is Measured.CONTACTS_TRAINED and value == 99:
        rounding = "of which only a true 100 % is 100, so 99 %"
    else:
        rounding = f"rounded half-up to {value} {measure.unit}"
    return f"{said}: {_two_decimals(exact)} {measure.unit}, {rounding} (D-16). {scored}"


def _two_decimals(exact: Fraction) -> str:
    return number_words(Decimal(round_half_up(exact * 100)).scaleb(-2))


def _reasons(
    rules: tuple[StatusRule, ...], total: Decimal, measures: Mapping[str, MeasureResult]
) -> tuple[StatusReason, ...]:
    reasons: list[StatusReason] = []
    above: list[StatusRule] = []
    for position, rule in enumerate(rules, start=1):
        last = position == len(rules)
        settled = any(reason.holds for reason in reasons)
        reasons.append(_reason(rule, total, measures, above, last=last, settled=settled))
        above.append(rule)
    return tuple(reasons)


def _reason(
    rule: StatusRule,
    total: Decimal,
    measures: Mapping[str, MeasureResult],
    above: list[StatusRule],
    *,
    last: bool,
    settled: bool,
) -> StatusReason:
    if last:
        words = "A status above holds." if settled else "No status above holds."
        return StatusReason(rule.code, rule.name, not settled, rule.clause, words)
    enough = total >= rule.least_total
    least = number_words(rule.least_total)
    lines = [
        f"a total of {least} or more ({number_words(total)}: {'yes' if enough else 'no'})",
    ]
    meets = enough
    if rule.measure is not None and rule.at_most is not None:
        found = measures[rule.measure]
        few = found.value <= rule.at_most
        meets = (enough and few) if rule.both else (enough or few)
        lines.append(
            f"{rule.measure} at most {rule.at_most} {found.unit} ({found.value} {found.unit}: "
            f"{'yes' if few else 'no'})"
        )
    words = f"Needs {(' and ' if rule.both else ' or ').join(lines)}."
    if meets and not settled and any(total >= each.least_total for each in above):
        words += " A total that high, without the rest that the status above needs, is this status (D-18)."
    if meets and settled:
        words += " A status above holds already."
    return StatusReason(rule.code, rule.name, meets and not settled, rule.clause, words)
