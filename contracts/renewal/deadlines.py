"""What happens when a renewal is to be proposed, and when support for a Software ends (REN; ATSP 9.3)."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.actions import software_notices
from contracts.ending.models import SoftwareNotice
from contracts.renewal.actions import proposal
from portal.deadlines import DeadlineKind, Due, by_lateness, register


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(proposal.OPENS, "The next year is proposed", False, days_of_proposal_came)
    )
    register(
        DeadlineKind(software_notices.ENDS, "Support for a Software ends", False, software_ends)
    )


def days_of_proposal_came(rows: Sequence[Due], now: dt.datetime) -> None:
    """The day came on which the next year is proposed (REN): one proposal a year, told once."""
    for late, part in by_lateness(rows):
        due = Agreement.objects.filter(
            pk__in=[row.subject_id for row in part],
            state__in=[AgreementState.SIGNED, AgreementState.IN_FORCE],
            proposal=None,
            renewal=None,
        ).select_related("reseller", "provider")
        proposal.open_many(list(due.order_by("pk")), by=None, at=now, late=late)


def software_ends(rows: Sequence[Due], now: dt.datetime) -> None:
    """The days of notice are over: there is no support for the Software from now on (ATSP 9.3)."""
    for late, part in by_lateness(rows):
        found = (
            SoftwareNotice.objects.standing()
            .filter(pk__in=[row.data["notice"] for row in part])
            .select_related("agreement__reseller")
        )
        software_notices.ended_many(list(found), at=now, late=late)
