"""Each result can say how it comes about, in words and in data."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from portal.rules.business_time import (
    BusinessCalendar,
    Closed,
    Counted,
    Explanation,
    Holiday,
    Omitted,
    SpanKind,
    WeeklyHours,
    explain_elapsed,
)
from portal.rules.business_time.explaining import MOST_STEPS
from tests.portal.rules.business_time_strategies import AMOUNTS, Pair, cases

ZONE = "America/Los_Angeles"
HOUR = timedelta(hours=1)
HOLIDAYS = {
    date(2003, 7, 4): "Independence Day",
    date(2003, 7, 5): "a holiday on a Saturday",
    date(2003, 12, 25): "Christmas Day",
}
WEEK = BusinessCalendar(ZONE, WeeklyHours.monday_to_friday(), HOLIDAYS)


def local(text: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


IN_WORDS = [
    (
        "2003-07-03T16:30",
        1 * HOUR,
        "1 h of business time from Thu 3 Jul 16:30: 30 min on Thu 3 Jul (16:30–17:00),"
        " Fri 4 Jul is a holiday (Independence Day), Sat–Sun closed,"
        " 30 min on Mon 7 Jul (08:00–08:30): due Mon 7 Jul 2003 08:30 America/Los_Angeles",
    ),
    (
        "2003-07-05T11:00",
        9 * HOUR,
        "9 h of business time from Sat 5 Jul 11:00: Sat–Sun closed,"
        " 9 h on Mon 7 Jul (08:00–17:00): due Mon 7 Jul 2003 17:00 America/Los_Angeles",
    ),
    (
        "2003-07-06T11:00",
        1.5 * HOUR,
        "1 h 30 min of business time from Sun 6 Jul 11:00: Sun closed,"
        " 1 h 30 min on Mon 7 Jul (08:00–09:30): due Mon 7 Jul 2003 09:30 America/Los_Angeles",
    ),
    (
        "2003-07-08T18:00",
        1 * HOUR,
        "1 h of business time from Tue 8 Jul 18:00: 1 h on Wed 9 Jul (08:00–09:00):"
        " due Wed 9 Jul 2003 09:00 America/Los_Angeles",
    ),
    (
        "2003-12-31T16:59:59.75",
        timedelta(seconds=36),
        "36 s of business time from Wed 31 Dec 2003 16:59:59:"
        " 1 s on Wed 31 Dec (16:59:59–17:00),"
        " 35 s on Thu 1 Jan (08:00–08:00:35):"
        " due Thu 1 Jan 2004 08:00:35 America/Los_Angeles",
    ),
    (
        "2003-07-03T16:30",
        240 * HOUR,
        "240 h of business time from Thu 3 Jul 16:30: 30 min on Thu 3 Jul (16:30–17:00),"
        " Fri 4 Jul is a holiday (Independence Day), Sat–Sun closed,"
        " 9 h on Mon 7 Jul (08:00–17:00),"
        " … 24 more business days (216 h; 10 closed days between them) …,"
        " 9 h on Mon 11 Aug (08:00–17:00), 5 h 30 min on Tue 12 Aug (08:00–13:30):"
        " due Tue 12 Aug 2003 13:30 America/Los_Angeles",
    ),
    (
        "2003-12-22T08:00",
        90 * HOUR,
        "90 h of business time from Mon 22 Dec 2003 08:00: 9 h on Mon 22 Dec (08:00–17:00),"
        " 9 h on Tue 23 Dec (08:00–17:00),"
        " … 6 more business days (54 h; 1 holiday and 2 closed days between them) …,"
        " 9 h on Fri 2 Jan (08:00–17:00), Sat–Sun closed, 9 h on Mon 5 Jan (08:00–17:00):"
        " due Mon 5 Jan 2004 17:00 America/Los_Angeles",
    ),
    (
        "2003-07-05T11:00",
        0 * HOUR,
        "Sat 5 Jul 11:00 is outside business hours, Sat–Sun closed, moved to the next opening:"
        " due Mon 7 Jul 2003 08:00 America/Los_Angeles",
    ),
]


@pytest.mark.clause("ATSP 1.2", "D-7")
@pytest.mark.parametrize(("start", "amount", "words"), IN_WORDS)
def test_business_time_added_in_words(start: str, amount: timedelta, words: str) -> None:
    assert WEEK.explain_add(local(start), amount).words() == words


SIX_HOURS_OR_NEXT_BUSINESS_DAY = Explanation(
    SpanKind.ELAPSED,
    local("2004-03-05T14:10"),
    WEEK.place(local("2004-03-05T20:10")),
    ZONE,
    amount=6 * HOUR,
    reached=local("2004-03-05T20:10"),
    steps=WEEK.explain_place(local("2004-03-05T20:10")).steps,
)

PLACED_IN_WORDS = [
    (
        WEEK.explain_place(local("2004-03-05T20:10")),
        "Fri 5 Mar 20:10 is outside business hours, Sat–Sun closed, moved to the next opening:"
        " due Mon 8 Mar 2004 08:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_place(local("2004-03-08T20:10")),
        "Mon 8 Mar 20:10 is outside business hours, moved to the next opening:"
        " due Tue 9 Mar 2004 08:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_place(local("2004-03-05T17:00")),
        "Fri 5 Mar 17:00 is within business hours: due Fri 5 Mar 2004 17:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_weeks(local("2003-07-03T15:00"), 1),
        "1 week on from Thu 3 Jul 15:00 is Thu 10 Jul 15:00, within business hours:"
        " due Thu 10 Jul 2003 15:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_weeks(local("2003-06-20T15:00"), 2),
        "2 weeks on from Fri 20 Jun 15:00 is Fri 4 Jul 15:00, outside business hours,"
        " Fri 4 Jul is a holiday (Independence Day), Sat–Sun closed, moved to the next opening:"
        " due Mon 7 Jul 2003 08:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_months(local("2003-07-05T11:00"), 1),
        "1 month on from Sat 5 Jul 11:00 is Tue 5 Aug 11:00, within business hours:"
        " due Tue 5 Aug 2003 11:00 America/Los_Angeles",
    ),
    (
        WEEK.explain_months(local("2003-12-31T09:00"), 2),
        "2 months on from Wed 31 Dec 2003 09:00 is Sun 29 Feb 09:00 (the month's last day),"
        " outside business hours, Sun closed, moved to the next opening:"
        " due Mon 1 Mar 2004 08:00 America/Los_Angeles",
    ),
    (
        explain_elapsed(local("2003-07-04T16:50"), 24 * HOUR, ZONE),
        "24 h, day and night, from Fri 4 Jul 16:50: due Sat 5 Jul 2003 16:50 America/Los_Angeles",
    ),
    (
        SIX_HOURS_OR_NEXT_BUSINESS_DAY,
        "6 h, day and night, from Fri 5 Mar 14:10 is Fri 5 Mar 20:10, outside business hours,"
        " Sat–Sun closed, moved to the next opening: due Mon 8 Mar 2004 08:00 America/Los_Angeles",
    ),
    (
        Explanation(
            SpanKind.WEEKS,
            local("2003-07-04T15:00"),
            local("2003-07-11T15:00"),
            ZONE,
            count=1,
        ),
        "1 week on from Fri 4 Jul 15:00 is Fri 11 Jul 15:00:"
        " due Fri 11 Jul 2003 15:00 America/Los_Angeles",
    ),
    (
        explain_elapsed(local("2003-10-25T12:00"), 24 * HOUR, ZONE),
        "24 h, day and night, from Sat 25 Oct 12:00 (the clocks change in between):"
        " due Sun 26 Oct 2003 11:00 America/Los_Angeles",
    ),
    (
        explain_elapsed(local("2003-10-26T01:30"), 1 * HOUR, ZONE),
        "1 h, day and night, from Sun 26 Oct 01:30 (the clocks change in between):"
        " due Sun 26 Oct 2003 01:30 (the second time) America/Los_Angeles",
    ),
]


@pytest.mark.clause("D-8", "D-10", "D-14")
@pytest.mark.parametrize(("explanation", "words"), PLACED_IN_WORDS)
def test_elapsed_and_placed_times_in_words(explanation: Explanation, words: str) -> None:
    assert explanation.words() == words


def test_windows_of_one_day_are_told_together() -> None:
    hours = WeeklyHours.on({day: [(time(9), time(12)), (time(13), time(17))] for day in range(5)})
    told = BusinessCalendar("Europe/London", hours).explain_add(
        local("2003-07-08T10:00", "Europe/London"), 7 * HOUR
    )
    assert told.words() == (
        "7 h of business time from Tue 8 Jul 10:00: 6 h on Tue 8 Jul (10:00–12:00, 13:00–17:00),"
        " 1 h on Wed 9 Jul (09:00–10:00): due Wed 9 Jul 2003 10:00 Europe/London"
    )


def test_a_day_on_which_the_clocks_change_says_so_and_ends_at_24() -> None:
    told = BusinessCalendar("Europe/London", WeeklyHours.always()).explain_add(
        local("2003-03-29T16:00", "Europe/London"), 40 * HOUR
    )
    assert told.words() == (
        "40 h of business time from Sat 29 Mar 16:00: 8 h on Sat 29 Mar (16:00–24:00),"
        " 23 h on Sun 30 Mar (00:00–24:00; the clocks change), 9 h on Mon 31 Mar (00:00–09:00):"
        " due Mon 31 Mar 2003 09:00 Europe/London"
    )


def test_time_used_up_at_midnight_counts_nothing_of_the_day_that_begins() -> None:
    told = BusinessCalendar("Europe/London", WeeklyHours.always()).explain_add(
        local("2003-07-08T16:00", "Europe/London"), 8 * HOUR
    )
    assert told.words() == (
        "8 h of business time from Tue 8 Jul 16:00: 8 h on Tue 8 Jul (16:00–24:00):"
        " due Wed 9 Jul 2003 00:00 Europe/London"
    )


def test_many_windows_a_day_are_counted_as_openings() -> None:
    hourly = [(time(hour), time(hour, 30)) for hour in range(24)]
    calendar = BusinessCalendar("Europe/London", WeeklyHours.on(dict.fromkeys(range(7), hourly)))
    told = calendar.explain_add(local("2003-07-08T00:00", "Europe/London"), 10 * HOUR)
    assert "… 16 more openings (8 h) …" in told.words()
    assert told.counted_time == 10 * HOUR


def test_a_year_of_holidays_is_told_shortly() -> None:
    closed = {date(2003, 1, 1) + timedelta(days=number): "strike" for number in range(365)}
    calendar = BusinessCalendar(ZONE, WeeklyHours.monday_to_friday(), closed)
    told = calendar.explain_add(local("2002-12-31T16:00"), 2 * HOUR)
    assert told.due == local("2004-01-01T09:00")
    assert len(told.steps) <= MOST_STEPS
    assert len(told.holidays) + told.omitted.holidays == 261
    assert told.closed_days == 104
    assert len(told.words()) < 800
    assert "holidays and" in told.words()


def test_a_weekly_quarter_of_an_hour_tells_the_long_gaps_by_date() -> None:
    calendar = BusinessCalendar(ZONE, WeeklyHours.on({2: [(time(10), time(10, 15))]}))
    assert calendar.explain_add(local("2003-07-09T10:00"), HOUR / 2).words() == (
        "30 min of business time from Wed 9 Jul 10:00: 15 min on Wed 9 Jul (10:00–10:15),"
        " Thu–Tue closed, 15 min on Wed 16 Jul (10:00–10:15):"
        " due Wed 16 Jul 2003 10:15 America/Los_Angeles"
    )
    every_other = BusinessCalendar(
        ZONE, WeeklyHours.on({2: [(time(10), time(10, 15))]}), [date(2003, 7, 16)]
    )
    assert "Thu–Tue closed, Wed 16 Jul is a holiday, Thu–Tue closed" in (
        every_other.explain_add(local("2003-07-09T10:00"), HOUR / 2).words()
    )


def test_the_data_say_all_that_the_words_say() -> None:
    assert WEEK.explain_add(local("2003-07-03T16:30"), HOUR).as_data() == {
        "kind": "business",
        "start": "2003-07-03T23:30:00+00:00",
        "due": "2003-07-07T15:30:00+00:00",
        "zone": "America/Los_Angeles",
        "seconds": 3600,
        "steps": [
            {
                "step": "counted",
                "from": "2003-07-03T23:30:00+00:00",
                "to": "2003-07-04T00:00:00+00:00",
                "seconds": 1800,
            },
            {"step": "holiday", "date": "2003-07-04", "name": "Independence Day"},
            {"step": "closed", "from": "2003-07-05", "to": "2003-07-06"},
            {
                "step": "counted",
                "from": "2003-07-07T15:00:00+00:00",
                "to": "2003-07-07T15:30:00+00:00",
                "seconds": 1800,
            },
        ],
    }


def test_the_parts_are_there_to_be_shown_one_by_one() -> None:
    told = WEEK.explain_add(local("2003-07-03T16:30"), HOUR)
    assert told.kind is SpanKind.BUSINESS
    assert told.counted == (
        Counted(local("2003-07-03T16:30"), local("2003-07-03T17:00")),
        Counted(local("2003-07-07T08:00"), local("2003-07-07T08:30")),
    )
    assert told.holidays == (Holiday(date(2003, 7, 4), "Independence Day"),)
    assert Closed(date(2003, 7, 5), date(2003, 7, 6)) in told.steps
    assert told.closed_days == 2
    assert told.omitted == Omitted(0, 0, timedelta(), 0, 0)


@settings(max_examples=80, deadline=None)
@given(cases(), AMOUNTS)
def test_on_any_calendar_the_explanation_agrees_with_the_answer(
    case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, plain), at = case
    told = calendar.explain_add(at, amount)
    assert told.due == calendar.add(at, amount)
    assert told.counted_time == amount
    for window in told.counted:
        assert at <= window.start < window.end <= told.due
        assert plain.between(window.start, window.end) == window.length
    for holiday in told.holidays:
        assert holiday.date in plain.holidays
    assert len(told.steps) <= MOST_STEPS
    assert len(told.words()) < 1500


@settings(max_examples=40, deadline=None)
@given(cases(), AMOUNTS)
def test_an_explanation_stored_as_json_says_the_same_when_read_back(
    case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, _), at = case
    for told in (
        calendar.explain_add(at, amount),
        calendar.explain_place(at),
        calendar.explain_weeks(at, 1),
        calendar.explain_months(at, 1),
        explain_elapsed(at, amount, calendar.zone),
    ):
        read = Explanation.from_data(json.loads(json.dumps(told.as_data())))
        assert read == told
        assert read.words() == told.words()


GOOD = WEEK.explain_add(local("2003-07-03T16:30"), HOUR).as_data()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {**GOOD, "kind": "guesswork"},
        {**GOOD, "start": "yesterday"},
        {**GOOD, "due": 5},
        {**GOOD, "steps": [{"step": "leap"}]},
        {**GOOD, "steps": [{"from": "2003-07-03"}]},
        {**GOOD, "steps": ["counted"]},
        {key: value for key, value in GOOD.items() if key != "zone"},
        None,
    ],
)
def test_data_that_are_no_explanation_are_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="not an explanation of a due time"):
        Explanation.from_data(data)
