"""The role that the portal runs as: it works, and cannot change what is the record."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from portal import journal, rights
from portal.checks import role_is_bound
from portal.models import JournalEntry, SignIn, User
from portal.roles import Role
from portal.verbs import Verb
from tests.portal.engine import subject

pytestmark = pytest.mark.django_db
ROLE = "portal_app_of_a_test"


@pytest.fixture
def as_the_portal(make_user, at: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """The test's connection is that of the portal's own role, over a journal with an entry."""
    user = make_user("Ann Lee", Role.CSE)
    journal.record(subject(1), Verb.ALARM_RAISED, by=user, at=at, text="It burns")
    monkeypatch.setenv("PORTAL_ROLE_PASSWORD", "its own")
    call_command("grant_rights", ROLE, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield user
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portal_journalentry SET text = 'Nothing happened'",
        "DELETE FROM portal_journalentry",
        "TRUNCATE portal_journalentry CASCADE",
        "ALTER TABLE portal_journalentry DISABLE TRIGGER ALL",
        "DROP TRIGGER pgtrigger_append_only_098d2 ON portal_attachment",
        "DROP TABLE portal_signin",
        "CREATE OR REPLACE FUNCTION public.anything() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET LOCAL session_replication_role = replica",
        "SET LOCAL pgtrigger.ignore = '{portal_journalentry:append_only}';"
        " UPDATE portal_journalentry SET text = 'Nothing happened'",
        "UPDATE contracts_caseentry SET cases = 0",
        "DELETE FROM portal_signin",
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('portal', '9999', now())",
    ],
)
def test_nothing_lets_it_change_the_record(as_the_portal: User, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_it_writes_the_record_and_all_else(as_the_portal: User, at: dt.datetime) -> None:
    journal.record(subject(1), Verb.ALARM_RAISED, by=as_the_portal, at=at, text="It still burns")
    assert JournalEntry.objects.count() == 2
    SignIn.objects.create(what="signed_in", user=as_the_portal, at=at)
    as_the_portal.name = "Ann Other"
    as_the_portal.save()
    assert User.objects.get(pk=as_the_portal.pk).name == "Ann Other"


def test_it_checks_and_takes_away_files_and_renames_none(as_the_portal: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_attachment SET checked = 'clean', check_at = NULL, file = ''")
        cursor.execute("SELECT id FROM portal_attachment FOR UPDATE SKIP LOCKED")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE portal_attachment SET name = 'another.log'")


def test_a_deployments_check_tells_the_owner_from_the_portals_role(as_the_portal: User) -> None:
    assert role_is_bound(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert [said.id for said in role_is_bound(databases=["default"])] == ["portal.W001"]


def test_every_table_that_is_only_added_to_is_known() -> None:
    tables = {(model._meta.db_table, operation) for model, operation in rights.protected()}
    for table in ("portal_journalentry", "portal_attachment", "portal_signin"):
        assert {(table, "UPDATE"), (table, "DELETE")} <= tables
    assert len(tables) > 20


def test_running_it_again_takes_away_what_was_given_besides(as_the_portal: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"GRANT TRUNCATE ON portal_journalentry TO {ROLE}")
        cursor.execute(f"ALTER ROLE {ROLE} SUPERUSER")
        call_command("grant_rights", ROLE, verbosity=0)
        cursor.execute(
            "SELECT rolsuper, has_table_privilege(oid, 'portal_journalentry', 'TRUNCATE'),"
            " has_table_privilege(oid, 'portal_user', 'UPDATE') FROM pg_roles WHERE rolname = %s",
            [ROLE],
        )
        assert cursor.fetchone() == (False, False, True)
