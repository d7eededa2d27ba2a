"""The pulse of a case: one statement that tells whether its page is still true, and who else has it open.

A page asks for it every second or so, so it reads little: the last entry of the journal that the reader may see, how
many files wait for their check, the people, and the unread notices for the bell. An internal note changes nothing of
what a reseller's page is told.

Who sees whom: the provider's people see each other, and a reseller's people each other. Of the other side the
provider's people see who is writing an answer, so that they do not write across it; a reseller's people see nothing.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from cases.case.models import Case
from cases.presence.models import Presence
from cases.presence.passes import Reader
from portal.models import User

READING, ANSWERING, LEFT = "reading", "answering", "left"
KEPT = dt.timedelta(seconds=15)
"""For so long somebody is there after their page asked last: it asks every second or two."""
ANSWERING_KEPT = dt.timedelta(seconds=10)
WRITTEN_EVERY = dt.timedelta(seconds=4)
"""A presence is written anew after so long; what a page asks in between writes nothing."""
OLD = dt.timedelta(hours=1)

_LAST = "_last_known"

_MARK = """
INSERT INTO cases_presence AS here (user_id, case_id, seen_at, answering_at)
VALUES (%(user)s, %(case)s, statement_timestamp(), CASE WHEN %(answering)s THEN statement_timestamp() END)
ON CONFLICT (case_id, user_id) DO UPDATE SET
  seen_at = excluded.seen_at, answering_at = coalesce(excluded.answering_at, here.answering_at)
"""
_LEAVE = "DELETE FROM cases_presence WHERE user_id = %(user)s AND case_id = %(case)s"

_PEOPLE = """
SELECT here.case_id, person.name, cardinality(person.roles) > 0 AS is_provider,
       coalesce(here.answering_at > statement_timestamp() - %(answering_kept)s, false) AS is_answering
  FROM cases_presence AS here JOIN portal_user AS person ON person.id = here.user_id
 WHERE here.case_id = ANY(%(cases)s) AND here.user_id <> %(user)s
   AND here.seen_at > statement_timestamp() - %(kept)s AND person.is_active
   AND ((cardinality(person.roles) > 0) = %(is_provider)s
        OR %(is_provider)s AND here.answering_at > statement_timestamp() - %(answering_kept)s)
 ORDER BY is_answering DESC, is_provider, person.name
"""
# A function, whose plans are kept: planning it anew each time takes longer than all else (migration 0031).
_CALL = """
case_pulse(%(case)s, %(user)s, %(is_provider)s, %(answering)s, %(kept)s, %(answering_kept)s, %(written_every)s)
"""
_PULSE = f"SELECT last, checking, people, unread, is_marked FROM {_CALL}"  # noqa: S608  # our own words
PULSE_TOO = f"(SELECT json_build_array(last, checking, people, unread) FROM {_CALL})"  # noqa: S608
"""A column with the pulse, for a statement that reads something else too; its values are `values_of`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has a case open."""

    name: str
    is_provider: bool
    is_answering: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a reader may know: the `last` entry of the journal, how many files are `checking`, and the others there.

    And how many notices of theirs are `unread`, for the bell: none counted beyond `portal.context.UNREAD_COUNTED`.
    """

    last: int
    checking: int
    people: tuple[Person, ...]
    unread: int

    @property
    def version(self) -> str:
        """Another once something that the reader's page shows has changed."""
        return f"{self.last}.{self.checking}"


def pulse(case: int, *, of: User | Reader, doing: str = "") -> Pulse:
    """The pulse of a case that the reader may see, and a mark of what they are `doing` there.

    One statement; one more where there is no such mark yet, or an old one.
    """
    values = values_of(case, of, doing)
    with connection.cursor() as cursor:
        cursor.execute(_PULSE, values)
        *found, is_marked = cursor.fetchone()
        if doing == LEFT:
            cursor.execute(_LEAVE, values)
        elif doing in (READING, ANSWERING) and not is_marked:
            cursor.execute(_MARK, values)
    return _pulse(*found)


def values_of(case: int, of: User | Reader, doing: str = "") -> dict[str, Any]:
    """What the statement with a pulse asks for."""
    return {
        **_spans(),
        "user": of.pk,
        "is_provider": of.is_provider,
        "case": case,
        "answering": doing == ANSWERING,
    }


def last_known(case: Case, user: User) -> int:
    """The last entry of the case's journal that the user may see; read once for each case object."""
    known: int | None = case.__dict__.get(_LAST)
    if known is None:
        known = case.__dict__[_LAST] = pulse(case.pk, of=user).last
    return known


def know_pulse(case: Case, found: Sequence[Any]) -> Pulse:
    """The pulse that `PULSE_TOO` read with something else of the case, noted for `last_known`."""
    beat = _pulse(*found)
    case.__dict__[_LAST] = beat.last
    return beat


def people_on(cases: Collection[int], *, of: User) -> dict[int, list[Person]]:
    """Who else has which of the cases open, as the reader may know; one statement, none for no case."""
    found: dict[int, list[Person]] = {}
    if not cases:
        return found
    values = {**_spans(), "user": of.pk, "is_provider": of.is_provider, "cases": list(cases)}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        for case, *said in cursor.fetchall():
            found.setdefault(case, []).append(Person(*said))
    return found


def old(_at: dt.datetime) -> QuerySet[Presence]:
    """The rows of people who have gone, for housekeeping; by the database's clock."""
    return Presence.objects.filter(seen_at__lt=Now() - OLD)


def _pulse(last: int, checking: int, people: Sequence[Sequence[Any]] | None, unread: int) -> Pulse:
    return Pulse(last, checking, tuple(Person(*each) for each in people or ()), unread)


def _spans() -> dict[str, Any]:
    return {"kept": KEPT, "answering_kept": ANSWERING_KEPT, "written_every": WRITTEN_EVERY}
