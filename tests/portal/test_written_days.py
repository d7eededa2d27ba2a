"""Days and instants as people write them: each way is read as one day, or refused with how to write it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.fields import day, instant
from portal.rules.written_days import day_of, instant_of, written

DAY = dt.date(2003, 2, 17)


@pytest.mark.parametrize(
    "text",
    [
        "17 Feb 2003",
        "17 february 2003",
        "17-Feb-2003",
        "17th Feb. 2003",
        "Mon, 17 Feb 2003",
        "Monday 17 Feb 2003",
        "Feb 17, 2003",
        "February 17 2003",
        "2003-02-17",
        "2003/2/17",
        "17.2.2003",
        "17. 02. 2003",
        "17/2/2003",
        "2/17/2003",
        "  17   Feb   2003 ",
    ],
)
def test_each_way_of_writing_a_day_is_read(text: str) -> None:
    assert day_of(text) == DAY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2/3/2003", "is read in two ways"),
        ("30 Feb 2003", "month 2 of 2003 has no day 30"),
        ("2003-13-01", "There is no month 13"),
        ("17 Foo 2003", "There is no month “foo”"),
        ("17 Feb", "This is no day"),
        ("soon", "This is no day"),
    ],
)
def test_what_names_no_day_is_told_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        day_of(text)


def test_the_same_number_twice_is_read_in_one_way() -> None:
    assert day_of("3/3/2003") == dt.date(2003, 3, 3)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("17 Feb 2003 14:05", dt.time(14, 5)),
        ("17 Feb 2003, 2:05 pm", dt.time(14, 5)),
        ("17 Feb 2003 at 12:30 a.m.", dt.time(0, 30)),
        ("2003-02-17T14:05", dt.time(14, 5)),
        ("2003-02-17 14:05:59", dt.time(14, 5)),
    ],
)
def test_an_instant_is_a_day_and_a_time(text: str, time: dt.time) -> None:
    assert instant_of(text) == dt.datetime.combine(DAY, time)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("17 Feb 2003", "The time is missing"),
        ("17 Feb 2003 25:00", "There is no time 25:00"),
        ("17 Feb 2003 14:05 pm", "There is no hour 14 in half a day"),
        ("soon 14:05", "This is no day"),
    ],
)
def test_what_names_no_instant_is_told_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        instant_of(text)


def test_what_pages_write_is_read_again() -> None:
    for each in (DAY, dt.date(999, 12, 1)):
        assert day_of(written(each)) == each
    at = dt.datetime(2003, 2, 7, 9, 5)  # noqa: DTZ001  # as the field shows it, in the reader's zone
    assert written(at) == "7 Feb 2003 09:05"
    assert instant_of(written(at)) == at


def test_fields_show_days_as_pages_do_and_read_them_in_the_readers_zone() -> None:
    field = day("Signed on")
    assert field.clean("17.2.2003") == DAY
    assert field.widget.format_value(DAY) == "17 Feb 2003"
    with pytest.raises(ValidationError, match="read in two ways"):
        field.clean("2/3/2003")
    with pytest.raises(ValidationError, match="The year is 203"):
        field.clean("0203-02-03")
    with timezone.override("America/New_York"):
        at = instant("When").clean("17 Feb 2003 14:05")
        assert at == dt.datetime(2003, 2, 17, 19, 5, tzinfo=dt.UTC)
        assert instant("When").prepare_value(at).hour == 14
