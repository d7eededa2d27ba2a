"""A renewal in the making: the next year of one reseller is proposed early, and it has said what it wishes (REN)."""

import datetime as dt

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.renewal.actions.proposal import open_renewal, state_wishes
from contracts.roster.models.entries import RosterRole
from portal.models import User

WISHES = "The tier as it is, please. We should like to talk about a second contact in Hamburg before we sign."


def propose_a_year(manager: User, now: dt.datetime) -> None:
    """Propose the next year of the reseller whose anniversary is the nearest; its Administrative Contact answers."""
    agreement = (
        Agreement.objects.filter(
            state=AgreementState.IN_FORCE, programme_version__code="atsp-2002", proposal=None
        )
        .order_by("ends_on", "pk")
        .first()
    )
    if agreement is None:
        return
    proposal = open_renewal(agreement, by=manager, at=now - dt.timedelta(days=3))
    keeper = agreement.roster.filter(
        standing=RosterRole.ADMINISTRATIVE, removed_at=None, contact__user__isnull=False
    ).first()
    if keeper is not None and keeper.contact.user is not None:
        at = now - dt.timedelta(days=1, hours=2)
        state_wishes(proposal, WISHES, by=keeper.contact.user, at=at)
