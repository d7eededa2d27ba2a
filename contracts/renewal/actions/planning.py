"""When the renewal of a contract year is proposed, and how its planning or proposal is settled (REN; ATSP 9.2)."""

import datetime as dt

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.renewal.models import ProposalState, RenewalProposal
from contracts.renewal.rules.proposal import Opening, opening
from portal import deadlines
from portal.models import Deadline, User
from portal.rules.business_time import from_wall_clock

OPENS = "renewal.opens"
_RUNNING = (AgreementState.SIGNED, AgreementState.IN_FORCE)


def plan_renewal(agreement: Agreement, *, at: dt.datetime) -> None:
    """Set the day on which this year's renewal is proposed, once; for a caller that holds the agreement's lock.

    Each year is a row of its own, and so is its deadline: what was told of one year says nothing of the next (REN).
    """
    planned = opening_of(agreement)
    if (
        planned is None
        or agreement.state not in _RUNNING
        or agreement.date_at(at) > agreement.ends_on
    ):
        return
    if Deadline.objects.about(agreement).filter(kind=OPENS).exists():
        return
    if is_renewed(agreement) or RenewalProposal.objects.filter(agreement=agreement).exists():
        return
    deadlines.set_deadline(
        agreement,
        OPENS,
        due_at=opening_instant(agreement, planned),
        clause=planned.clause,
        words=planned.words,
        at=at,
    )


def opening_of(agreement: Agreement) -> Opening | None:
    """When the renewal of an agreement's year is proposed; None when its programme has no year or no renewal."""
    terms = agreement.programme.renewal
    if terms is None or agreement.programme.term is None:
        return None
    return opening(terms, agreement.anniversary)


def opening_instant(agreement: Agreement, planned: Opening) -> dt.datetime:
    """The instant, UTC: the opening of the Business Day's hours on that day, in the agreement's zone."""
    opens = dt.time.fromisoformat(agreement.programme.business_day.opens)
    return from_wall_clock(dt.datetime.combine(planned.on, opens), agreement.zone)


def is_renewed(agreement: Agreement) -> bool:
    """Whether another year follows this one."""
    return Agreement.objects.filter(renews=agreement).exists()


def call_off(agreement: Agreement, cause: str, *, by: User | None, at: dt.datetime) -> None:
    """Nothing of an ended agreement is renewed: its day is called off, an open proposal is settled (ATSP 9.4)."""
    deadlines.cancel(agreement, at=at, cause=cause, kinds=[OPENS])
    proposal = RenewalProposal.objects.filter(agreement=agreement, state=ProposalState.OPEN).first()
    if proposal is not None:
        settle(proposal, ProposalState.DECLINED, cause, by=by, at=at)


def settle(
    proposal: RenewalProposal,
    state: ProposalState,
    reason: str,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Settle a proposal: signed or declined, by whom, when and why."""
    proposal.state, proposal.reason = state, reason
    proposal.settled_at, proposal.settled_by = at, by
    proposal.save()
