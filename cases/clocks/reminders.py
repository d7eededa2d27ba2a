"""Reminders of promises that are due soon, to whoever owes them (ATSP 4.6; D-29). The sweep calls these handlers."""

import datetime as dt
from collections.abc import Sequence

from cases.case.in_words import in_words
from cases.clocks import notices
from contracts.parties.people import Responsible
from portal.deadlines import Due
from portal.notices import outbox


def first_response_near(rows: Sequence[Due], now: dt.datetime) -> None:
    """First responses are due soon: remind the engineer, or dispatch while nobody who can act has the case."""
    _remind(rows, "first technical response", now)


def status_update_near(rows: Sequence[Due], now: dt.datetime) -> None:
    """Status updates are due soon: remind the engineer, or dispatch while nobody who can act has the case."""
    _remind(rows, "status update", now)


def _remind(rows: Sequence[Due], title: str, now: dt.datetime) -> None:
    cases = in_words({row.subject_id for row in rows})
    responsible = Responsible(now)
    outbox.post_many(
        [
            notices.promise_near(case, row, title, responsible.of(case.owner, case.provider_id))
            for row in rows
            if (case := cases[row.subject_id])
        ],
        at=now,
    )
