"""Values written in bulk arrive as they were, whatever characters they hold."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from portal import bulk, journal
from portal.models import Holiday, JournalEntry
from tests.portal.engine import subject

pytestmark = pytest.mark.django_db

AN_INSTANT = dt.datetime(2003, 3, 5, 17, 20, 0, 15, tzinfo=dt.UTC)


def back(kind: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [bulk.array(values)])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param("text", ["a", "b"], id="plain"),
        pytest.param("text", ['"', "\\", '\\"', "{,}", "'", "%s", "NULL", ""], id="every sign"),
        pytest.param("text", ["line\r\nline", "\t", "Grüße, 東京 🙂"], id="lines and letters"),
        pytest.param("text", ["a", None, '"'], id="text and nothing"),
        pytest.param("text", ["same", "same"], id="the same everywhere"),
        pytest.param("text", [None, None], id="nothing everywhere"),
        pytest.param("text", [], id="empty"),
        pytest.param("bigint", [1, -2, 2**62], id="numbers"),
        pytest.param("bigint", [1, None], id="numbers and nothing"),
        pytest.param("boolean", [True, False, None], id="truth values"),
        pytest.param("timestamptz", [AN_INSTANT, None], id="instants, to the microsecond"),
    ],
)
def test_an_array_is_read_as_it_was_given(kind: str, values: list[Any]) -> None:
    assert back(kind, values) == values


def test_a_nul_is_refused() -> None:
    for values in (["a\0b", "c"], ["\0"], ["a", None, "\0"]):
        with pytest.raises(ValueError, match="NUL"):
            bulk.array(values)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no zone"):
        bulk.array([AN_INSTANT, AN_INSTANT.replace(tzinfo=None)])


@pytest.mark.parametrize("count", [1, bulk.FEW, bulk.FEW + 1], ids=["one", "few", "many"])
def test_rows_are_written_as_they_are_and_in_their_order(count: int, at: dt.datetime) -> None:
    said = [{"words": 'a "quoted" \\ 100% word', "rows": [1, None]}, {}][:count]
    journal.record_many(
        journal.entry(
            subject(number),
            "tests.done",
            by=None,
            at=at,
            text=f"{number}: it's 100%",
            public=number % 2 == 0,
            before=said[number % len(said)],
            after=None,
        )
        for number in range(count)
    )
    entries = list(JournalEntry.objects.order_by("id"))
    assert [(one.subject_id, one.text, one.public) for one in entries] == [
        (number, f"{number}: it's 100%", number % 2 == 0) for number in range(count)
    ]
    assert [one.before for one in entries] == [said[n % len(said)] for n in range(count)]
    assert {one.at for one in entries} == {at}
    assert JournalEntry.objects.filter(after__isnull=True).count() == count


@pytest.mark.parametrize("count", [1, bulk.FEW + 1], ids=["one", "many"])
def test_a_row_with_an_instant_without_a_zone_or_a_nul_is_refused(
    count: int, at: dt.datetime
) -> None:
    for wrong in ({"at": at.replace(tzinfo=None)}, {"text": "\0"}):
        entries = [
            journal.entry(subject(number), "tests.done", by=None, **{"at": at, **wrong})
            for number in range(count)
        ]
        with pytest.raises(ValueError, match=r"names no zone|NUL"):
            journal.record_many(entries)


@pytest.mark.parametrize("count", [1, 2])
def test_fields_of_rows_are_written_as_they_are_now(
    count: int, django_assert_num_queries: Any
) -> None:
    days = [
        Holiday.objects.create(region="US", date=dt.date(2003, 1, 1 + number), name=f"{number}")
        for number in range(count)
    ]
    other = Holiday.objects.create(region="EU", date=dt.date(2003, 1, 1), name="other")
    for day in days:
        day.name, day.region = f"it's {day.name}", "not written"
    with django_assert_num_queries(1):
        bulk.update(days, ["name"])
    kept = Holiday.objects.filter(region="US").order_by("date")
    assert [one.name for one in kept] == [f"it's {n}" for n in range(count)]
    other.refresh_from_db()
    assert other.name == "other"
