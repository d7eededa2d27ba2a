"""What an act changed of a row is in the journal, and the row can be made again from it."""

import datetime as dt

import pytest

from portal import telling
from portal.models import Heartbeat

AT = dt.datetime(2003, 3, 5, 18, 0, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def row() -> Heartbeat:
    """A row as it was read."""
    held = Heartbeat(name="sweep", at=AT, figures={"settled": 3})
    telling.hold(held)
    return held


def test_an_entry_tells_what_changed_since_the_one_before(row: Heartbeat) -> None:
    assert telling.untold(row) is None
    row.figures = {"settled": 4}
    assert telling.untold(row) == {"figures": {"settled": 4}}
    assert telling.untold(row) is None


def test_the_first_entry_of_a_new_row_tells_all_of_it_to_the_microsecond() -> None:
    new = Heartbeat(name="sweep", at=AT)
    telling.hold_new(new)
    assert telling.untold(new) == {"at": "2003-03-05T18:00:00.123456+00:00", "figures": {}}


def test_what_no_entry_tells_is_an_error_that_names_it(row: Heartbeat) -> None:
    row.at += dt.timedelta(seconds=1)
    with pytest.raises(telling.UntoldError, match="tells of at"):
        telling.require_told(row)


def test_an_instant_is_told_by_its_text_in_utc_whatever_its_zone() -> None:
    here = AT.astimezone(dt.timezone(dt.timedelta(hours=-8)))
    assert telling.in_json(here) == telling.in_json(AT) == "2003-03-05T18:00:00.123456+00:00"


def test_a_row_that_nobody_holds_tells_nothing() -> None:
    row = Heartbeat(name="sweep", at=AT)
    row.figures = {"settled": 4}
    assert telling.untold(row) is None


def test_a_column_that_no_entry_tells_has_its_default() -> None:
    told = {"at": telling.in_json(AT)}
    assert telling.differences(Heartbeat(name="sweep", at=AT), told) == {}
    other = Heartbeat(name="sweep", at=AT, figures={"settled": 3})
    assert telling.differences(other, told) == {"figures": ({}, {"settled": 3})}


def test_entries_in_the_order_of_writing_make_the_row_again(row: Heartbeat) -> None:
    told = telling.rebuilt([{"at": telling.in_json(AT), "figures": {}}, None, {"figures": [1]}])
    assert told == {"at": "2003-03-05T18:00:00.123456+00:00", "figures": [1]}
    assert telling.differences(row, told) == {"figures": ([1], {"settled": 3})}
