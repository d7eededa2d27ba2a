"""Spans of the programme find their due times on a site's business calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.spans import Due, business_amount, calendar_for, due
from contracts.programmes.rules.terms import BusinessDay, Span
from portal.rules.business_time import BusinessCalendar, Explanation
from tests.contracts.programmes.published import atsp

LOS_ANGELES, LONDON = "America/Los_Angeles", "Europe/London"
HOLIDAYS = {date(2003, 7, 4): "Independence Day", date(2003, 12, 25): "Christmas Day"}


def site(zone: str) -> BusinessCalendar:
    return calendar_for(atsp().business_day, zone, HOLIDAYS)


def local(text: str, zone: str) -> datetime:
    """The zone's "Fri 2003-07-04 16:50"; the weekday must be right."""
    at = datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
    assert text.startswith(at.strftime("%a"))
    return at


OBJECTIVES = [
    (1, LOS_ANGELES, "Fri 2003-07-04 16:50", "Fri 2003-07-04 17:20", "Sat 2003-07-05 16:50"),
    (2, LOS_ANGELES, "Thu 2003-07-03 16:30", "Mon 2003-07-07 08:30", "Mon 2003-07-07 16:30"),
    (3, LOS_ANGELES, "Thu 2003-07-03 15:00", "Mon 2003-07-07 10:00", "Thu 2003-07-10 15:00"),
    (4, LOS_ANGELES, "Sat 2003-07-05 11:00", "Mon 2003-07-07 17:00", "Tue 2003-08-05 11:00"),
    (4, LOS_ANGELES, "Tue 2003-07-08 10:00", "Wed 2003-07-09 10:00", "Fri 2003-08-08 10:00"),
    (3, LONDON, "Fri 2003-03-28 15:00", "Mon 2003-03-31 10:00", "Fri 2003-04-04 15:00"),
    (2, LONDON, "Fri 2003-10-24 16:45", "Mon 2003-10-27 08:45", "Mon 2003-10-27 16:45"),
    (4, LONDON, "Fri 2003-01-31 09:00", "Mon 2003-02-03 09:00", "Fri 2003-02-28 09:00"),
    (3, LOS_ANGELES, "Wed 2003-12-24 16:00", "Fri 2003-12-26 11:00", "Wed 2003-12-31 16:00"),
    # More: on a closing, after it, on an opening, a month that ends on a Saturday, leap day.
    (2, LOS_ANGELES, "Wed 2003-07-02 16:00", "Wed 2003-07-02 17:00", "Thu 2003-07-03 16:00"),
    (2, LOS_ANGELES, "Wed 2003-07-02 17:00", "Thu 2003-07-03 09:00", "Thu 2003-07-03 17:00"),
    (2, LOS_ANGELES, "Thu 2003-07-03 08:00", "Thu 2003-07-03 09:00", "Thu 2003-07-03 17:00"),
    (3, LOS_ANGELES, "Fri 2003-06-27 15:00", "Mon 2003-06-30 10:00", "Mon 2003-07-07 08:00"),
    (4, LONDON, "Thu 2003-07-31 12:00", "Fri 2003-08-01 12:00", "Mon 2003-09-01 08:00"),
    (4, LONDON, "Sat 2004-01-31 12:00", "Mon 2004-02-02 17:00", "Mon 2004-03-01 08:00"),
    (1, LONDON, "Sat 2003-03-29 15:00", "Sat 2003-03-29 15:30", "Sun 2003-03-30 16:00"),
]


@pytest.mark.clause("ATSP 1.2", "ATSP 4.5", "ATSP 4.6", "D-6", "D-7", "D-10")
@pytest.mark.parametrize(("level", "zone", "reported", "response", "status"), OBJECTIVES)
def test_the_objectives_of_each_severity_fall_due(
    level: int, zone: str, reported: str, response: str, status: str
) -> None:
    severity, calendar, at = atsp().severity(level), site(zone), local(reported, zone)
    first = due(severity.first_response, at, calendar)
    update = due(severity.status_every, at, calendar, placed=severity.status_in_business_time)
    assert first.at == local(response, zone)
    assert update.at == local(status, zone)


