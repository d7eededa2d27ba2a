"""What was paid for each line and not given back: rules, by table and property (ATSP 3.2, 9.4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.billing.rules.paid import Billed, Owed, paid_for, shares, total

YEAR = {1: Decimal(80000), 2: Decimal(45000)}


def owed(invoice: Billed, *more: Billed, besides: int = 0) -> dict[int, tuple[Decimal, Decimal]]:
    found = paid_for([invoice, *more], given_besides=Decimal(besides))
    return {key: (one.amount, one.paid) for key, one in found.items()}


@pytest.mark.clause("ATSP 9.4", "ATSP 3.2")
@pytest.mark.parametrize(
    ("invoice", "first", "second"),
    [
        (Billed(YEAR), (80000, 0), (45000, 0)),
        (Billed(YEAR, Decimal(125000)), (80000, 80000), (45000, 45000)),
        (Billed(YEAR, Decimal(12500)), (80000, 8000), (45000, 4500)),
        # a dispute upheld in whole, after payment and before it
        (Billed(YEAR, Decimal(125000), Decimal(125000)), (0, 0), (0, 0)),
        # a dispute upheld in part, of the invoice, then of its second line
        (Billed(YEAR, Decimal(125000), Decimal(12500)), (72000, 72000), (40500, 40500)),
        (Billed(YEAR, Decimal(22500), Decimal(22500)), (65600, 0), (36900, 0)),
        (
            Billed(YEAR, Decimal(125000), of_lines={2: Decimal(22500)}),
            (80000, 80000),
            (22500, 22500),
        ),
        # a line taken back, not paid yet
        (Billed(YEAR, Decimal(0), of_lines={2: Decimal(45000)}), (80000, 0), (0, 0)),
    ],
)
def test_each_line_has_its_part(
    invoice: Billed, first: tuple[int, int], second: tuple[int, int]
) -> None:
    assert owed(invoice) == {1: first, 2: second}


@pytest.mark.clause("ATSP 9.4")
def test_a_credit_that_nobody_had_paid_for_pays_nothing_elsewhere() -> None:
    """A line of an unpaid invoice is taken back, and its credit note used for another invoice."""
    unpaid = Billed({1: Decimal(100)}, of_lines={1: Decimal(100)})
    settled = Billed({2: Decimal(100)}, Decimal(100))
    assert owed(unpaid, settled) == {1: (0, 0), 2: (100, 0)}
    assert owed(settled, besides=30) == {2: (100, 70)}
    in_part = Billed({1: Decimal(100), 3: Decimal(50)}, of_lines={1: Decimal(100)})
    more = Billed({2: Decimal(300)}, Decimal(300))
    assert owed(in_part, more) == {1: (0, 0), 3: (50, 0), 2: (300, 200)}


@pytest.mark.clause("ATSP 9.4")
def test_a_credit_is_taken_off_what_was_paid_once() -> None:
    first, second = Billed({1: Decimal(100)}, Decimal(100)), Billed({2: Decimal(50)}, Decimal(50))
    assert owed(first, second, besides=30) == {1: (100, 70), 2: (50, 50)}
    assert owed(first, second, besides=120) == {1: (100, 0), 2: (50, 30)}


@pytest.mark.clause("ATSP 9.4")
def test_no_line_is_owed_less_than_nothing() -> None:
    twice = Billed({1: Decimal(100)}, Decimal(100), Decimal(60), {1: Decimal(60)})
    assert owed(twice) == {1: (0, 0)}


def test_what_is_unpaid_is_the_rest() -> None:
    assert Owed(Decimal(100), Decimal(70)).unpaid == 30


CENTS = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents) / 100)


@given(CENTS, st.lists(CENTS, min_size=1, max_size=8))
def test_shares_add_up_and_none_is_more_than_its_line(whole: Decimal, lines: list[Decimal]) -> None:
    by = dict(enumerate(lines))
    most = min(whole, total(lines))
    parts = shares(most, by)
    assert total(parts.values()) == most
    assert all(0 <= parts[key] <= amount for key, amount in by.items())
