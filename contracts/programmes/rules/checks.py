"""What must hold between the entries of a programme file, beyond each being readable.

A check names, by its parameters, the sections it rests on; it runs when all of them could be read, and
yields the entry that is wrong with the reason.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from contracts.programmes.rules.choices import InformationOutcome, Role
from contracts.programmes.rules.escalation_terms import Escalation, EscalationDuty, EscalationNotice
from contracts.programmes.rules.paper_terms import Counterpart, Releases, WithoutCost
from contracts.programmes.rules.renewal_terms import Renewal
from contracts.programmes.rules.scorecard_terms import Measure, Scorecard
from contracts.programmes.rules.terms import (
    AccountManagement,
    BusinessDay,
    CaseWarnings,
    ClosureReason,
    InformationClock,
    Option,
    Payment,
    Region,
    Roster,
    Severity,
    Term,
    Tier,
    WorkRate,
)
from contracts.programmes.rules.values import Span, Unit

Findings = Iterator[tuple[str, str]]


def findings(parts: Mapping[str, Any]) -> Findings:
    """All that is wrong between the sections that could be read, by entry with its reason."""
    for check in CHECKS:
        needs = inspect.signature(check).parameters
        if all(name in parts for name in needs):
            yield from check(**{name: parts[name] for name in needs})


def _business_day(business_day: BusinessDay) -> Findings:
    if business_day.opens >= business_day.closes:
        yield (
            "business_day.closes",
            f"is {business_day.closes}, not after the opening at {business_day.opens}",
        )
    days = business_day.weekdays
    if any(day >= after for day, after in pairwise(days)):
        yield "business_day.weekdays", "do not stand in the order of the week, each once"


def _currency(currency: str) -> Findings:
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        yield "programme.currency", f"is {currency!r}; a currency is three capital letters"


def _term(term: Term | None) -> Findings:
    if term and term.length.unit is not Unit.MONTH:
        yield "term.length", f"is {term.length}; a term is counted in months"


def _pools(tiers: tuple[Tier, ...], regions: tuple[Region, ...]) -> Findings:
    known = [region.code for region in regions]
    for n, tier in enumerate(tiers, 1):
        served: dict[str, str] = {}
        for m, pool in enumerate(tier.pools, 1):
            entry = f"tier[{n}].pool[{m}]"
            if pool.cases < 1:
                yield f"{entry}.cases", "is 0; a pool holds at least one case"
            if pool.contacts < 1:
                yield f"{entry}.contacts", "is 0; a pool has at least one contact"
            for region in pool.regions:
                if region not in known:
                    yield f"{entry}.regions", _unknown("region", region, known)
                elif region in served:
                    reason = f"name {region!r}, which pool {served[region]!r} serves already"
                    yield f"{entry}.regions", reason
                else:
                    served[region] = pool.code
        for region in known:
            if region not in served:
                yield f"tier[{n}].pool", f"serves no region {region!r}: no pool names it"


def _options(options: tuple[Option, ...], tiers: tuple[Tier, ...]) -> Findings:
    known = [tier.code for tier in tiers]
    column: dict[tuple[str, str], int] = {}
    for n, option in enumerate(options, 1):
        if option.tier not in known:
            yield f"option[{n}].tier", _unknown("tier", option.tier, known)
            continue
        first = column.setdefault((option.tier, option.kind), n)
        if first != n:
            yield (
                f"option[{n}].kind",
                f"is {option.kind.value!r} for tier {option.tier!r}, which option[{first}] is already",
            )


def _payment(payment: Payment | None) -> Findings:
    if payment is None:
        return
    if payment.extension_months < 1:
        yield "payment.extension_months", "is 0; the amount paid is divided by at least one month"
    if payment and payment.expenses_on_receipt != (payment.expenses_clause is not None):
        yield "payment.expenses_clause", "and expenses_on_receipt stand together or not at all"
    for key, span in (
        ("due_within", payment.due_within),
        ("remind_before", payment.remind_before),
    ):
        if span is not None and span.unit not in (Unit.DAY, Unit.WEEK, Unit.MONTH):
            yield f"payment.{key}", f"is {str(span)!r}; invoices go by days, weeks or months"


def _renewal(renewal: Renewal | None, scorecard: Scorecard | None) -> Findings:
    if renewal is None:
        return
    if renewal.opens_before.unit is not Unit.DAY:
        reason = f"is {renewal.opens_before}; the days before the anniversary are counted"
        yield "renewal.opens_before", reason
    known = [status.code for status in scorecard.statuses] if scorecard else []
    for n, percentage in enumerate(renewal.percentages, 1):
        entry = f"renewal.percentage[{n}]"
        if percentage.status not in known:
            yield f"{entry}.status", _unknown("status", percentage.status, known)
        if percentage.percent > 100:
            yield f"{entry}.percent", f"is {percentage.percent:f}; a percentage is at most 100"


def _case_warnings(case_warnings: CaseWarnings | None) -> Findings:
    if case_warnings is None:
        return
    for n, share in enumerate(case_warnings.shares, 1):
        if not 1 <= share <= 100:
            yield f"case_warnings.shares[{n}]", f"is {share}; a share is 1 to 100 percent"
    if any(share >= after for share, after in pairwise(case_warnings.shares)):
        yield "case_warnings.shares", "do not ascend, each once"


def _work_rates(work_rates: tuple[WorkRate, ...]) -> Findings:
    for n, rate in enumerate(work_rates, 1):
        if rate.per_day <= 0:
            yield f"work_rate[{n}].per_day", "is nothing; a day's work has its price"


def _without_cost(without_cost: WithoutCost | None) -> Findings:
    if without_cost is None:
        return
    try:
        date.fromisoformat(without_cost.through)
    except ValueError:
        yield "without_cost.through", f"is {without_cost.through!r}; a day is written 2004-09-30"


def _releases(releases: Releases | None) -> Findings:
    if releases and releases.supported < 1:
        yield "releases.supported", "is 0; at least the current Release is supported"


def _counterparts(counterparts: tuple[Counterpart, ...]) -> Findings:
    first: dict[str, int] = {}
    for n, one in enumerate(counterparts, 1):
        if first.setdefault(one.of, n) != n:
            yield f"counterpart[{n}].of", f"is {one.of!r}, as in counterpart[{first[one.of]}]"


def _roster(roster: Roster) -> Findings:
    least = roster.minimum_technical + roster.minimum_alternate
    if roster.maximum_technical is not None and roster.maximum_technical < least:
        yield (
            "roster.maximum_technical",
            f"is {roster.maximum_technical}, below the {least} required",
        )


def _severities(severities: tuple[Severity, ...]) -> Findings:
    for n, severity in enumerate(severities, 1):
        if severity.level != n:
            yield (
                f"severity[{n}].level",
                f"is {severity.level}, where {n} belongs: severities run 1, 2, 3 … without a gap",
            )
        if severity.status_every.unit.is_business and not severity.status_in_business_time:
            yield (
                f"severity[{n}].status_in_business_time",
                f"is false, though status is owed every {severity.status_every}",
            )
        if severity.round_the_clock and severity.status_in_business_time:
            yield (
                f"severity[{n}].status_in_business_time",
                "is true, though the first response runs round the clock",
            )


def _information_clocks(
    information_clocks: tuple[InformationClock, ...],
    severities: tuple[Severity, ...],
    closure_reasons: tuple[ClosureReason, ...],
) -> Findings:
    levels = [severity.level for severity in severities]
    by_level = {clock.severity: clock for clock in information_clocks}
    for n, clock in enumerate(information_clocks, 1):
        entry = f"information_clock[{n}]"
        if clock.severity not in levels:
            yield f"{entry}.severity", _unknown("severity", clock.severity, levels)
        yield from _lengths(clock, entry)
        if clock.outcome is InformationOutcome.DOWNGRADE:
            yield from _downgrade(clock, entry, levels, by_level)
        else:
            yield from _close(clock, entry, closure_reasons)


def _lengths(clock: InformationClock, entry: str) -> Findings:
    elapsed = True
    for name, span in (("within", clock.within), ("warn_before", clock.warn_before)):
        if not span.unit.is_elapsed:
            elapsed = False
            yield f"{entry}.{name}", f"is {span}; it counts elapsed minutes, hours or days"
    if elapsed and clock.warn_before.length >= clock.within.length:
        reason = f"is {clock.warn_before}, which is not within the {clock.within} of the clock"
        yield f"{entry}.warn_before", reason


def _downgrade(
    clock: InformationClock,
    entry: str,
    levels: Sequence[int],
    by_level: Mapping[int, InformationClock],
) -> Findings:
    if clock.closure_reason is not None:
        yield f"{entry}.closure_reason", "stands beside a downgrade, which closes nothing"
    if clock.to_severity is None:
        yield f"{entry}.to_severity", "is missing: a downgrade names the severity it goes to"
    elif clock.to_severity not in levels:
        yield f"{entry}.to_severity", _unknown("severity", clock.to_severity, levels)
    elif clock.to_severity <= clock.severity:
        yield (
            f"{entry}.to_severity",
            f"is {clock.to_severity}, which is not below severity {clock.severity}",
        )
    elif following := by_level.get(clock.to_severity):
        spans = (clock.within, following.within)
        if all(span.unit.is_elapsed for span in spans) and spans[0].length >= spans[1].length:
            yield (
                f"{entry}.within",
                f"is {clock.within}, not before the next clock's {following.within}: "
                "both count from reporting",
            )


def _close(
    clock: InformationClock, entry: str, closure_reasons: tuple[ClosureReason, ...]
) -> Findings:
    if clock.to_severity is not None:
        yield f"{entry}.to_severity", "stands beside a closure, which changes no severity"
    reasons = {reason.code: reason for reason in closure_reasons}
    if clock.closure_reason is None:
        yield f"{entry}.closure_reason", "is missing: a closure names its reason"
    elif clock.closure_reason not in reasons:
        yield f"{entry}.closure_reason", _unknown("closure reason", clock.closure_reason, reasons)
    elif not reasons[clock.closure_reason].by_clock:
        reason = f"is {clock.closure_reason!r}, which is not by_clock: people close for it"
        yield f"{entry}.closure_reason", reason


def _closure_reasons(
    closure_reasons: tuple[ClosureReason, ...], information_clocks: tuple[InformationClock, ...]
) -> Findings:
    used = {clock.closure_reason for clock in information_clocks}
    for n, reason in enumerate(closure_reasons, 1):
        if reason.by_clock and reason.code not in used:
            yield f"closure_reason[{n}].by_clock", "is true, but no information clock closes for it"


def _account_management(
    account_management: AccountManagement | None, options: tuple[Option, ...]
) -> Findings:
    if account_management is None:
        return
    sold = sorted({option.kind.value for option in options})
    if account_management.option.value not in sold:
        reason = _unknown("option kind", account_management.option.value, sold)
        yield "account_management.option", reason
    every = account_management.call_every
    if every.unit is not Unit.MONTH or every.amount < 1:
        yield "account_management.call_every", f"is {every}; calls are counted in months"


def _escalation(
    escalation: Escalation | None, severities: tuple[Severity, ...], options: tuple[Option, ...]
) -> Findings:
    if escalation is None:
        return
    levels = [severity.level for severity in severities]
    if escalation.severity not in levels:
        yield "escalation.severity", _unknown("severity", escalation.severity, levels)
    sold = sorted({option.kind.value for option in options})
    if escalation.option.value not in sold:
        yield "escalation.option", _unknown("option kind", escalation.option.value, sold)
    commitment = escalation.commitment
    if not commitment.every.unit.is_elapsed:
        yield "escalation.commitment.every", f"is {commitment.every}; marks count elapsed time"
    elif not (
        commitment.served_by_update_within.unit.is_elapsed
        and commitment.served_by_update_within.length < commitment.every.length
    ):
        yield (
            "escalation.commitment.served_by_update_within",
            f"is {commitment.served_by_update_within}, not shorter than the {commitment.every} "
            "between two marks",
        )
    yield from _marks("duty", escalation.duties)
    yield from _marks("notice", escalation.notices)
    bearers = [("commitment", commitment.role)]
    bearers += [(f"duty[{n}]", duty.role) for n, duty in enumerate(escalation.duties, 1)]
    for entry, role in bearers:
        if role is Role.TECHNICAL_CONTACT:
            yield (
                f"escalation.{entry}.role",
                "is the reseller's contact, who bears no duty of Exhibit C",
            )
    for n, notice in enumerate(escalation.notices, 1):
        if len(set(notice.audience)) < len(notice.audience):
            yield f"escalation.notice[{n}].audience", "names a role twice"


def _marks(name: str, steps: Sequence[EscalationDuty | EscalationNotice]) -> Findings:
    before: Span | None = None
    for n, step in enumerate(steps, 1):
        if not step.at.unit.is_elapsed:
            yield f"escalation.{name}[{n}].at", f"is {step.at}; marks count elapsed time"
        elif before is not None and step.at.length < before.length:
            yield (
                f"escalation.{name}[{n}].at",
                f"is {step.at}, after one at {before}: marks ascend",
            )
        else:
            before = step.at


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
            yield f"{entry}.measure", _unknown("measure", status.measure, codes)
        if n == last and (status.least_total > 0 or status.measure is not None):
            yield entry, "is the last and must hold for any total: least_total 0 and no measure"


def _unknown(what: str, value: object, known: Sequence[object] | Mapping[str, object]) -> str:
    return f"is {value!r}, which is no {what}; there is {', '.join(map(str, known)) or 'none'}"


CHECKS: tuple[Callable[..., Findings], ...] = (
    _business_day,
    _currency,
    _term,
    _pools,
    _options,
    _payment,
    _renewal,
    _case_warnings,
    _work_rates,
    _roster,
    _releases,
    _without_cost,
    _counterparts,
    _severities,
    _information_clocks,
    _closure_reasons,
    _account_management,
    _escalation,
    _scorecard,
)
