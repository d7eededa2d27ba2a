"""The six months that a scorecard looks back on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Span, Unit
from scorecard.rules.window import Window, months_after, window_before
from tests.atsp import LONDON, LOS_ANGELES, local

SIX_MONTHS = Span(6, Unit.MONTH)


@pytest.mark.clause("ATSP Ex.B", "ATSP 4.2", "D-8")
@pytest.mark.parametrize(
    ("review", "zone", "starts"),
    [
        ("2003-09-03", LOS_ANGELES, "2003-03-03"),
        ("2003-03-03", LONDON, "2002-09-03"),
        ("2003-08-31", LOS_ANGELES, "2003-02-28"),  # clipped to the month's last day
        ("2004-08-31", LOS_ANGELES, "2004-02-29"),
        ("2003-03-31", LONDON, "2002-09-30"),
    ],
)
def test_the_window_is_six_calendar_months_of_local_days(
    review: str, zone: str, starts: str
) -> None:
    window = window_before(date.fromisoformat(review), SIX_MONTHS, zone)

    assert window == Window(local(f"{starts} 00:00", zone), local(f"{review} 00:00", zone))


def test_a_window_holds_its_first_instant_and_not_its_last() -> None:
    window = window_before(date(2003, 9, 3), SIX_MONTHS, LOS_ANGELES)
    tick = timedelta(microseconds=1)

    assert [
        window.holds(at)
        for at in (window.starts_at - tick, window.starts_at, window.ends_at - tick, window.ends_at)
    ] == [False, True, True, False]
    assert not window.holds(None)


def test_a_span_that_is_not_of_months_is_an_error() -> None:
    with pytest.raises(ValueError, match="months, not on 26 weeks"):
        window_before(date(2003, 9, 3), Span(26, Unit.WEEK), LOS_ANGELES)


@pytest.mark.clause("D-8")
@given(on=st.dates(date(1990, 1, 1), date(2100, 12, 31)), count=st.integers(-60, 60))
def test_months_go_by_the_calendar_and_clip_to_the_last_day(on: date, count: int) -> None:
    reached = months_after(on, count)

    assert (reached.year - on.year) * 12 + reached.month - on.month == count
    assert reached.day == on.day or (
        reached.day < on.day and (reached + timedelta(days=1)).month != reached.month
    )
