"""Which logged work is billable: every combination of authorization, notice to stop and cause (ATSP 7.2, 7.3)."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.work_orders.rules.billing import (
    Bill,
    Expense,
    Facts,
    Verdict,
    Work,
    bill,
    check_stretch,
    hours_between,
    quantity_of,
    settlement,
)
from contracts.work_orders.rules.orders import Outcome, WorkTerms, counted
from portal.rules.refusal import Refusal
from tests.contracts.work_orders.test_order_rules import ON_SITE, REMOTE, SECTION_7

NINE = dt.datetime(2003, 3, 5, 17, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
BEFORE, WITHIN, AFTER = NINE - HOUR, NINE + 3 * HOUR, NINE + 9 * HOUR
RATE = Decimal(250)


def stretch(terms: WorkTerms, hours: int = 8) -> Work:
    """Eight hours from nine on: a whole day of work by the day."""
    quantity = Decimal(1) if terms.per_day else Decimal(hours)
    return Work(1, NINE, NINE + hours * HOUR, quantity, terms.per_day or RATE)


def facts(
    authorised: dt.datetime | None, stopped: dt.datetime | None, outcome: Outcome | None
) -> Facts:
    return Facts(authorised, stopped, outcome)


def read(found: Bill) -> list[tuple[str, Verdict, str]]:
    return [(f"{one.quantity.normalize():f}", one.verdict, one.clause) for one in found.work]


YES, NO, OPEN = Verdict.BILLABLE, Verdict.NOT_BILLABLE, Verdict.OPEN

# Of eight hours: (instructed, stopped) → each part with why; the cause then changes only what is instructed.
SECTION_7_PARTS = {
    (None, None): [("8", NO, "ATSP 7.3.2")],
    (None, BEFORE): [("8", NO, "ATSP 7.3.2")],
    (None, WITHIN): [("3", NO, "ATSP 7.3.2"), ("5", NO, "ATSP 7.3.2")],
    (None, AFTER): [("8", NO, "ATSP 7.3.2")],
    (BEFORE, None): [("8", YES, "ATSP 7.2")],
    (BEFORE, BEFORE): [("8", NO, "ATSP 7.3.3")],
    (BEFORE, WITHIN): [("3", YES, "ATSP 7.2"), ("5", NO, "ATSP 7.3.3")],
    (BEFORE, AFTER): [("8", YES, "ATSP 7.2")],
    (WITHIN, None): [("3", NO, "ATSP 7.3.2"), ("5", YES, "ATSP 7.2")],
    (WITHIN, WITHIN): [("3", NO, "ATSP 7.3.2"), ("5", NO, "ATSP 7.3.3")],
    (WITHIN, AFTER): [("3", NO, "ATSP 7.3.2"), ("5", YES, "ATSP 7.2")],
    (AFTER, None): [("8", NO, "ATSP 7.3.2")],
    (AFTER, AFTER): [("8", NO, "ATSP 7.3.2")],
}


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3", "ATSP 7.3.1", "ATSP 7.3.2", "ATSP 7.3.3")
@pytest.mark.parametrize("outcome", [None, *Outcome])
@pytest.mark.parametrize(("authorised", "stopped"), SECTION_7_PARTS)
def test_section_7_is_billable_only_instructed_until_the_notice_and_if_not_the_software(
    authorised: dt.datetime | None, stopped: dt.datetime | None, outcome: Outcome | None
) -> None:
    expected = SECTION_7_PARTS[authorised, stopped]
    if outcome is None:
        expected = [(q, OPEN if v is YES else v, c) for q, v, c in expected]
    if outcome is Outcome.SOFTWARE:
        expected = [(q, NO, "ATSP 7.3.1") for q, _, _ in expected]
    found = bill(SECTION_7, facts(authorised, stopped, outcome), [stretch(SECTION_7)])
    assert read(found) == expected
    owed = sum((Decimal(q) for q, v, _ in expected if v is YES), Decimal(0)) * RATE
    possible = sum((Decimal(q) for q, v, _ in expected if v is OPEN), Decimal(0)) * RATE
    assert (found.total, found.possible) == (owed, possible)
    assert all(one.why for one in found.work)


BY_THE_DAY_PARTS = {
    (None, None): [("1", NO, "ATSP 17")],
    (None, WITHIN): [("0.38", NO, "ATSP 17"), ("0.63", NO, "ATSP 17")],
    (BEFORE, None): [("1", YES, "ATSP 17")],
    (BEFORE, BEFORE): [("1", NO, "ATSP 17, ATSP 7.3.3")],
    (BEFORE, WITHIN): [("0.38", YES, "ATSP 17"), ("0.63", NO, "ATSP 17, ATSP 7.3.3")],
    (BEFORE, AFTER): [("1", YES, "ATSP 17")],
    (WITHIN, None): [("0.38", NO, "ATSP 17"), ("0.63", YES, "ATSP 17")],
    (AFTER, None): [("1", NO, "ATSP 17")],
}


@pytest.mark.clause("ATSP 17", "ATSP 7.3.3")
@pytest.mark.parametrize("outcome", [None, *Outcome])
@pytest.mark.parametrize(("authorised", "stopped"), BY_THE_DAY_PARTS)
def test_work_by_the_day_is_billable_from_its_authorisation_to_the_notice_whatever_the_cause(
    authorised: dt.datetime | None, stopped: dt.datetime | None, outcome: Outcome | None
) -> None:
    found = bill(ON_SITE, facts(authorised, stopped, outcome), [stretch(ON_SITE)])
    assert read(found) == BY_THE_DAY_PARTS[authorised, stopped]


SECOND = dt.timedelta(seconds=1)


@pytest.mark.clause("ATSP 7.3.3", "ATSP 7.3.2")
@pytest.mark.parametrize(
    ("authorised", "stopped", "verdict"),
    [
        (NINE, None, YES),  # instructed at the very instant it began
        (NINE - SECOND, NINE, NO),  # the notice is effective from its receipt on
        (NINE - SECOND, NINE + 8 * HOUR, YES),  # received as the work ended
    ],
)
def test_the_very_instants(
    authorised: dt.datetime, stopped: dt.datetime | None, verdict: Verdict
) -> None:
    found = bill(SECTION_7, facts(authorised, stopped, Outcome.NOT_SOFTWARE), [stretch(SECTION_7)])
    assert [one.verdict for one in found.work] == [verdict]


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.2", "ATSP 7.3.3")
def test_the_parts_of_a_stretch_make_up_the_whole_to_the_second() -> None:
    work = Work(1, NINE, NINE + 7 * HOUR, Decimal("6.67"), RATE)
    found = bill(SECTION_7, facts(NINE + HOUR + SECOND, NINE + 2 * HOUR, None), [work])
    assert [one.exact for one in found.work] == [
        Fraction(3601, 3600),
        Fraction(3599, 3600),
        Fraction(5),
    ]
    assert [one.quantity for one in found.work] == [Decimal("1.00"), Decimal("1.00"), Decimal(5)]


@pytest.mark.clause("ATSP 7.2")
@pytest.mark.parametrize(
    ("seconds", "rate", "amount", "shown"),
    [
        (20 * 60, "250", "83.33", "0.33"),  # not 0.33 × 250 = 82.50
        (50 * 60, "250", "208.33", "0.83"),
        (1, "250", "0.07", "0.00"),
        (17, "300", "1.42", "0.00"),
        (1, "90", "0.03", "0.00"),  # half a cent, exactly: up
        (7 * 3600 + 59, "100", "701.64", "7.02"),
    ],
)
def test_work_is_billed_by_its_exact_time_and_rounded_once(
    seconds: int, rate: str, amount: str, shown: str
) -> None:
    took = dt.timedelta(seconds=seconds)
    work = Work(1, NINE, NINE + took, hours_between(NINE, NINE + took), Decimal(rate))
    (line,) = bill(SECTION_7, facts(BEFORE, None, Outcome.NOT_SOFTWARE), [work]).work
    assert (line.amount, line.quantity) == (Decimal(amount), Decimal(shown))


@pytest.mark.clause("ATSP 7.3.2", "ATSP 7.3.3")
def test_not_a_second_that_was_not_authorized_is_owed() -> None:
    """Ten hours from nine on, of which one second was authorized."""
    authorised = NINE + 5 * HOUR
    work = Work(1, NINE, NINE + 10 * HOUR, Decimal(10), Decimal(3600))
    found = bill(SECTION_7, facts(authorised, authorised + SECOND, Outcome.NOT_SOFTWARE), [work])
    assert (found.total, [one.exact for one in found.work if one.is_billable]) == (
        Decimal("1.00"),
        [Fraction(1, 3600)],
    )
    day = Work(1, NINE, NINE + 8 * HOUR, Decimal(1), Decimal(2500))
    assert bill(ON_SITE, facts(BEFORE, WITHIN, None), [day]).total == Decimal("937.50")


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.2", "ATSP 7.3.3")
@given(
    st.integers(1, 24 * 3600),
    st.integers(-3600, 25 * 3600),
    st.integers(0, 25 * 3600),
    st.integers(1, 100_000),
)
def test_what_is_owed_is_the_authorized_time_at_its_rate(
    took: int, from_second: int, lasted: int, cents: int
) -> None:
    authorised = NINE + from_second * SECOND
    stopped = authorised + lasted * SECOND
    rate = Decimal(cents) / 100
    work = Work(1, NINE, NINE + took * SECOND, Decimal(1), rate)
    found = bill(SECTION_7, facts(authorised, stopped, Outcome.NOT_SOFTWARE), [work])
    seconds = max(0, min(took, from_second + lasted) - max(0, from_second))
    assert sum(one.exact for one in found.work if one.is_billable) == Fraction(seconds, 3600)
    assert sum(one.exact for one in found.work) == Fraction(took, 3600)
    assert abs(Fraction(found.total) - Fraction(rate) * seconds / 3600) <= Fraction(1, 200)


@pytest.mark.clause("ATSP 7.3.3")
@pytest.mark.parametrize(("after", "verdict"), [(-1, YES), (0, YES), (1, NO)])
def test_an_expense_at_the_very_instant_of_the_notice_is_owed(after: int, verdict: Verdict) -> None:
    stopped = NINE + HOUR
    cost = Expense(1, stopped + after * dt.timedelta(microseconds=1), Decimal(10))
    found = bill(SECTION_7, facts(NINE, stopped, Outcome.NOT_SOFTWARE), [], [cost])
    assert found.expenses[0].verdict is verdict


# --- expenses ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.1", "ATSP 7.3.3", "ATSP 17", "ATSP Ex.D", "ATSP 16")
@pytest.mark.parametrize(
    ("terms", "found", "verdict", "clause"),
    [
        (ON_SITE, Facts(BEFORE), YES, "ATSP Ex.D"),
        (ON_SITE, Facts(AFTER), NO, "ATSP 17"),
        (ON_SITE, Facts(BEFORE, BEFORE), NO, "ATSP 17, ATSP 7.3.3"),
        (REMOTE, Facts(BEFORE), NO, "ATSP 16"),
        (SECTION_7, Facts(BEFORE, None, Outcome.NOT_SOFTWARE), YES, "ATSP 7.2"),
        (SECTION_7, Facts(BEFORE), OPEN, "ATSP 7.2"),
        (SECTION_7, Facts(BEFORE, None, Outcome.SOFTWARE), NO, "ATSP 7.3.1"),
        (SECTION_7, Facts(None), NO, "ATSP 7.3.2"),
    ],
)
def test_expenses_follow_the_work(
    terms: WorkTerms, found: Facts, verdict: Verdict, clause: str
) -> None:
    line = bill(terms, found, [], [Expense(7, NINE, Decimal("420.10"))]).expenses[0]
    assert (line.key, line.amount, line.verdict, line.clause) == (
        7,
        Decimal("420.10"),
        verdict,
        clause,
    )


# --- rates and quantities ----------------------------------------------------------------------


@pytest.mark.clause("ATSP 7.2")
def test_each_hour_is_at_the_rate_of_its_day() -> None:
    works = [
        Work(1, NINE, NINE + 2 * HOUR, Decimal(2), Decimal(200)),
        Work(2, NINE + DAY, NINE + DAY + HOUR, Decimal(1), Decimal(250)),
    ]
    found = bill(SECTION_7, facts(BEFORE, None, Outcome.NOT_SOFTWARE), works)
    assert found.work_total == 650
    words = settlement(SECTION_7, found, None).work_words
    assert words == "2 hours × US$200.00 and 1 hour × US$250.00: US$650.00."


@pytest.mark.clause("ATSP 7.2")
def test_a_missing_rate_matters_only_where_it_is_used() -> None:
    work = Work(1, NINE, NINE + HOUR, Decimal(1), None)
    assert bill(SECTION_7, facts(None, None, None), [work]).total == 0
    with pytest.raises(Refusal, match="No then-current rate"):
        bill(SECTION_7, facts(BEFORE, None, None), [work])


@pytest.mark.clause("D-19")
def test_a_stretch_too_short_to_show_does_not_read_as_nothing() -> None:
    assert counted(Decimal("0.00"), "hour") == "less than 0.01 hours"
    assert counted(Decimal("1.00"), "hour") == "1 hour"


@pytest.mark.parametrize(
    ("minutes", "hours"), [(60, "1.00"), (20, "0.33"), (50, "0.83"), (1, "0.02"), (495, "8.25")]
)
def test_hours_are_counted_to_the_hundredth(minutes: int, hours: str) -> None:
    assert hours_between(NINE, NINE + dt.timedelta(minutes=minutes)) == Decimal(hours)


@pytest.mark.parametrize(
    ("terms", "days", "quantity"),
    [(ON_SITE, "1", "1"), (ON_SITE, "0.5", "0.5"), (SECTION_7, None, "8.00")],
)
def test_a_stretch_counts_half_or_whole_days_or_its_hours(
    terms: WorkTerms, days: str | None, quantity: str
) -> None:
    given = Decimal(days) if days else None
    assert quantity_of(terms, NINE, NINE + 8 * HOUR, given) == Decimal(quantity)


@pytest.mark.parametrize("days", [None, "0", "0.3", "1.5"])
def test_other_parts_of_days_are_refused(days: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        quantity_of(ON_SITE, NINE, NINE + HOUR, Decimal(days) if days else None)
    assert refused.value.field == "days"


@pytest.mark.clause("ATSP 17")
@pytest.mark.parametrize(
    ("terms", "began", "ended", "more", "said"),
    [
        (ON_SITE, NINE, NINE, {}, "end after it begins"),
        (ON_SITE, NINE, NINE + 25 * HOUR, {}, "within 24 hours"),
        (ON_SITE, NINE, NINE + 4 * DAY, {}, "within 24 hours"),
        (SECTION_7, NINE + 2 * DAY, NINE + 2 * DAY + HOUR, {}, "not done yet"),
        (SECTION_7, NINE, NINE + HOUR, {"others": [(BEFORE, NINE + SECOND)]}, "logged already"),
        (ON_SITE, NINE, NINE + HOUR, {"authorised_at": None}, "before its fee was authorized"),
        (ON_SITE, NINE, NINE + HOUR, {"authorised_at": WITHIN}, "before its fee was authorized"),
    ],
)
def test_a_stretch_that_cannot_be_logged(
    terms: WorkTerms, began: dt.datetime, ended: dt.datetime, more: dict[str, object], said: str
) -> None:
    given = {"authorised_at": BEFORE, "others": [], **more}
    with pytest.raises(Refusal, match=said) as refused:
        check_stretch(terms, began, ended, now=NINE + DAY, **given)  # type: ignore[arg-type]
    assert refused.value.field in ("began_at", "ended_at")


def test_one_stretch_may_begin_as_another_ends_and_at_the_instant_of_its_authorisation() -> None:
    check_stretch(
        ON_SITE, NINE, NINE + HOUR, now=NINE + HOUR, others=[(BEFORE, NINE)], authorised_at=NINE
    )


# --- settling ----------------------------------------------------------------------------------


def two_days(stopped: dt.datetime | None = None) -> Bill:
    works = [
        Work(n, NINE + n * DAY, NINE + n * DAY + 8 * HOUR, Decimal(1), Decimal(2500))
        for n in range(2)
    ]
    costs = [Expense(1, NINE, Decimal("420.10")), Expense(2, NINE, Decimal("180.40"))]
    return bill(ON_SITE, Facts(BEFORE, stopped), works, costs)


@pytest.mark.clause("ATSP 17", "ATSP Ex.D")
def test_billable_lines_are_charged_with_their_sum() -> None:
    found = settlement(ON_SITE, two_days(), None)
    assert (found.work, found.expenses, found.total) == (
        Decimal(5000),
        Decimal("600.50"),
        Decimal("5600.50"),
    )
    assert found.work_words == "2 days × US$2,500.00: US$5,000.00."
    assert found.expenses_words == "US$420.10 + US$180.40: US$600.50."


@pytest.mark.clause("ATSP 7.3.3")
def test_uncharged_lines_name_the_reason() -> None:
    found = settlement(ON_SITE, two_days(stopped=NINE + DAY), None)
    assert found.work == 2500
    assert found.work_words == (
        "1 day × US$2,500.00: US$2,500.00. Not charged: 1 day, done after the notice to stop was "
        "received (ATSP 17, ATSP 7.3.3)."
    )


@pytest.mark.clause("ATSP 17")
def test_no_more_is_charged_than_is_authorised() -> None:
    with pytest.raises(
        Refusal, match=r"US\$5,600\.50 is billable, and US\$5,200\.00 is"
    ) as refused:
        settlement(ON_SITE, two_days(), Decimal(5200))
    assert refused.value.field == "up_to_cover"
    found = settlement(ON_SITE, two_days(), Decimal(5200), up_to_cover=True)
    assert (found.work, found.expenses) == (Decimal(5000), Decimal(200))
    assert "charged US$200.00, the most that is authorized." in found.expenses_words
    less = settlement(ON_SITE, two_days(), Decimal(3000), up_to_cover=True)
    assert (less.work, less.expenses) == (Decimal(3000), Decimal(0))
    assert settlement(ON_SITE, two_days(), Decimal("5600.50")).total == Decimal("5600.50")


def test_nothing_billable_is_nothing_to_charge() -> None:
    found = settlement(SECTION_7, bill(SECTION_7, Facts(), [stretch(SECTION_7)]), None)
    assert found.total == 0
    assert found.work_words == (
        "nothing: US$0.00. Not charged: 8 hours, done before it was instructed (ATSP 7.3.2)."
    )
