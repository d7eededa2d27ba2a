"""Both refunds of a termination: prorated from what was paid, each fee by what it bought (ATSP 9.4; D-5)."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ending.rules.refund import Basis, Fee, refunds, unused_of_each
from portal.rules.refusal import Refusal

BEGAN, ENDS = dt.date(2002, 9, 3), dt.date(2003, 9, 2)
MAY = dt.date(2003, 5, 10)


def fee(key: int, charged: str, **more: object) -> Fee:
    values = {"text": f"Fee {key}", "since": BEGAN, "paid": Decimal(charged), **more}
    return Fee(key=key, charged=Decimal(charged), **values)  # type: ignore[arg-type]


LEVEL_II = fee(1, "80000", text="ATSP Level II", cases=200, unused=63)
PSAM = fee(2, "28479.45", text="2 × PSAM Level II", since=dt.date(2003, 1, 15))


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_both_refunds_with_their_arithmetic() -> None:
    by_time, by_cases = refunds([LEVEL_II, PSAM], on=MAY, effective=BEGAN, ends=ENDS)
    assert (by_time.basis, by_cases.basis) == (Basis.TIME, Basis.CASES)
    assert [(line.amount, line.words) for line in by_time.lines] == [
        (
            Decimal("25424.66"),
            "US$80,000.00 for 116 of 365 days, 10 May 2003 to 2 Sep 2003: US$25,424.66.",
        ),
        (
            Decimal("14301.37"),
            "US$28,479.45 for 116 of 231 days, 10 May 2003 to 2 Sep 2003: US$14,301.37.",
        ),
    ]
    assert by_cases.lines[0].amount == Decimal("25200.00")
    assert by_cases.lines[0].words == "US$80,000.00 for 63 unused of 200 cases: US$25,200.00."
    assert by_cases.lines[1] == by_time.lines[1]
    assert (by_time.total, by_cases.total) == (Decimal("39726.03"), Decimal("39501.37"))


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_only_what_was_paid_is_prorated_and_the_unpaid_rest_is_let_off() -> None:
    half = replace(LEVEL_II, paid=Decimal(30000), unpaid=Decimal(40000))
    _, by_cases = refunds([half], on=MAY, effective=BEGAN, ends=ENDS)
    assert (by_cases.total, by_cases.let_off) == (Decimal("9450.00"), Decimal("12600.00"))
    assert by_cases.lines[0].words == (
        "Of US$80,000.00, US$30,000.00 was paid and not given back. US$30,000.00 for 63 unused of 200 cases: "
        "US$9,450.00. Of US$40,000.00 not yet paid, US$12,600.00 is not owed any more."
    )


@pytest.mark.clause("ATSP 9.4")
@pytest.mark.parametrize(
    ("bought", "unused", "left"),
    [
        ([200], 200, [200]),
        ([200], 0, [0]),
        ([200, 68], 68, [0, 68]),  # just extended: nothing of the first is left
        ([200, 68], 69, [1, 68]),  # one of the first came back
        ([200, 68, 17], 20, [0, 3, 17]),
        ([200, 68], 268, [200, 68]),
        ([200], 201, [200]),  # never more than was bought
    ],
)
def test_cases_bought_first_are_used_first(bought: list[int], unused: int, left: list[int]) -> None:
    assert unused_of_each(bought, unused) == left


@pytest.mark.clause("ATSP 9.4")
def test_a_fee_that_begins_later_is_given_back_whole() -> None:
    later = fee(3, "500", since=MAY + dt.timedelta(days=3))
    assert refunds([later], on=MAY, effective=BEGAN, ends=ENDS)[0].total == 500


@pytest.mark.clause("ATSP 9.4")
def test_a_fee_whose_cases_were_never_granted_has_none_unused() -> None:
    none = replace(LEVEL_II, cases=0, unused=0)
    assert refunds([none], on=MAY, effective=BEGAN, ends=ENDS)[1].total == 0


@pytest.mark.clause("ATSP 9.4")
@given(
    st.dates(BEGAN, ENDS),
    st.integers(0, 200),
    st.integers(0, 8_000_000),
    st.integers(0, 8_000_000),
)
def test_a_refund_lies_between_nothing_and_what_was_paid(
    on: dt.date, unused: int, paid: int, unpaid: int
) -> None:
    cents = Decimal("0.01")
    one = replace(LEVEL_II, paid=paid * cents, unpaid=unpaid * cents, unused=unused)
    for refund in refunds([one], on=on, effective=BEGAN, ends=ENDS):
        assert 0 <= refund.total <= one.paid
        assert 0 <= refund.let_off <= one.unpaid


def test_a_day_outside_the_year_has_no_refund() -> None:
    with pytest.raises(Refusal, match="is not in the contract year") as refused:
        refunds([LEVEL_II], on=dt.date(2003, 9, 3), effective=BEGAN, ends=ENDS)
    assert refused.value.field == "on"
