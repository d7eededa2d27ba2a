"""When a pool runs out, if it goes on as of late."""

from datetime import date, timedelta

import pytest

from contracts.prepaid.rules.forecast import Outlook, forecast, window_begins

EFFECTIVE, ENDS = date(2002, 9, 3), date(2003, 9, 2)
TODAY = date(2003, 3, 5)


@pytest.mark.parametrize(
    ("left", "used", "today", "outlook", "on"),
    [
        (0, 40, TODAY, Outlook.SPENT, None),
        (10, 4, TODAY, Outlook.TOO_FEW, None),
        (10, 5, TODAY, Outlook.RUNS_OUT, date(2003, 9, 1)),
        (11, 5, TODAY, Outlook.NOT_WITHIN_THE_YEAR, None),
        (63, 37, TODAY, Outlook.RUNS_OUT, date(2003, 8, 6)),
        (1, 90, TODAY, Outlook.RUNS_OUT, date(2003, 3, 6)),
        (40, 8, EFFECTIVE + timedelta(days=12), Outlook.TOO_FEW, None),
        (40, 14, EFFECTIVE + timedelta(days=13), Outlook.RUNS_OUT, date(2002, 10, 26)),
        (40, -3, TODAY, Outlook.TOO_FEW, None),
        (1, 5, ENDS, Outlook.NOT_WITHIN_THE_YEAR, None),
    ],
    ids=[
        "nothing left",
        "four cases say nothing",
        "five do",
        "a day too late",
        "0.41 a day",
        "tomorrow",
        "13 days say nothing",
        "14 do",
        "more given back than taken",
        "the last day of the year",
    ],
)
def test_the_forecast_uses_the_cases_of_the_window(
    left: int, used: int, today: date, outlook: Outlook, on: date | None
) -> None:
    told = forecast(left, used, EFFECTIVE, today, ENDS)
    assert (told.outlook, told.on) == (outlook, on)
    assert told.words


def test_it_says_how_it_was_computed() -> None:
    assert forecast(63, 37, EFFECTIVE, TODAY, ENDS).words == (
        "37 cases used in 90 days, 0.41 a day: 63 left last 154 days, until 6 Aug 2003."
    )
    assert forecast(9, 1, EFFECTIVE, EFFECTIVE, ENDS).words == (
        "Too few cases to say: 1 case used in 1 day; a forecast takes at least 5 in 14."
    )


def test_the_window_is_ninety_days_or_the_agreement_so_far() -> None:
    assert window_begins(EFFECTIVE, EFFECTIVE + timedelta(days=3)) == EFFECTIVE
    assert window_begins(EFFECTIVE, TODAY) == TODAY - timedelta(days=89)


@pytest.mark.parametrize("used", range(5, 200, 13))
@pytest.mark.parametrize("left", range(1, 120, 17))
def test_more_used_never_lasts_longer(left: int, used: int) -> None:
    less, more = (
        forecast(left, n, EFFECTIVE, TODAY, ENDS).on or date.max for n in (used, used + 1)
    )
    assert more <= less
