"""When a notice reaches somebody."""

import datetime as dt

import pytest

from portal.rules.delivering import Mail, QuietHours, Way, Wish, next_at, next_hour, way_of_mail

LOS_ANGELES = "America/Los_Angeles"
NIGHT = QuietHours(dt.time(22), dt.time(7), LOS_ANGELES)
DAY = QuietHours(dt.time(9), dt.time(12), LOS_ANGELES)


def at(text: str) -> dt.datetime:
    """An instant in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


MIDNIGHT = at("2003-03-05 08:00")  # in Los Angeles
NOON = at("2003-03-05 20:00")


@pytest.mark.parametrize(
    ("mail", "facts", "now", "way"),
    [
        (Mail.AT_ONCE, "", NOON, Way.NOW),
        (Mail.AT_ONCE, "", MIDNIGHT, Way.QUIET),
        (Mail.AT_ONCE, "urgent", MIDNIGHT, Way.NOW),
        (Mail.AT_ONCE, "on_duty", MIDNIGHT, Way.NOW),
        (Mail.AT_ONCE, "owed", MIDNIGHT, Way.NOW),
        (Mail.DIGEST, "", NOON, Way.DIGEST),
        (Mail.DIGEST, "", MIDNIGHT, Way.DIGEST),
        (Mail.DIGEST, "urgent", MIDNIGHT, Way.NOW),
        (Mail.DIGEST, "on_duty", MIDNIGHT, Way.DIGEST),
        (Mail.DIGEST, "owed", NOON, Way.NOW),
        (Mail.NONE, "", NOON, Way.DROP),
        (Mail.NONE, "urgent", NOON, Way.DROP),
        (Mail.NONE, "owed", MIDNIGHT, Way.NOW),
    ],
)
def test_what_becomes_of_a_mail(mail: Mail, facts: str, now: dt.datetime, way: Way) -> None:
    said = {name: name == facts for name in ("owed", "urgent", "on_duty")}
    assert way_of_mail(Wish(mail), quiet=NIGHT, now=now, **said) is way


@pytest.mark.parametrize(
    ("quiet", "now", "covered"),
    [
        (NIGHT, "2003-03-05 05:59:59", False),
        (NIGHT, "2003-03-05 06:00", True),
        (NIGHT, "2003-03-05 14:59:59", True),
        (NIGHT, "2003-03-05 15:00", False),
        (DAY, "2003-03-05 17:00", True),
        (DAY, "2003-03-05 20:00", False),
        (DAY, "2003-07-05 15:59", False),
        (DAY, "2003-07-05 16:00", True),
    ],
)
def test_quiet_hours_are_of_the_clocks_on_the_wall(
    quiet: QuietHours, now: str, covered: bool
) -> None:
    assert quiet.cover(at(now)) is covered


@pytest.mark.parametrize(
    ("time", "now", "due"),
    [
        ("08:00", "2003-03-05 15:59:59", "2003-03-05 16:00"),
        ("08:00", "2003-03-05 16:00", "2003-03-06 16:00"),
        ("08:00", "2003-04-05 16:00", "2003-04-06 15:00"),  # summer time begins on 6 April 2003
        ("02:30", "2003-04-05 10:30", "2003-04-06 10:30"),  # which has no 02:30: an hour later
        ("02:30", "2003-04-06 10:30", "2003-04-07 09:30"),
        ("01:30", "2003-10-25 08:30", "2003-10-26 08:30"),  # twice on 26 October: the first
        ("01:30", "2003-10-26 08:30", "2003-10-27 09:30"),
    ],
)
def test_a_time_of_day_comes_once_a_day_whatever_the_clocks_do(
    time: str, now: str, due: str
) -> None:
    assert next_at(dt.time.fromisoformat(time), LOS_ANGELES, at(now)) == at(due)


def test_a_year_has_as_many_digests_as_days() -> None:
    now, times = at("2003-01-01 00:00"), 0
    while (now := next_at(dt.time(2, 30), "Europe/London", now)) < at("2004-01-01 00:00"):
        times += 1
    assert times == 365


def test_the_next_full_hour_is_later() -> None:
    assert next_hour(at("2003-03-05 10:00")) == at("2003-03-05 11:00")
    assert next_hour(at("2003-03-05 10:59:59")) == at("2003-03-05 11:00")
