"""What an extension brings when all Cases are used, and when it can be taken (ATSP 9.1; D-4, D-47)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.billing.rules.money import extension
from contracts.programmes.rules.terms import Programme, Tier


@dataclass(frozen=True, slots=True)
class Brought:
    """What an extension brings to a pool, with its arithmetic in words."""

    pool: str
    name: str
    cases: int
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An extension to the anniversary: its price (D-4), and what it brings to each pool (D-47)."""

    months: int
    per_month: Decimal
    total: Decimal
    currency: str
    words: str
    clause: str
    brings: tuple[Brought, ...]

    @property
    def cases(self) -> int:
        """The cases of all pools."""
        return sum(brought.cases for brought in self.brings)


def extension_offer(
    programme: Programme,
    tier: Tier,
    on: date,
    anniversary: date,
    *,
    bought_at: Decimal | None = None,
) -> Offer | None:
    """The extension that a tier's reseller may take on a day; None where the programme knows none.

    Its price is a share of what the Cases of page 1 were `bought_at`, the tier's fee unless another amount is given
    (ATSP 9.1). Raises ValueError when `on` is not in the year before the anniversary.
    """
    if programme.payment is None:
        return None
    shares = programme.payment.extension_months
    amount = tier.fee if bought_at is None else bought_at
    price = extension(amount, on, anniversary, shares=shares, currency=programme.currency)
    return Offer(
        months=price.months,
        per_month=price.per_month,
        total=price.total,
        currency=programme.currency,
        words=price.words,
        clause=programme.payment.extension_clause,
        brings=cases_brought(tier, price.months, shares),
    )


def cases_brought(tier: Tier, months: int, shares: int) -> tuple[Brought, ...]:
    """What so many months bring: of each pool's cases the share that is paid for, a case begun counted whole (D-47)."""
    return tuple(
        Brought(pool.code, pool.name, cases, _words(pool.cases, months, shares, cases))
        for pool in tier.pools
        if (cases := -(-pool.cases * months // shares))
    )


def still_paid_for(left: Sequence[tuple[str, int]]) -> str:
    """The pools that have cases left, in words: "EMEA still has 40"; "" when all Cases paid for are used (ATSP 9.1)."""
    having = [f"{name} still has {cases}" for name, cases in left if cases]
    return " and ".join(having)


def _words(cases: int, months: int, shares: int, brought: int) -> str:
    exact = Decimal(cases * months) / Decimal(shares)
    share = f"{cases} × {months} / {shares}"
    if exact == brought:
        return f"{share} = {brought}"
    return f"{share} = {exact:.2f}, rounded up to {brought}"
