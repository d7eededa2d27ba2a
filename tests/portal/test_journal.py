"""The journal: written with its facts, in order, and never changed again."""

import datetime as dt

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from portal import journal
from portal.models import JournalEntry, SubjectKey
from portal.roles import Role
from tests.portal.engine import SECOND, subject

REFUSED = (InternalError, ProgrammingError)


@pytest.mark.django_db
class TestWriting:
    @pytest.mark.clause("D-23")
    def test_an_entry_says_when_it_was_logged_where_that_was_later(self, at: dt.datetime) -> None:
        later = at + 15 * SECOND
        journal.record(subject(7), "case.call_logged", by=None, at=at, logged_at=later)
        journal.record(subject(7), "case.replied", by=None, at=at, logged_at=at)
        told = JournalEntry.objects.in_order().values_list("at", "logged_at")
        assert list(told) == [(at, later), (at, None)]

    def test_an_entry_says_who_did_what_when_under_which_clause_and_what_changed(
        self, at: dt.datetime, make_user
    ) -> None:
        ann = make_user("Ann Lee", Role.CSE)
        journal.record(
            subject(7),
            "case.severity_changed",
            by=ann,
            at=at,
            text="Severity 2 becomes severity 1",
            clause="ATSP 4.3",
            public=True,
            before={"severity": 2},
            after={"severity": 1},
            call="confirmed",
        )
        entry = JournalEntry.objects.get()
        assert entry.subject == SubjectKey("tests.thing", 7)
        assert (entry.by, entry.by_name, entry.at) == (ann, "Ann Lee", at)
        assert (entry.verb, entry.clause, entry.public) == (
            "case.severity_changed",
            "ATSP 4.3",
            True,
        )
        assert (entry.before, entry.after) == ({"severity": 2}, {"severity": 1})
        assert entry.data == {"call": "confirmed"}
        assert entry.recorded_at.tzinfo is not None

    def test_the_portals_own_acts_bear_its_name(self, at: dt.datetime) -> None:
        assert journal.record(subject(1), "deadline.missed", by=None, at=at).by_name == "the portal"

    def test_the_name_stays_as_it_was_then(self, at: dt.datetime, make_user) -> None:
        ann = make_user("Ann Lee")
        journal.record(subject(1), "case.opened", by=ann, at=at)
        ann.name = "Ann Lee-Moore"
        ann.save()
        assert JournalEntry.objects.get().by_name == "Ann Lee"

    def test_a_model_instance_is_named_by_its_model_and_key(
        self, at: dt.datetime, make_user
    ) -> None:
        ann = make_user()
        entry = journal.record(ann, "user.invited", by=None, at=at)
        assert entry.subject == ("portal.user", ann.pk)

    def test_an_unsaved_subject_cannot_be_journaled(self, at: dt.datetime) -> None:
        with pytest.raises(ValueError, match="journal entry that is not saved"):
            journal.record(JournalEntry(), "done", by=None, at=at)

    def test_a_time_without_a_zone_is_refused(self, at: dt.datetime) -> None:
        with pytest.raises(RuntimeWarning, match="naive datetime"):
            journal.record(subject(1), "done", by=None, at=at.replace(tzinfo=None))

    def test_several_are_written_in_one_statement_in_their_order(
        self, at: dt.datetime, django_assert_num_queries
    ) -> None:
        with django_assert_num_queries(1):
            journal.record_many(
                journal.entry(subject(1), f"step {number}", by=None, at=at) for number in range(5)
            )
        verbs = JournalEntry.objects.about(subject(1)).in_order().values_list("verb", flat=True)
        assert list(verbs) == [f"step {number}" for number in range(5)]

    def test_history_is_told_by_when_it_happened_then_by_when_it_was_written(
        self, at: dt.datetime
    ) -> None:
        for verb, when in [("second", at), ("third", at), ("first", at - SECOND)]:
            journal.record(subject(1), verb, by=None, at=when)
        journal.record(subject(2), "another subject's", by=None, at=at)
        verbs = JournalEntry.objects.about(subject(1)).in_order().values_list("verb", flat=True)
        assert list(verbs) == ["first", "second", "third"]

    def test_the_reseller_reads_only_public_entries(self, at: dt.datetime) -> None:
        for public in (True, False):
            journal.record(subject(1), f"public {public}", by=None, at=at, public=public)
        [entry] = JournalEntry.objects.shown_to_reseller()
        assert entry.verb == "public True"

    def test_an_entry_falls_with_its_fact(self, at: dt.datetime) -> None:
        with transaction.atomic():
            journal.record(subject(1), "done", by=None, at=at)
            transaction.set_rollback(True)
        assert not JournalEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE portal_journalentry SET text = 'else'", id="change"),
        pytest.param("UPDATE portal_journalentry SET text = text", id="change nothing"),
        pytest.param("DELETE FROM portal_journalentry", id="delete"),
        pytest.param("TRUNCATE portal_journalentry", id="empty"),
        pytest.param("TRUNCATE portal_user CASCADE", id="empty with what it refers to"),
    ],
)
def test_the_database_itself_refuses(at: dt.datetime, statement: str) -> None:
    journal.record(subject(1), "done", by=None, at=at, text="as it was")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pends that would be refused first
        with (
            pytest.raises(REFUSED, match=r"Cannot update or delete|cannot be emptied"),
            transaction.atomic(),
        ):
            cursor.execute(statement)
    assert JournalEntry.objects.get().text == "as it was"
