"""What must hold between the terms of Exhibit B: its measures, their bands, its statuses."""

from collections.abc import Callable
from decimal import Decimal

from contracts.programmes.rules.findings import Findings, unknown
from contracts.programmes.rules.scorecard_terms import Measure, Scorecard
from contracts.programmes.rules.values import Span, Unit


def _scorecard(scorecard: Scorecard | None) -> Findings:
    if scorecard is None:
        return
    for name in ("window", "review_every", "review_every_when_failing"):
        span: Span = getattr(scorecard, name)
        if span.unit is not Unit.MONTH:
            yield f"scorecard.{name}", f"is {span}; reviews count calendar months"
    measured: dict[str, int] = {}
    for n, measure in enumerate(scorecard.measures, 1):
        entry = f"scorecard.measure[{n}]"
        if measured.setdefault(measure.measured, n) != n:
            reason = (
                f"is {measure.measured.value!r}, which measure[{measured[measure.measured]}] is"
            )
            yield f"{entry}.measured", reason
        if measure.unit not in ("%", "days"):
            yield f"{entry}.unit", f'is {measure.unit!r}; a measure is in "%" or in "days"'
        else:
            yield from _bands(measure, entry)
    yield from _statuses(scorecard)


def _bands(measure: Measure, entry: str) -> Findings:
    """Bands cover 0 to 100 percent, or 0 and up of days, each whole number exactly once."""
    expected: int | None = 0
    order = sorted(enumerate(measure.bands, 1), key=lambda numbered: numbered[1].least)
    for n, band in order:
        here = f"{entry}.bands[{n}]"
        if expected is None:
            yield here, f"from {band.least} lies within the band before it, which has no end"
            return
        if band.least > expected:
            yield here, f"begins at {band.least}: {expected} to {band.least - 1} lie in no band"
        elif band.least < expected:
            yield here, f"begins at {band.least}, where the band before it goes to {expected - 1}"
        if band.most is not None and band.most < band.least:
            yield here, f"ends at {band.most}, before it begins at {band.least}"
        expected = None if band.most is None else band.most + 1
    last = f"{entry}.bands[{order[-1][0]}]"
    if measure.unit == "%" and expected != 101:
        end = "has no end" if expected is None else f"ends at {expected - 1}"
        yield last, f"{end}; the bands of a percentage end at 100"
    if measure.unit == "days" and expected is not None:
        yield last, f"ends at {expected - 1}: more days lie in no band"


def _statuses(scorecard: Scorecard) -> Findings:
    codes = [measure.code for measure in scorecard.measures]
    best = sum((max(band.points for band in m.bands) for m in scorecard.measures), Decimal(0))
    last = len(scorecard.statuses)
    for n, (status, before) in enumerate(
        zip(scorecard.statuses, (None, *scorecard.statuses), strict=False), 1
    ):
        entry = f"scorecard.status[{n}]"
        if before is not None and status.least_total >= before.least_total:
            yield (
                f"{entry}.least_total",
                f"is {status.least_total}, not below the {before.least_total} of the status before: "
                "statuses stand in order of merit",
            )
        if status.least_total > best:
            yield (
                f"{entry}.least_total",
                f"is {status.least_total}; all measures give at most {best}",
            )
        if (status.measure is None) != (status.at_most is None):
            yield f"{entry}.at_most", "and measure stand together or not at all"
        elif status.measure is not None and status.measure not in codes:
            yield f"{entry}.measure", unknown("measure", status.measure, codes)
        if n == last and (status.least_total > 0 or status.measure is not None):
            yield entry, "is the last and must hold for any total: least_total 0 and no measure"


CHECKS: tuple[Callable[..., Findings], ...] = (_scorecard,)
