"""What renewal makes of what happens to agreements (``contracts.agreements.events``), in the same transaction."""

from contracts.agreements.events import (
    AgreementEnded,
    AgreementInForce,
    AgreementLoaded,
    AgreementSigned,
)
from contracts.agreements.models import AgreementState, EndCause
from contracts.renewal.actions.decision import call_off
from contracts.renewal.actions.next_year import carry_over
from contracts.renewal.actions.proposal import OPENS, plan_renewal
from portal import deadlines
from portal.subscriptions import subscribe

_HAS_BEGUN = (AgreementState.IN_FORCE, AgreementState.ENDED)


def subscribe_all() -> None:
    """Listen to agreements being loaded, signed, in force and ended."""
    subscribe(AgreementLoaded, on_loaded)
    subscribe(AgreementSigned, on_signed)
    subscribe(AgreementInForce, on_in_force)
    subscribe(AgreementEnded, on_ended)


def on_loaded(event: AgreementLoaded) -> None:
    """A year that was loaded in force has its roster from the year it renews; its own renewal is planned (REN)."""
    agreement = event.agreement
    if agreement.renews is not None:
        cause = f"{agreement.reference} renews it."
        deadlines.cancel(agreement.renews, at=event.at, cause=cause, kinds=[OPENS])
        if agreement.state in _HAS_BEGUN:
            carry_over(agreement, by=event.by, at=event.at)
    plan_renewal(agreement, at=event.at)


def on_signed(event: AgreementSigned) -> None:
    """The renewal of a signed year is planned, counted from that year's own anniversary (REN)."""
    plan_renewal(event.agreement, at=event.at)


def on_in_force(event: AgreementInForce) -> None:
    """The first day of a renewed year: roster and assignments go over (REN)."""
    carry_over(event.agreement, by=event.by, at=event.at)


def on_ended(event: AgreementEnded) -> None:
    """A terminated agreement has no next year (ATSP 9.4); an expired one may still be renewed, late."""
    if event.cause == EndCause.TERMINATED:
        call_off(event.agreement, "The agreement was terminated.", by=event.by, at=event.at)
