"""Sealed entries cannot be changed, taken away or slipped in without it showing."""

import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal import journal, record, sealing
from portal.models import JournalEntry, JournalSeal, Notice, SubjectKey, User
from portal.roles import Role
from tests.held import waits_for
from tests.portal.engine import subject

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)


@pytest.fixture
def sealed() -> list[int]:
    """Six entries under two seals."""
    for n in range(6):
        journal.record(subject(n), "case.noted", by=None, at=AT, text=f"Entry {n}.")
        if n in (2, 5):
            sealing.seal(AT)  # notes what there is
            sealing.seal(AT)
    return list(JournalEntry.objects.as_written().values_list("pk", flat=True))


def past_the_guard(statement: str, *values: object) -> None:
    """Change the journal as only its owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE portal_journalentry DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE portal_journalentry ENABLE TRIGGER USER")


def test_each_entry_is_sealed_once_and_all_is_well(sealed: list[int]) -> None:
    assert [one.entries for one in JournalSeal.objects.all()] == [3, 3]
    assert sealing.seal(AT) == 0
    assert list(sealing.broken_seals()) == []


def test_what_was_written_since_waits_for_the_next_time(sealed: list[int]) -> None:
    journal.record(subject(9), "case.noted", by=None, at=AT)
    assert sealing.seal(AT) == 0
    assert sealing.seal(AT) == 1


def test_what_is_too_much_for_one_seal_is_sealed_by_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "MOST", 2)
    for n in range(5):
        journal.record(subject(n), "case.noted", by=None, at=AT)
    sealing.seal(AT)
    assert sealing.seal(AT) == 5
    assert [one.entries for one in JournalSeal.objects.all()] == [2, 2, 1]
    assert list(sealing.broken_seals()) == []


@pytest.mark.django_db(transaction=True)
def test_one_seals_at_a_time() -> None:
    journal.record(subject(9), "case.noted", by=None, at=AT)
    sealing.seal(AT)
    with waits_for(SubjectKey("portal.journalseal", 0)):
        sealing.seal(AT)
    assert sealing.seal(AT) == 1


@pytest.mark.parametrize(
    ("statement", "which", "says"),
    [
        ("UPDATE portal_journalentry SET text = 'Another.' WHERE id = %s", 1, "not as it was"),
        ("UPDATE portal_journalentry SET changed = '{}' WHERE id = %s", 4, "not as it was"),
        ("DELETE FROM portal_journalentry WHERE id = %s", 1, "there are 2"),
    ],
)
def test_a_changed_or_missing_entry_breaks_its_seal(
    sealed: list[int], statement: str, which: int, says: str
) -> None:
    past_the_guard(statement, sealed[which])
    [found] = sealing.broken_seals()
    assert says in found


def test_a_seal_made_anew_breaks_the_next(sealed: list[int]) -> None:
    past_the_guard("UPDATE portal_journalentry SET text = 'Another.' WHERE id = %s", sealed[0])
    first = JournalSeal.objects.first()
    with connection.cursor() as cursor:
        _, _, digest = sealing._digest(cursor, None, first.last_entry)
        cursor.execute("ALTER TABLE portal_journalseal DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE portal_journalseal SET digest = %s WHERE id = %s", [digest, first.pk]
        )
    [found] = sealing.broken_seals()
    assert found.startswith(f"Seal {JournalSeal.objects.last().pk},")


def test_the_command_says_so_and_the_night_raises_one_alarm(sealed: list[int], make_user) -> None:  # type: ignore[no-untyped-def]
    make_user("Dina Patel", Role.DISPATCH)
    out = StringIO()
    call_command("check_record", stdout=out)
    assert "holds together" in out.getvalue()
    assert record.check_and_alarm(AT) == 0

    past_the_guard("DELETE FROM portal_journalentry WHERE id = %s", sealed[5])
    with pytest.raises(CommandError, match="do not hold together"):
        call_command("check_record", stdout=StringIO(), stderr=StringIO())
    assert record.check_and_alarm(AT) == 1
    record.check_and_alarm(AT)
    assert Notice.objects.filter(template="alarm", channel="email").count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_type", "portal.user"),
        ("subject_id", 4711),
        ("verb", "case.replied"),
        ("at", AT + dt.timedelta(seconds=1)),
        ("logged_at", AT + dt.timedelta(seconds=1)),
        ("recorded_at", AT),
        ("by_id", 1),
        ("by_name", "Somebody else"),
        ("clause", "ATSP 1.1"),
        ("public", True),
        ("before", '{"a": 1}'),
        ("after", '{"a": 1}'),
        ("data", '{"a": 1}'),
        ("changed", '{"a": 1}'),
        ("text", "Another."),
    ],
)
def test_a_seal_covers_every_column(
    sealed: list[int], make_user: Callable[..., User], column: str, value: object
) -> None:
    value = make_user("Ann Lee").pk if column == "by_id" else value
    change = f"UPDATE portal_journalentry SET {column} = %s WHERE id = %s"  # noqa: S608  # our names
    past_the_guard(change, value, sealed[0])
    assert len(list(sealing.broken_seals())) == 1


def test_a_seal_covers_every_column_that_there_is() -> None:
    columns = {field.column for field in JournalEntry._meta.concrete_fields} - {"id"}
    [tried] = [
        mark.args[1]
        for mark in test_a_seal_covers_every_column.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    ]
    assert columns == {column for column, _ in tried}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sealed_below_what_somebody_is_still_writing() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1")
            journal.record(subject(1), "case.noted", by=None, at=AT)
            assert sealing.seal(AT) == 0, "it notes what there is"
            assert sealing.seal(AT) == 0, "an entry with a lower number may still come"
            cursor.execute("COMMIT")
        assert sealing.seal(AT) == 1
    finally:
        other.close()


def test_each_night_that_finds_something_raises_its_own_alarm(
    sealed: list[int], make_user: Callable[..., User]
) -> None:
    make_user("Dina Patel", Role.DISPATCH)
    past_the_guard("DELETE FROM portal_journalentry WHERE id = %s", sealed[5])
    for night in (AT, AT + dt.timedelta(days=1)):
        record.check_and_alarm(night)
    assert Notice.objects.filter(template="alarm", channel="email").count() == 2
