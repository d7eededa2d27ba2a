"""What happens when Exhibit A falls due: reminders before, and what is recorded when it was missed (ATSP 5.2.1)."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.models.agreements import Agreement
from contracts.roster import notices
from contracts.roster.actions import duty
from contracts.roster.models.entries import RosterEntry
from contracts.roster.rules.changes import lacking
from contracts.verbs import Verb
from portal import journal
from portal.deadlines import DeadlineKind, Due, register
from portal.notices import outbox


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(DeadlineKind(duty.DUE, "Contact form", True, form_missed))
    register(DeadlineKind(duty.REMINDER, "Reminder of the contact form", False, form_due))


def form_due(rows: Sequence[Due], now: dt.datetime) -> None:
    """Remind of Exhibit A before it is due, with what it lacks (ATSP 5.2.1)."""
    _tell(rows, now, verb=Verb.ROSTER_FORM_REMINDED, missed=False)


def form_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Exhibit A was not complete in time (ATSP 5.2.1): it is still owed."""
    _tell(rows, now, verb=Verb.ROSTER_FORM_MISSED, missed=True)


def _tell(rows: Sequence[Due], now: dt.datetime, *, verb: Verb, missed: bool) -> None:
    agreements = Agreement.objects.select_related("reseller").in_bulk(
        [row.subject_id for row in rows]
    )
    standings: dict[int, list[str]] = {pk: [] for pk in agreements}
    present = RosterEntry.objects.filter(
        agreement__in=list(agreements), removed_at=None, contact__left_at=None
    )
    for agreement_id, standing in present.values_list("agreement_id", "standing"):
        standings[agreement_id].append(standing)
    short = {
        pk: lacking(one.programme.roster, standings[pk], one.programme.paper)
        for pk, one in agreements.items()
    }
    outbox.post_many(notices.form_notices(rows, agreements, short, missed=missed, at=now), at=now)
    journal.record_many(
        journal.entry(
            row.subject,
            verb,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text=f"{' and '.join(short[row.subject_id])} missing",
            due_at=row.due_at if missed else row.data.get("due_at"),
            late=row.late,
        )
        for row in rows
    )
