"""Values written in bulk arrive as they were, whatever characters they hold."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from portal import bulk, journal
from portal.models import JournalEntry
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


def test_json_arrives_as_it_was_and_nothing_as_null(at: dt.datetime) -> None:
    said = [
        {"words": 'a "quoted" \\ word', "rows": [1, None]},
        {},
    ]
    journal.record_many(
        journal.entry(subject(number), "tests.done", by=None, at=at, before=one, after=None)
        for number, one in enumerate(said)
    )
    entries = list(JournalEntry.objects.order_by("id"))
    assert [entry.before for entry in entries] == said
    assert JournalEntry.objects.filter(after__isnull=True).count() == 2
