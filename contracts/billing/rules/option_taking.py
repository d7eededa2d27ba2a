"""Taking an option: which one, how many, from which day, at what fee (ATSP page 1, 2.b, 15.1; D-1, D-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.billing.rules.money import fee, money_text, prorate
from contracts.programmes.rules.terms import Option, Programme, Tier
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

MOST_AT_ONCE = 99


@dataclass(frozen=True, slots=True)
class Taken:
    """An option that the agreement has: its code, its quantity, and the day it was taken."""

    code: str
    quantity: int
    on: date


@dataclass(frozen=True, slots=True)
class Wish:
    """An option that is asked for."""

    code: str
    quantity: int
    on: date


@dataclass(frozen=True, slots=True)
class Quote:
    """What an option costs when it is taken on a day: the fee, and its explanation in words."""

    option: Option
    quantity: int
    on: date
    annual: Decimal
    amount: Decimal
    remaining_days: int
    days: int
    words: str


def quote(
    programme: Programme,
    tier: Tier | None,
    taken: Sequence[Taken],
    wish: Wish,
    first: date,
    last: date,
) -> Quote:
    """What the wish costs in the contract year from `first` through `last` (D-1, D-2).

    Raises Refusal, naming the field and quoting page 1, for an option of the other column, a day outside the year,
    a quantity that the agreement cannot have, and an option that was taken on the same day already.
    """
    option = _option(programme, tier, wish.code)
    if not 1 <= wish.quantity <= MOST_AT_ONCE:
        raise Refusal(
            f"{wish.quantity} is not a valid quantity of an option.",
            clause=option.clause,
            way_out=f"Take between 1 and {MOST_AT_ONCE}.",
            field="quantity",
        )
    if not first <= wish.on <= last:
        raise Refusal(
            f"{day_words(wish.on)} is outside the contract year, {day_words(first)} to {day_words(last)}.",
            clause=programme.term.option_clause if programme.term else option.clause,
            way_out="An option ends with the Term: choose a day of the year, or take it with the renewal.",
            field="taken_on",
        )
    _most(option, taken, wish)
    if any(one.code == wish.code and one.on == wish.on for one in taken):
        raise Refusal(
            f"{option.name} was taken on {day_words(wish.on)} already.",
            clause=option.clause,
            way_out="Choose another day for more of it.",
            field="taken_on",
        )
    annual = fee(wish.quantity, option.fee)
    owed = prorate(annual, wish.on, first, last, currency=programme.currency)
    words = owed.words
    if wish.quantity > 1:
        words = f"{wish.quantity} × {money_text(option.fee, programme.currency)} a year: {words}"
    return Quote(
        option=option,
        quantity=wish.quantity,
        on=wish.on,
        annual=annual,
        amount=owed.amount,
        remaining_days=owed.remaining_days,
        days=owed.days,
        words=words,
    )


def _option(programme: Programme, tier: Tier | None, code: str) -> Option:
    """The option of that code, of the tier's column. Raises Refusal."""
    found = next((option for option in programme.options if option.code == code), None)
    column = [option.name for option in programme.options if tier and option.tier == tier.code]
    way_out = f"Choose {' or '.join(column)}." if column else "This agreement has no options."
    if found is None:
        raise Refusal(
            f"The programme has no option {code!r}.",
            clause=tier.clause if tier else "",
            way_out=way_out,
            field="option",
        )
    if tier is None or found.tier != tier.code:
        raise Refusal(
            f"{found.name} is not in the column of {tier.name if tier else 'the agreement'}. "
            "“If they pick an option, it must be in the same column at the ATSP level.”",
            clause=found.clause,
            way_out=way_out,
            field="option",
        )
    return found


def _most(option: Option, taken: Sequence[Taken], wish: Wish) -> None:
    """Raise Refusal when the agreement would have more of an option than the paper lets it."""
    if option.most is None:
        return
    has = sum(one.quantity for one in taken if one.code == option.code)
    if has + wish.quantity > option.most:
        held = f"; it has {has} already" if has else ""
        raise Refusal(
            f"An agreement has at most {option.most} {option.name}{held}.",
            clause=option.most_clause or option.clause,
            way_out="The one there is serves to the end of the year."
            if has
            else f"Take {option.most}.",
            field="quantity",
        )
