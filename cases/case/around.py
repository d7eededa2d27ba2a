"""What stands around a case: who watches it, its relations, what was merged into it, other teams, time spent.

One statement for all of it, read once for each case object.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from cases.case.models import Case

MOST = 20
"""So many of each kind are shown."""

AROUND = """
    SELECT (SELECT json_agg(w) FROM (
              SELECT watch.id, coalesce(account.name, contact.name) AS name,
                     coalesce(watch.user_id, contact.user_id) AS account,
                     CASE WHEN watch.user_id IS NULL THEN 'reseller' ELSE 'provider' END AS side
                FROM cases_watch AS watch
                LEFT JOIN portal_user AS account ON account.id = watch.user_id
                LEFT JOIN contracts_contact AS contact ON contact.id = watch.contact_id
               WHERE watch.case_id = %(case)s ORDER BY watch.id) AS w),
           (SELECT json_agg(r) FROM (
              SELECT related.id, related.kind, related.reason, there.id AS number, there.title, there.state,
                     there.reseller_id AS reseller
                FROM (SELECT id, kind, reason, other_id AS there FROM cases_relation WHERE case_id = %(case)s
                      UNION ALL
                      SELECT id, kind, reason, case_id FROM cases_relation WHERE other_id = %(case)s) AS related
                JOIN cases_case AS there ON there.id = related.there
               ORDER BY related.id DESC LIMIT %(most)s) AS r),
           (SELECT json_agg(d) FROM (
              SELECT id AS number, title, merged_at, state FROM cases_case
               WHERE duplicate_of_id = %(case)s ORDER BY id LIMIT %(most)s) AS d),
           (SELECT json_agg(s) FROM (
              SELECT sub.id, sub.team, sub.state, sub.request, sub.due_at, sub.answer, sub.outcome, sub.opened_at,
                     owner.name AS owner
                FROM cases_subcase AS sub LEFT JOIN portal_user AS owner ON owner.id = sub.owner_id
               WHERE sub.case_id = %(case)s ORDER BY sub.state = 'closed', sub.id LIMIT %(most)s) AS s),
           (SELECT json_agg(t) FROM (
              SELECT person.name, sum(spent.minutes) AS minutes
                FROM cases_timespent AS spent JOIN portal_user AS person ON person.id = spent.person_id
               WHERE spent.case_id = %(case)s GROUP BY person.name ORDER BY 2 DESC LIMIT %(most)s) AS t),
           EXISTS (SELECT FROM cases_message
                    WHERE case_id = %(case)s AND NOT from_provider AND kind <> 'report')
"""
"""What is read of the case of that key, at `MOST` rows of each kind."""


@dataclass(slots=True)
class Around:
    """What was found, each as plain values in the order in which it is shown."""

    watchers: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    sub_cases: list[dict[str, Any]] = field(default_factory=list)
    time_spent: list[dict[str, Any]] = field(default_factory=list)
    is_written_on: bool = False
    """Whether the reseller's people wrote on it since the report."""

    @property
    def merged(self) -> list[int]:
        """The numbers of the cases that were merged into it."""
        return [each["number"] for each in self.duplicates if each["merged_at"]]

    @property
    def minutes(self) -> int:
        """All minutes spent on it."""
        return sum(each["minutes"] for each in self.time_spent)


def around(case: Case) -> Around:
    """What stands around a case; one statement, the first time."""
    known: Around | None = case.__dict__.get("_around")
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(AROUND, {"case": case.pk, "most": MOST})
            known = know_around(case, cursor.fetchone())
    return known


def know_around(case: Case, row: Sequence[Any]) -> Around:
    """Note what stands around a case, as `AROUND` reads it."""
    *parts, is_written_on = row
    watchers, relations, duplicates, sub_cases, spent = (part or [] for part in parts)
    found = Around(watchers, relations, duplicates, sub_cases, spent, is_written_on)
    for each in found.sub_cases:
        each["due_at"], each["opened_at"] = _instant(each["due_at"]), _instant(each["opened_at"])
    case.__dict__["_around"] = found
    return found


def _instant(text: str | None) -> dt.datetime | None:
    return parse_datetime(text) if text else None
