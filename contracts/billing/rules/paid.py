"""What was paid for each line and not given back, however payments and credits reached its invoice (ATSP 3.2, 9.4).

Money comes for an invoice as a whole, and so may a credit: a line has its part of both, in proportion to what was
asked for it. Amounts are `Decimal`, positive. Nothing is paid for twice, and nothing that was given back is paid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from contracts.billing.rules.money import round_cents

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice: its lines by their keys, what settled it, and what of it was given back.

    `given_back` is what was given back of the invoice as a whole; `of_lines` what was given back of a line by name.
    """

    lines: Mapping[int, Decimal]
    settled: Decimal = _NOTHING
    given_back: Decimal = _NOTHING
    of_lines: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owed:
    """A line as it stands: what of it was not given back, and what of that is paid."""

    amount: Decimal
    paid: Decimal

    @property
    def unpaid(self) -> Decimal:
        """What of it is still to be paid."""
        return self.amount - self.paid


def paid_for(invoices: Sequence[Billed], *, given_besides: Decimal = _NOTHING) -> dict[int, Owed]:
    """Each line's part of what was charged and not given back, and of what of that was paid.

    A credit of more than was paid on its invoice, and credits `given_besides` for no invoice, are taken off what was
    paid on the others: used for them, they paid nothing anew. All lines together are never paid more than came in.
    """
    of_lines = [_left_of_lines(one) for one in invoices]
    net = [one.settled - one.given_back - total(one.of_lines.values()) for one in invoices]
    too_much = given_besides + sum((-one for one in net if one < 0), _NOTHING)
    found: dict[int, Owed] = {}
    for left, came in zip(of_lines, net, strict=True):
        here = max(came, _NOTHING)
        taken = min(here, too_much)
        too_much -= taken
        paid = shares(here - taken, left)
        found |= {key: Owed(amount, paid[key]) for key, amount in left.items()}
    return found


def shares(whole: Decimal, by: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """An amount parted in proportion, to the cent; the parts add up to it. Nothing where nothing is to be had."""
    of_all = sum(by.values(), _NOTHING)
    found, given, counted = {}, _NOTHING, _NOTHING
    for key, weight in by.items():
        counted += weight
        upto = round_cents(whole * counted / of_all) if of_all else _NOTHING
        found[key], given = upto - given, upto
    return found


def _left_of_lines(invoice: Billed) -> dict[int, Decimal]:
    """What was asked for each line and not given back."""
    left = {
        key: max(amount - invoice.of_lines.get(key, _NOTHING), _NOTHING)
        for key, amount in invoice.lines.items()
    }
    whole = shares(min(invoice.given_back, total(left.values())), left)
    return {key: amount - whole[key] for key, amount in left.items()}


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts; a `Decimal` also of none."""
    return sum(amounts, _NOTHING)
