"""Calendars and instants to try business time on: ordinary, odd, and near the edges."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from portal.rules.business_time import BusinessCalendar, WeeklyHours
from tests.portal.rules.oracle import PlainCalendar, WeekOfWindows

ZONES = (
    "Africa/Cairo",  # changes at midnight; summer time given up and taken up again
    "Africa/Casablanca",  # leaves summer time for Ramadan
    "America/Havana",  # falls back from 01:00 to midnight
    "America/Los_Angeles",
    "America/Sao_Paulo",  # sprang forward at midnight: days without a 00:00
    "America/St_Johns",  # changed at 00:01, so that a date came back for an hour
    "Antarctica/Troll",  # jumps by two hours
    "Asia/Gaza",
    "Asia/Kathmandu",  # 5:45 from UTC, no changes
    "Asia/Tehran",  # 3:30 from UTC, sprang forward at midnight
    "Australia/Lord_Howe",  # jumps by half an hour
    "Europe/Dublin",  # winter is the exception there
    "Europe/London",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Chatham",  # 12:45 from UTC, changes at 02:45
)

FIRST = datetime(1995, 1, 1, tzinfo=UTC)
LAST = datetime(2030, 12, 31, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NUDGES = [timedelta(0), MICROSECOND, -MICROSECOND, timedelta(seconds=1), timedelta(seconds=-1)]

BUSINESS_WEEK: WeekOfWindows = WeeklyHours.monday_to_friday().days
ALWAYS: WeekOfWindows = WeeklyHours.always().days
NIGHTS: WeekOfWindows = (((time(0), time(3, 30)), (time(21, 15), time(0))),) * 7
SPARSE: WeekOfWindows = ((), (), ((time(1, 50), time(2, 5)),), (), (), (), ())
TO_THE_LAST_MINUTE: WeekOfWindows = (((time(0), time(23, 59)),),) * 7


class Pair(NamedTuple):
    """The calendar under test and the plain one of the same terms."""

    calendar: BusinessCalendar
    plain: PlainCalendar


def pair(zone: str, days: WeekOfWindows, holidays: frozenset[date] = frozenset()) -> Pair:
    return Pair(
        BusinessCalendar(zone, WeeklyHours(days), holidays), PlainCalendar(zone, days, holidays)
    )


@st.composite
def days_of_windows(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    """Up to three windows of one day, on whole minutes, touching ones among them."""
    count = draw(st.integers(0, 3))
    edges = sorted(
        draw(st.lists(st.integers(0, 24 * 60), unique=True, min_size=2 * count, max_size=2 * count))
    )
    if count > 1 and draw(st.booleans()):
        edges[2] = edges[1]
    clock = [time(minute // 60 % 24, minute % 60) for minute in edges]
    return tuple(zip(clock[::2], clock[1::2], strict=True))


WEEKS = st.one_of(
    st.sampled_from([BUSINESS_WEEK, ALWAYS, NIGHTS, SPARSE, TO_THE_LAST_MINUTE]),
    st.tuples(*[days_of_windows()] * 7).filter(any),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Pair, datetime]:
    """A calendar with an instant to ask it about, often at or beside one of its own boundaries."""
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.datetimes(datetime(1995, 2, 1), datetime(2030, 10, 31))).replace(tzinfo=UTC)  # noqa: DTZ001
    around = [start.date() + timedelta(days=number) for number in range(-10, 40)]
    run = draw(st.integers(0, 9))
    holidays = frozenset(around[8 : 8 + run]) | draw(
        st.frozensets(st.sampled_from(around), max_size=6)
    )
    both = pair(zone, draw(WEEKS), holidays)
    if draw(st.booleans()):
        opens, closes = next(both.plain.windows_from(start))
        start = draw(st.sampled_from([opens, closes])) + draw(st.sampled_from(NUDGES))
    return both, start


AMOUNTS = st.one_of(
    st.sampled_from([timedelta(0), MICROSECOND, timedelta(hours=1), timedelta(hours=9)]),
    st.timedeltas(timedelta(0), timedelta(hours=60)),
)
