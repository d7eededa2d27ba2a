"""How the renewal of a contract year ends: declined, or signed as the next year (REN; ATSP 9.2, 9.4)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from contracts.agreements.actions.papers import keep, kept
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import NoticeAddress, Side, Signature
from contracts.billing.rules.money import fee
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.parties.people import require_serving
from contracts.renewal import notices
from contracts.renewal.actions.planning import OPENS, settle
from contracts.renewal.actions.proposal import (
    EDITORS,
    clause_of,
    locked_proposal,
    new_proposal,
    newest_versions,
    past_status,
    require_renewable,
    settled,
    status_words,
)
from contracts.renewal.document import renewal_document
from contracts.renewal.models import ProposalState, RenewalProposal
from contracts.renewal.performance import Performance, performance_of
from contracts.renewal.proposed import proposed
from contracts.renewal.rules.non_renewal import NonRenewalRight, non_renewal_right
from contracts.renewal.rules.proposal import next_year, require_signatory_days
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

ISSUED = "issued_renewal"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed for a side, and on which day."""

    name: str
    title: str
    signed_on: dt.date | None


def right_not_to_renew(
    agreement: Agreement, at: dt.datetime, told: Performance | None = None
) -> NonRenewalRight:
    """Whether the provider may decline the next year, since when, and by which reviews (ATSP 9.2)."""
    told = told or performance_of(agreement, at)
    return non_renewal_right(
        agreement.programme,
        told.classifications if told else (),
        term_began_on=agreement.term_began_on,
        today=agreement.date_at(at),
    )


@transaction.atomic
def decline_renewal(
    agreement: Agreement, reason: str, *, by: User, at: dt.datetime
) -> RenewalProposal:
    """Do not renew: the provider's option while the reseller is Non-Compliant (ATSP 9.2). The reseller is told.

    The facts that give the right go on record. Raises Refusal while the right does not hold, without a reason, and for
    a year that is renewed already.
    """
    require_role(by, *EDITORS, act="decline a renewal", clause="ATSP 9.2")
    require_serving(by, agreement.provider_id, "decline a renewal")
    locks.lock(agreement)
    proposal = RenewalProposal.objects.filter(agreement=agreement).first()
    right = right_not_to_renew(agreement, at)
    if not right.holds:
        raise Refusal(
            f"The option not to renew does not hold. {right.words}",
            clause=right.clause or "ATSP 9.2",
            way_out="Propose the next year; support for a single Software ends by notice (ATSP 9.3).",
        )
    if not reason.strip():
        raise Refusal(
            "The reseller is told why the year is not renewed.",
            clause=right.clause,
            way_out="Say it in a sentence.",
            field="reason",
        )
    if proposal is None:
        require_renewable(agreement)
        deadlines.cancel(agreement, at=at, cause="The year is not renewed.", kinds=[OPENS])
        proposal = new_proposal(agreement, newest_versions(), None, by, at)
    elif not proposal.is_open:
        raise settled(proposal)
    settle(proposal, ProposalState.DECLINED, reason.strip(), by=by, at=at)
    journal.record(
        agreement,
        Verb.RENEWAL_DECLINED,
        by=by,
        at=at,
        clause=right.clause,
        public=True,
        text=f"{right.words} {reason.strip()}",
        facts=[
            {"on": one.on, "measured": one.measured, "considered": one.considered}
            for one in right.facts
        ],
    )
    notices.declined(proposal, right.words, at=at)
    return proposal


