"""What must hold between the entries of a programme file, beyond each being readable.

A check names, by its parameters, the sections it rests on; it runs when all of them could be read, and
yields the entry that is wrong with the reason.
"""

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from contracts.programmes.rules import scorecard_checks, service_checks
from contracts.programmes.rules.findings import Findings, unknown
from contracts.programmes.rules.paper_terms import Counterpart, Releases, WithoutCost
from contracts.programmes.rules.renewal_terms import Renewal
from contracts.programmes.rules.scorecard_terms import Scorecard
from contracts.programmes.rules.terms import (
    BusinessDay,
    CaseWarnings,
    Option,
    Payment,
    Region,
    Roster,
    Term,
    Tier,
    WorkRate,
)
from contracts.programmes.rules.values import Unit


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
                    yield f"{entry}.regions", unknown("region", region, known)
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
            yield f"option[{n}].tier", unknown("tier", option.tier, known)
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
            yield f"{entry}.status", unknown("status", percentage.status, known)
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
    *service_checks.CHECKS,
    *scorecard_checks.CHECKS,
)
