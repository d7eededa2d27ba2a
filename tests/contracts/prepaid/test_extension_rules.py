"""What an extension costs and includes (ATSP 9.1; D-4, D-47)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.prepaid.rules.extension import cases_brought, extension_offer, still_paid_for
from tests.contracts.programmes.published import atsp

ANNIVERSARY = date(2003, 9, 3)


@pytest.mark.clause("ATSP 9.1", "D-4", "D-47")
@pytest.mark.parametrize(
    ("tier", "on", "total", "brings"),
    [
        ("level-2", date(2003, 5, 10), "26666.68", [("us", 34), ("emea", 34)]),
        ("level-1", date(2003, 5, 3), "8000.00", [("all", 14)]),
        ("level-2", date(2003, 9, 2), "6666.67", [("us", 9), ("emea", 9)]),
        ("level-2", date(2003, 6, 2), "26666.68", [("us", 34), ("emea", 34)]),
        ("level-2", date(2003, 6, 3), "20000.01", [("us", 25), ("emea", 25)]),
        ("level-2", date(2002, 9, 3), "80000.04", [("us", 100), ("emea", 100)]),
    ],
    ids=["worked, Level II", "worked, Level I", "last day", "a month begun", "whole", "first day"],
)
def test_the_share_of_the_fee_buys_the_same_share_of_the_cases(
    tier: str, on: date, total: str, brings: list[tuple[str, int]]
) -> None:
    offer = extension_offer(atsp(), atsp().tier(tier), on, ANNIVERSARY)
    assert offer is not None
    assert offer.total == Decimal(total)
    assert [(each.pool, each.cases) for each in offer.brings] == brings
    assert offer.cases == sum(cases for _, cases in brings)
    assert offer.clause == "ATSP 9.1"


@pytest.mark.clause("D-47")
def test_the_arithmetic_is_said_in_words() -> None:
    tier = atsp().tier("level-2")
    assert cases_brought(tier, 4, 12)[0].words == "100 × 4 / 12 = 33.33, rounded up to 34"
    assert cases_brought(tier, 3, 12)[0].words == "100 × 3 / 12 = 25"


@pytest.mark.parametrize("months", range(1, 13))
def test_nobody_gets_less_than_what_is_paid_for_nor_a_whole_case_more(months: int) -> None:
    for tier in atsp().tiers:
        for pool, brought in zip(tier.pools, cases_brought(tier, months, 12), strict=True):
            assert 0 <= brought.cases - Decimal(pool.cases * months) / 12 < 1


def test_a_programme_without_payments_offers_none() -> None:
    programme = replace(atsp(), payment=None)
    assert extension_offer(programme, atsp().tiers[0], date(2003, 5, 3), ANNIVERSARY) is None


@pytest.mark.clause("ATSP 9.1")
def test_unused_paid_cases_are_named() -> None:
    assert still_paid_for([("US", 0), ("EMEA", 40)]) == "EMEA still has 40"
    assert still_paid_for([("US", 2), ("EMEA", 1)]) == "US still has 2 and EMEA still has 1"
    assert still_paid_for([("US", 0), ("EMEA", 0)]) == ""
