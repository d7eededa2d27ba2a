"""Reading timelines by their keys with what a card of the board says of their cases.

The six tables are joined by hand: made by the ORM the statement would take ten times as long as in the database, and
the board is asked every five seconds by everybody who has it open. What is not read is deferred, as with `only`.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model

from cases.case.models import Case
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation
from escalation.models.timeline import Timeline
from portal.models import User

_PARTS: tuple[tuple[str, type[Model], tuple[str, ...]], ...] = (
    ("timeline", Timeline, ("id", "case_id", "number", "started_at", "ended_at")),
    (
        "about",
        Case,
        (
            "id",
            "agreement_id",
            "programme_version_id",
            "reseller_id",
            "contact_id",
            "region",
            "title",
            "severity",
            "owner_id",
        ),
    ),
    ("agreement", Agreement, ("id", "provider_id", "zone")),
    ("reseller", Organisation, ("id", "name")),
    ("contact", Contact, ("id", "name")),
    ("owner", User, ("id", "name")),
)
"""What is read of each model, in the order of its fields, as `from_db` takes them."""
_COLUMNS = ", ".join(f"{alias}.{name}" for alias, _, names in _PARTS for name in names)
_READ = f"""
    SELECT {_COLUMNS}
      FROM escalation_timeline AS timeline
      JOIN cases_case AS about ON about.id = timeline.case_id
      JOIN contracts_agreement AS agreement ON agreement.id = about.agreement_id
      JOIN contracts_organisation AS reseller ON reseller.id = about.reseller_id
      JOIN contracts_contact AS contact ON contact.id = about.contact_id
      LEFT JOIN portal_user AS owner ON owner.id = about.owner_id
     WHERE timeline.id = ANY(%s)
"""  # noqa: S608  # of the names above


def read_cards(keys: Iterable[int]) -> list[Timeline]:
    """The timelines of those keys in that order, with what says who bears their duties; one statement."""
    wanted = list(keys)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [wanted])
        found = {row[0]: _timeline(row) for row in cursor.fetchall()}
    return [found[key] for key in wanted if key in found]


def _timeline(row: tuple[Any, ...]) -> Timeline:
    parts: list[Any] = []
    start = 0
    for _, model, names in _PARTS:
        values = row[start : start + len(names)]
        start += len(names)
        parts.append(model.from_db(connection.alias, names, values) if values[0] else None)
    timeline, case, case.agreement, case.reseller, case.contact, case.owner = parts
    timeline.case = case
    found: Timeline = timeline
    return found