@pytest.mark.clause("ATSP Ex.C", "D-14")
@pytest.mark.parametrize(
    ("began", "expected"),
    [
        ("Fri 2004-03-05 14:10", "Mon 2004-03-08 08:00"),  # 20:10 on a Friday
        ("Fri 2004-03-05 10:59", "Fri 2004-03-05 16:59"),
        ("Fri 2004-03-05 11:00", "Fri 2004-03-05 17:00"),  # the closing is within the day
        ("Fri 2004-03-05 11:01", "Mon 2004-03-08 08:00"),
        ("Fri 2004-03-05 02:00", "Fri 2004-03-05 08:00"),
        ("Fri 2004-03-05 01:59", "Fri 2004-03-05 08:00"),
    ],
)
def test_six_hours_or_the_next_business_day(began: str, expected: str) -> None:
    at = local(began, LOS_ANGELES)
    result = due(Span.parse("6 hours"), at, site(LOS_ANGELES), placed=True)
    assert result.at == local(expected, LOS_ANGELES)


@pytest.mark.clause("D-8")
@pytest.mark.parametrize(
    ("span", "start", "expected"),
    [
        ("1 day", "Sat 2003-03-29 15:00", "Sun 2003-03-30 16:00"),  # 24 hours, the clock gains one
        ("5 days", "Fri 2003-10-24 12:00", "Wed 2003-10-29 11:00"),
        ("1 hour", "Sun 2003-03-30 00:30", "Sun 2003-03-30 02:30"),
        ("1 week", "Sat 2003-03-29 15:00", "Sat 2003-04-05 15:00"),  # the clock's own week
        ("1 month", "Fri 2003-01-31 09:00", "Fri 2003-02-28 09:00"),
        ("2 months", "Fri 2003-01-31 09:00", "Mon 2003-03-31 09:00"),  # the clip does not stick
        ("1 month", "Sat 2004-01-31 09:00", "Sun 2004-02-29 09:00"),
        ("30 business minutes", "Fri 2003-07-11 16:45", "Mon 2003-07-14 08:15"),
    ],
)
def test_each_unit_runs_as_the_agreement_reads_it(span: str, start: str, expected: str) -> None:
    assert due(Span.parse(span), local(start, LONDON), site(LONDON)).at == local(expected, LONDON)


@pytest.mark.parametrize(
    ("span", "placed", "words"),
    [
        (
            "1 business day",
            False,
            "9 h of business time from Thu 3 Jul 16:30: 30 min on Thu 3 Jul (16:30–17:00), Fri 4 Jul "
            "is a holiday (Independence Day), Sat–Sun closed, 8 h 30 min on Mon 7 Jul (08:00–16:30): "
            "due Mon 7 Jul 2003 16:30 America/Los_Angeles.",
        ),
        (
            "30 minutes",
            False,
            "30 min, day and night, from Thu 3 Jul 16:30: "
            "due Thu 3 Jul 2003 17:00 America/Los_Angeles.",
        ),
        (
            "6 hours",
            True,
            "6 h, day and night, from Thu 3 Jul 16:30 is Thu 3 Jul 22:30, outside business hours, "
            "Fri 4 Jul is a holiday (Independence Day), Sat–Sun closed, moved to the next opening: "
            "due Mon 7 Jul 2003 08:00 America/Los_Angeles.",
        ),
        (
            "1 week",
            True,
            "1 week on from Thu 3 Jul 16:30 is Thu 10 Jul 16:30, within business hours: "
            "due Thu 10 Jul 2003 16:30 America/Los_Angeles.",
        ),
        (
            "1 month",
            False,
            "1 month on from Thu 3 Jul 16:30 is Sun 3 Aug 16:30: "
            "due Sun 3 Aug 2003 16:30 America/Los_Angeles.",
        ),
    ],
)
def test_a_due_time_explains_itself(span: str, placed: bool, words: str) -> None:
    start = local("Thu 2003-07-03 16:30", LOS_ANGELES)
    result = due(Span.parse(span), start, site(LOS_ANGELES), placed=placed)
    assert result.words == words
    again = Explanation.from_data(result.data)
    assert (again.due, f"{again.words()}.") == (result.at, words)


EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2010, 1, 1)  # noqa: DTZ001  # hypothesis adds UTC
INSTANTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
SPANS = st.sampled_from(
    [
        Span.parse(text)
        for text in (
            "30 minutes",
            "1 hour",
            "24 hours",
            "5 days",
            "1 week",
            "1 month",
            "7 months",
            "90 business minutes",
            "4 business hours",
            "3 business days",
        )
    ]
)
ZONES = st.sampled_from([LOS_ANGELES, LONDON, "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])


@given(SPANS, INSTANTS, ZONES, st.booleans())
def test_a_due_time_is_later_in_utc_and_placed_means_within_business_hours(
    span: Span, start: datetime, zone: str, placed: bool
) -> None:
    calendar = site(zone)
    result = due(span, start, calendar, placed=placed)
    assert result.at > start
    assert result.at.tzinfo is UTC
    assert Explanation.from_data(result.data).due == result.at
    if placed or span.unit.is_business:
        assert calendar.covers(result.at)
        assert result.at >= due(span, start, calendar).at


@given(SPANS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)), ZONES)
def test_a_later_start_is_never_due_earlier_save_for_a_clock_change(
    span: Span, start: datetime, later: timedelta, zone: str
) -> None:
    calendar = site(zone)
    first, second = due(span, start, calendar), due(span, start + later, calendar)
    # Wall-clock weeks and months may turn round within the hour that a clock repeats, or skips.
    slack = timedelta(0) if span.unit.is_elapsed or span.unit.is_business else timedelta(hours=1)
    assert first.at <= second.at + slack


@pytest.mark.clause("ATSP 1.2", "D-6")
def test_a_site_has_the_programmes_business_day_in_its_own_zone() -> None:
    calendar = site(LONDON)
    assert calendar.zone == LONDON
    assert calendar.day_length == timedelta(hours=9)
    assert [holiday.date for holiday in calendar.holidays] == sorted(HOLIDAYS)
    opening = local("Mon 2003-07-07 08:00", LONDON)
    assert calendar.covers(opening)
    assert not calendar.covers(opening - timedelta(seconds=1))
    assert not calendar.covers(local("Mon 2003-07-07 17:01", LONDON))


def test_a_day_that_ends_at_midnight_leaks_no_minute() -> None:
    round_the_week = BusinessDay(tuple(range(7)), "00:00", "24:00", "ATSP 1.2")
    calendar = calendar_for(round_the_week, "UTC")
    start = datetime(2003, 3, 5, 14, tzinfo=UTC)
    assert calendar.day_length == timedelta(hours=24)
    assert due(Span.parse("30 business days"), start, calendar).at == start + timedelta(days=30)


@pytest.mark.clause("D-7")
def test_a_business_day_is_worth_the_days_length() -> None:
    calendar = site(LONDON)
    assert business_amount(Span.parse("2 business days"), calendar) == timedelta(hours=18)
    assert business_amount(Span.parse("4 business hours"), calendar) == timedelta(hours=4)
    with pytest.raises(ValueError, match="1 week is not counted in business time"):
        business_amount(Span.parse("1 week"), calendar)


@pytest.mark.parametrize("span", ["30 minutes", "1 business hour", "1 week", "1 month"])
def test_a_start_without_a_zone_is_refused(span: str) -> None:
    with pytest.raises(ValueError, match="carries no time zone"):
        due(Span.parse(span), datetime(2003, 7, 3, 12), site(LONDON))  # noqa: DTZ001


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no time zone 'Mars/Olympus'"):
        site("Mars/Olympus")


def test_a_due_time_is_a_value() -> None:
    at = datetime(2003, 7, 3, 12, tzinfo=UTC)
    hour = Span.parse("1 hour")
    assert isinstance(due(hour, at, site(LONDON)), Due)
    assert due(hour, at, site(LONDON)) == due(hour, at, site(LONDON))
