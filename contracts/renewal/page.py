"""What the Renewal side of an agreement shows: the proposed year beside this one, and what bears on the end."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.models import (
    BreachNotice,
    ResellerAgreementChange,
    SoftwareNotice,
    Succession,
)
from contracts.programmes.rules.terms import Programme
from contracts.renewal.actions.decision import right_not_to_renew
from contracts.renewal.actions.planning import opening_instant, opening_of
from contracts.renewal.actions.proposal import PastStatus, past_status
from contracts.renewal.models import RenewalProposal
from contracts.renewal.performance import Performance, performance_of
from contracts.renewal.proposed import Proposed, proposed
from contracts.renewal.rules.non_renewal import NonRenewalRight
from contracts.renewal.rules.proposal import Opening
from portal.models import User


@dataclass(frozen=True, slots=True)
class RenewalPage:
    """An agreement's renewal and end at an instant. `right` and `performance` are the provider's to know.

    `status` is the past year's with which the proposed year would be signed now.
    """

    agreement: Agreement
    opening: Opening | None
    opens_at: dt.datetime | None
    proposed: Proposed | None
    status: PastStatus | None
    next_year: Agreement | None
    earlier_year: Agreement | None
    right: NonRenewalRight | None
    right_facts: tuple[tuple[dt.date, str, str], ...]
    performance: Performance | None
    software_notices: list[SoftwareNotice]
    reseller_agreement: list[ResellerAgreementChange]
    successions: list[Succession]
    breaches: list[BreachNotice]
    has_ended: bool


def proposal_of(agreement: Agreement) -> RenewalProposal | None:
    """The proposal of the year after the agreement's, with its options; None when there is none (two queries)."""
    return (
        RenewalProposal.objects.filter(agreement=agreement)
        .select_related("agreement__reseller", "agreement__provider", "wished_by", "settled_by")
        .prefetch_related("options")
        .first()
    )


def renewal_page(agreement: Agreement, user: User, at: dt.datetime) -> RenewalPage:
    """What a reader sees of an agreement's renewal and end, in a number of queries that does not grow with its life."""
    proposal = proposal_of(agreement)
    planned = opening_of(agreement)
    told = performance_of(agreement, at) if user.is_provider else None
    right = right_not_to_renew(agreement, at, told) if told is not None else None
    status = past_status(proposal, at, told) if proposal else None
    years = Agreement.objects.filter(contract_number=agreement.contract_number)
    return RenewalPage(
        agreement=agreement,
        opening=planned,
        opens_at=opening_instant(agreement, planned) if planned else None,
        proposed=proposed(proposal) if proposal else None,
        status=status,
        next_year=years.filter(renews=agreement).first(),
        earlier_year=years.filter(renewal=agreement).first(),
        right=right,
        right_facts=_facts(right, agreement.programme),
        performance=told,
        software_notices=list(
            SoftwareNotice.objects.of_contract(agreement).select_related("recorded_by")
        ),
        reseller_agreement=list(
            ResellerAgreementChange.objects.filter(
                agreement__contract_number=agreement.contract_number
            ).select_related("recorded_by")
        ),
        successions=_successions(agreement),
        breaches=_breaches(agreement),
        has_ended=agreement.state == AgreementState.ENDED
        or agreement.date_at(at) > agreement.ends_on,
    )


def _successions(agreement: Agreement) -> list[Succession]:
    """The successors of both parties that are told in this agreement (ATSP 19.3; SCL 19.1)."""
    of_provider = Q(organisation=agreement.provider_id, under=None)
    of_customer = Q(organisation=agreement.reseller_id, under=agreement.provider_id)
    return list(Succession.objects.filter(of_provider | of_customer).order_by("since", "pk"))


def _breaches(agreement: Agreement) -> list[BreachNotice]:
    """The notices of breach, where the agreement ends by one (SCL 10.1)."""
    if agreement.programme.needs_reseller_agreement:
        return []
    found = BreachNotice.objects.filter(agreement=agreement)
    return list(found.select_related("agreement__provider", "agreement__reseller"))


def _facts(
    right: NonRenewalRight | None, programme: Programme
) -> tuple[tuple[dt.date, str, str], ...]:
    """The reviews that a right rests on, with the statuses as Exhibit B names them."""
    if right is None or programme.scorecard is None:
        return ()
    names = {rule.code: rule.name for rule in programme.scorecard.statuses}
    return tuple(
        (one.on, names[one.measured], names[one.considered]) for one in reversed(right.facts)
    )