@transaction.atomic
def sign_renewal(
    proposal: RenewalProposal,
    *,
    provider: Signatory,
    reseller: Signatory,
    initials: str = "",
    confirmed_status: str = "",
    by: User,
    at: dt.datetime,
) -> Agreement:
    """Both sides signed: the next contract year under the same number, from the anniversary (REN).

    The past year's performance status is that of the last review by now. Where the proposal says another, whoever signs
    has seen and confirms the new one: `confirmed_status` is its code (D-25, D-28).

    It has the proposed version of the terms as its own, so the past year's prices stay; its quota, its slots and its
    charges are new, and on its first day the roster and those who serve it go over. It comes in force on that day, at
    once when it is past. Raises Refusal for a side without a signatory or a day, for a changed status that is not
    confirmed, and for a settled proposal.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="sign a renewal", clause="REN")
    require_serving(by, proposal.agreement.provider_id, "sign a renewal")
    proposal = locked_proposal(proposal)
    earlier = proposal.agreement
    require_renewable(earlier)
    for side, signatory in (("provider", provider), ("reseller", reseller)):
        if not signatory.name.strip():
            raise Refusal(
                f"Nobody is named to sign for the {side}.",
                clause="REN",
                way_out="Name the authorized representative as the paper does.",
                field=f"{side}_name",
            )
    day = require_signatory_days(provider.signed_on, reseller.signed_on)
    _take_status(proposal, confirmed_status, by=by, at=at)
    agreement = _draft(proposal, day)
    AgreementOption.objects.bulk_create(
        AgreementOption(
            agreement=agreement,
            option=line.option,
            kind=line.terms.kind.value,
            quantity=line.quantity,
            taken_on=agreement.effective_on,
            fee=fee(line.quantity, line.terms.fee),
            initials=initials.strip(),
        )
        for line in proposal.options.all()
    )
    Signature.objects.bulk_create(
        Signature(
            agreement=agreement,
            side=side,
            place="renewal agreement",
            name=signatory.name.strip(),
            title=signatory.title.strip(),
            signed_on=signatory.signed_on,
        )
        for side, signatory in ((Side.PROVIDER, provider), (Side.RESELLER, reseller))
    )
    _copy_notice_addresses(earlier, agreement)
    settle(proposal, ProposalState.SIGNED, "", by=by, at=at)
    _issue(proposal, by=by, at=at)
    journal.record(
        earlier,
        Verb.RENEWAL_SIGNED,
        by=by,
        at=at,
        clause=clause_of(proposal),
        public=True,
        text=f"{agreement.reference}, from {day_words(agreement.effective_on)}",
    )
    return sign_agreement(agreement, by=by, at=at)


def renewal_paper_of(proposal: RenewalProposal, *, at: dt.datetime) -> bytes:
    """The renewal agreement: an open proposal's as it would be signed now, a signed one's as it was issued.

    One that was signed before papers were kept, or loaded, is issued when it is first asked for.
    """
    if proposal.state != ProposalState.SIGNED:
        return renewal_document(proposed(proposal), at)
    return kept(proposal.agreement, ISSUED) or _issue(proposal, by=None, at=at)


def _issue(proposal: RenewalProposal, *, by: User | None, at: dt.datetime) -> bytes:
    """Issue the renewal agreement as it was signed, and keep it with the year that it renews."""
    content = renewal_document(proposed(proposal), at)
    name = f"renewal {proposal.agreement.reference}.pdf"
    keep(proposal.agreement, ISSUED, name=name, content=content, by=by, at=at)
    return content


def _take_status(proposal: RenewalProposal, confirmed: str, *, by: User, at: dt.datetime) -> None:
    """Give the proposal, which is settled next, the status of the last review. Raises Refusal for an unseen change."""
    now = past_status(proposal, at)
    if not now.changed:
        return
    before = status_words(proposal.status_name, proposal.percentage)
    if confirmed != now.code:
        raise Refusal(
            f"The past year's status changed since the proposal: it was {before}; it is {now.in_words}. {now.words}",
            clause="REN, D-25",
            way_out="Confirm the status with which the year is signed, or change what is proposed first.",
            field="confirmed_status",
        )
    proposal.performance_status, proposal.status_from = now.code, now.words
    proposal.percentage = now.percentage
    journal.record(
        proposal.agreement,
        Verb.RENEWAL_EDITED,
        by=by,
        at=at,
        clause=clause_of(proposal),
        public=True,
        text=f"Signed with {now.in_words}. {now.words}",
        before={"status": before},
        after={"status": now.in_words},
    )


def _draft(proposal: RenewalProposal, day: dt.date) -> Agreement:
    """The next year as a draft: the same contract, from the anniversary; the parties as they are on the day."""
    earlier = proposal.agreement
    first = (
        Agreement.objects.filter(contract_number=earlier.contract_number)
        .order_by("effective_on")
        .values_list("effective_on", flat=True)[0]
    )
    year = next_year(first, earlier.ends_on)
    return Agreement.objects.create(
        reseller=earlier.reseller,
        provider=earlier.provider,
        programme_version_id=proposal.programme_version_id,
        tier=proposal.tier,
        contract_number=earlier.contract_number,
        renews=earlier,
        reseller_agreement_number=earlier.reseller_agreement_number,
        reseller_agreement_in_force=earlier.reseller_agreement_in_force,
        effective_on=year.begins,
        ends_on=year.ends,
        zone=earlier.zone,
        provider_name_as_signed=name_on(earlier.provider, day),
        reseller_name_as_signed=name_on(earlier.reseller, day, earlier.provider_id),
        reseller_address_as_signed="\n".join(party_on(earlier.reseller, day).address_lines),
    )


def _copy_notice_addresses(earlier: Agreement, agreement: Agreement) -> None:
    """Notices go where they went (ATSP 20.2)."""
    addresses = list(NoticeAddress.objects.filter(agreement=earlier))
    for address in addresses:
        address.pk, address.agreement = None, agreement
    NoticeAddress.objects.bulk_create(addresses)
