"""The renewal of a contract year: when it is proposed, which year it is, what it costs (REN; D-1).

Dates are the agreement's own. Money is `Decimal`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.agreements.rules.contract_year import ContractYear, contract_year_on, term_ends
from contracts.billing.rules.money import fee, money_text
from contracts.programmes.rules.renewal_terms import Renewal
from contracts.programmes.rules.terms import Option, Programme, Tier
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@dataclass(frozen=True, slots=True)
class Opening:
    """The day on which the proposal of the next year is opened, with the sum in words and its clause."""

    on: date
    words: str
    clause: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of what a year costs, with its arithmetic in words and its clause."""

    text: str
    amount: Decimal
    words: str
    clause: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that both years have, or one of them: what it is, how it was and how it will be."""

    what: str
    before: str
    after: str
    clause: str = ""

    @property
    def changes(self) -> bool:
        """Whether it will be otherwise."""
        return self.before != self.after


def opening(renewal: Renewal, anniversary: date) -> Opening:
    """When the proposal of the year from `anniversary` is opened: so many days before that very day (REN).

    Counted from the anniversary of the year that is ending, never from a signature or an earlier notice.
    """
    on = anniversary - timedelta(days=renewal.opens_before.amount)
    words = (
        f"{renewal.opens_before} before the anniversary, {day_words(anniversary)}: {day_words(on)}. "
        "How many days before is the portal's own choice."
    )
    return Opening(on, words, renewal.clause)


def next_year(first_effective: date, ends_on: date) -> ContractYear:
    """The contract year after the one that ends on `ends_on`, counted from the contract's first Effective Date.

    So a 29 February comes back after common years (D-46).
    """
    following = ends_on + timedelta(days=1)
    year = contract_year_on(first_effective, following)
    if year.begins != following:  # the years do not follow from the first: count from this one
        return ContractYear(1, following, term_ends(following) + timedelta(days=1))
    return year


def tier_after(programme: Programme, tier: str) -> str:
    """The tier proposed first: the present one where the proposed terms still have it, else none."""
    return tier if any(one.code == tier for one in programme.tiers) else ""


def options_after(
    programme: Programme, tier: str, taken: Iterable[tuple[str, int]]
) -> list[tuple[str, int]]:
    """The options proposed first: those of the present year that the proposed terms still offer to the tier."""
    offered = {option.code for option in programme.options if option.tier == tier}
    quantities: dict[str, int] = {}
    for code, quantity in taken:
        if code in offered:
            quantities[code] = quantities.get(code, 0) + quantity
    return list(quantities.items())


def costs(
    tier: Tier | None, options: Iterable[tuple[Option, int]], currency: str
) -> list[CostLine]:
    """What a whole year costs: the tier's cases, then each option times its quantity (page 1; D-1)."""
    lines = []
    if tier is not None:
        words = f"{tier.cases} cases: {money_text(tier.fee, currency)}."
        lines.append(CostLine(tier.name, tier.fee, words, tier.clause))
    for option, quantity in options:
        amount = fee(quantity, option.fee)
        words = f"{quantity} × {money_text(option.fee, currency)}: {money_text(amount, currency)}."
        name = f"{quantity} × {option.name}" if quantity > 1 else option.name
        lines.append(CostLine(name, amount, words, option.clause))
    return lines


def side_by_side(
    before: Programme,
    after: Programme,
    *,
    tiers: tuple[str, str],
    options: tuple[dict[str, int], dict[str, int]],
) -> list[Comparison]:
    """Tier, cases, contacts, options and total of two years; `options` are quantities by code, `tiers` their codes."""
    old, new = _tier(before, tiers[0]), _tier(after, tiers[1])
    paged = new or old
    clause = paged.clause if paged else ""
    currency = after.currency
    rows = [Comparison("Terms", _terms(before), _terms(after))]
    if old or new:
        rows.append(Comparison("Tier", _name(old), _name(new), clause))
        rows.append(Comparison("Cases", _cases(old), _cases(new), clause))
        rows.append(Comparison("Contacts", _contacts(old), _contacts(new), clause))
        rows.append(
            Comparison("Fee for the cases", _fee(old, currency), _fee(new, currency), clause)
        )
    codes = [*options[0], *(code for code in options[1] if code not in options[0])]
    for code in codes:
        was, will = _option(before, code), _option(after, code)
        named = will or was
        rows.append(
            Comparison(
                named.name if named else code,
                _taken(was, options[0].get(code, 0), currency),
                _taken(will, options[1].get(code, 0), currency),
                named.clause if named else "",
            )
        )
    totals = (_total(before, old, options[0]), _total(after, new, options[1]))
    rows.append(
        Comparison(
            "The year in all",
            money_text(totals[0], before.currency),
            money_text(totals[1], after.currency),
        )
    )
    return rows


def require_signatory_days(provider: date | None, reseller: date | None) -> date:
    """The day of the later signature. Raises Refusal unless both sides say on which day they signed."""
    days = []
    for field, day in (("provider_signed_on", provider), ("reseller_signed_on", reseller)):
        if day is None:
            raise Refusal(
                "The day beside a signature is missing.",
                clause="REN",
                way_out="Write the day that stands on the paper.",
                field=field,
            )
        days.append(day)
    return max(days)


def _terms(programme: Programme) -> str:
    return f"{programme.title}, form {programme.form}"


def _tier(programme: Programme, code: str) -> Tier | None:
    return next((tier for tier in programme.tiers if tier.code == code), None)


def _option(programme: Programme, code: str) -> Option | None:
    return next((option for option in programme.options if option.code == code), None)


def _name(tier: Tier | None) -> str:
    return tier.name if tier else "none"


def _cases(tier: Tier | None) -> str:
    if tier is None:
        return "none"
    pools = ", ".join(f"{pool.cases} {pool.name}" for pool in tier.pools)
    return f"{tier.cases}: {pools}" if len(tier.pools) > 1 else str(tier.cases)


def _contacts(tier: Tier | None) -> str:
    if tier is None:
        return "none"
    return ", ".join(f"{pool.contacts} {pool.name}" for pool in tier.pools)


def _fee(tier: Tier | None, currency: str) -> str:
    return money_text(tier.fee, currency) if tier else "none"


def _taken(option: Option | None, quantity: int, currency: str) -> str:
    if option is None:
        return "not offered"
    each = money_text(option.fee, currency)
    if not quantity:
        return f"not taken ({each} a year)"
    if quantity == 1:
        return each
    return f"{quantity} × {each}: {money_text(fee(quantity, option.fee), currency)}"


def _total(programme: Programme, tier: Tier | None, options: dict[str, int]) -> Decimal:
    taken = [(_option(programme, code), quantity) for code, quantity in options.items()]
    known = [(option, quantity) for option, quantity in taken if option is not None and quantity]
    return sum((line.amount for line in costs(tier, known, programme.currency)), Decimal(0))
