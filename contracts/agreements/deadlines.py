"""Handlers for an agreement's days: in force, expired. The sweep calls them in its own transaction."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.actions import life
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from portal.deadlines import DeadlineKind, Due, by_lateness, register


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(life.IN_FORCE, "The agreement comes in force", False, effective_dates_came)
    )
    register(DeadlineKind(life.EXPIRES, "The agreement expires", False, years_ran_out))


def effective_dates_came(rows: Sequence[Due], now: dt.datetime) -> None:
    """Put signed agreements in force on their Effective Date (ATSP page 1, 2.a)."""
    for late, part in by_lateness(rows):
        signed = _agreements(part, AgreementState.SIGNED)
        life.take_force_many(signed, by=None, at=now, late=late)


def years_ran_out(rows: Sequence[Due], now: dt.datetime) -> None:
    """End agreements whose last day is over, however late the sweep runs (ATSP page 1, 2.a)."""
    for late, part in by_lateness(rows):
        expired = _agreements(part, AgreementState.IN_FORCE)
        for agreement in expired:
            agreement.ended_on = agreement.anniversary
        life.end_many(expired, cause=EndCause.EXPIRED, by=None, at=now, late=late)


def _agreements(rows: Sequence[Due], state: AgreementState) -> list[Agreement]:
    """The agreements of the rows that are still in a state, in one statement."""
    found = Agreement.objects.filter(
        pk__in=[row.subject_id for row in rows], state=state
    ).select_related("reseller", "provider")
    return list(found.order_by("pk"))
