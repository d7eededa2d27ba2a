"""Notices about a renewal: that it is proposed, what the reseller wants, that a year is not renewed (REN)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from contracts.agreements.models.signing import NoticeAddress, Side
from contracts.agreements.notices import administrative_contacts
from contracts.ending.models import SoftwareNotice
from contracts.parties.people import Staff
from contracts.renewal.models import RenewalProposal
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import Address, NoticeDraft, Recipient
from portal.roles import Role

MANAGERS = (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)


def opened(proposals: Sequence[RenewalProposal], *, at: dt.datetime, late: bool = False) -> None:
    """Tell the account managers, contract administrators and Administrative Contacts that a year is proposed."""
    if not proposals:
        return
    managers = Staff(*MANAGERS, at=at)
    contacts = administrative_contacts([one.agreement for one in proposals])
    outbox.post_many(
        [
            NoticeDraft(
                subject=one.agreement,
                step="renewal-opened",
                to=[*managers.of(one.agreement), *contacts.get(one.agreement_id, [])],
                template="renewal_opened",
                title=f"The next year of contract {one.agreement.contract_number} is proposed",
                context=_facts(one),
                url=_page(one),
                clause=_clause(one),
                late=late,
            )
            for one in proposals
        ],
        at=at,
    )


def wished(proposal: RenewalProposal, entry: int, *, by: User, at: dt.datetime) -> None:
    """Tell the account managers what the reseller wants, each time it writes."""
    outbox.post(
        proposal.agreement,
        f"renewal-wished-{entry}",
        to=Staff(Role.ACCOUNT_MANAGER, at=at).of(proposal.agreement),
        template="renewal_wished",
        title=f"{proposal.agreement.reseller.name} on the next year of {proposal.agreement.contract_number}",
        context={**_facts(proposal), "wishes": proposal.wishes, "author": by.name},
        url=_page(proposal),
        clause=_clause(proposal),
        at=at,
    )


def declined(proposal: RenewalProposal, right: str, *, at: dt.datetime) -> None:
    """Give the reseller notice that the year is not renewed, and by which right (ATSP 9.2, 20.2)."""
    agreement = proposal.agreement
    outbox.post(
        agreement,
        "renewal-declined",
        to=[*_reseller(agreement), *Staff(*MANAGERS, at=at).of(agreement)],
        template="renewal_declined",
        title=f"Contract {agreement.contract_number} is not renewed",
        context={**_facts(proposal), "right": right, "reason": proposal.reason},
        url=_page(proposal),
        clause="ATSP 9.2",
        at=at,
    )


def software_ends(notice: SoftwareNotice, clause: str, *, at: dt.datetime) -> None:
    """Give the reseller the written notice that support for a Software ends (ATSP 9.3, 20.2)."""
    managers = Staff(*MANAGERS, at=at)
    draft = _software(notice, "software-notice", "ends", clause, False, managers)
    outbox.post_many([draft], at=at)


def software_ended(
    notices: Sequence[tuple[SoftwareNotice, str]], *, at: dt.datetime, late: bool
) -> None:
    """Say that support for a Software has ended (ATSP 9.3)."""
    managers = Staff(*MANAGERS, at=at)
    outbox.post_many(
        [
            _software(one, "software-ended", "has ended", clause, late, managers)
            for one, clause in notices
        ],
        at=at,
    )


def _software(
    notice: SoftwareNotice, step: str, said: str, clause: str, late: bool, managers: Staff
) -> NoticeDraft:
    agreement = notice.agreement
    return NoticeDraft(
        subject=agreement,
        step=f"{step}-{notice.pk}",
        to=[*_reseller(agreement), *managers.of(agreement)],
        template="software_notice",
        title=f"Technical Support for {notice.software} {said}",
        context={
            "contract": agreement.contract_number,
            "reseller": agreement.reseller.name,
            "software": notice.software,
            "said": said,
            "ends_on": f"{notice.ends_on:%-d %B %Y}",
            "given_on": f"{notice.given_on:%-d %B %Y}",
            "ground": notice.get_ground_display(),
            "text": notice.text,
        },
        url=reverse("renewal", args=[agreement.reference]),
        clause=clause,
        late=late,
    )


def _reseller(agreement: Any) -> list[Recipient]:
    """Where notices to the reseller go: its Administrative Contact, and its address for notices (ATSP 20.2)."""
    people = administrative_contacts([agreement]).get(agreement.pk, [])
    known = {person.email.lower() for person in people}
    addresses = NoticeAddress.objects.filter(agreement=agreement, side=Side.RESELLER)
    return [
        *people,
        *(
            Address(one.email, one.attention or one.name)
            for one in addresses
            if one.email and one.email.lower() not in known
        ),
    ]


def _facts(proposal: RenewalProposal) -> dict[str, Any]:
    agreement = proposal.agreement
    percentage = proposal.percentage
    return {
        "contract": agreement.contract_number,
        "reseller": agreement.reseller.name,
        "ends_on": f"{agreement.ends_on:%-d %B %Y}",
        "anniversary": f"{agreement.anniversary:%-d %B %Y}",
        "status": proposal.status_name,
        "percentage": "" if percentage is None else f"{percentage.normalize():f}",
    }


def _page(proposal: RenewalProposal) -> str:
    return reverse("renewal", args=[proposal.agreement.reference])


def _clause(proposal: RenewalProposal) -> str:
    terms = proposal.programme.renewal
    return terms.clause if terms else "REN"
