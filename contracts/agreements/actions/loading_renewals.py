"""Load a year that renews another: which year, the past year's status, the provider's successor (REN)."""

import datetime as dt
from collections.abc import Iterator, Sequence

from contracts.agreements.actions.loading_people import Loading
from contracts.agreements.actions.parties import write_change
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import (
    AgreementFile,
    Finding,
    Heading,
    Party,
    PostalAddress,
    RenewalLine,
    address_lines,
)
from contracts.ending.models import Succession, name_on
from contracts.parties.models.changes import party_on
from contracts.parties.models.parties import Organisation
from contracts.renewal.models import ProposalState, ProposedOption, RenewalProposal
from contracts.verbs import Verb
from portal.ui.words import day as day_words

ASSIGNMENT_CLAUSE = "ATSP 19.3"


def earlier_year(heading: Heading) -> Agreement | None:
    """The year of the same contract that the file says it renews; None when it names none, or none that is loaded."""
    if heading.renews is None:
        return None
    years = Agreement.objects.select_related("provider", "reseller")
    return years.filter(
        contract_number=heading.contract_number, effective_on=heading.renews
    ).first()


def renewal_conflicts(file: AgreementFile, earlier: Agreement | None) -> Iterator[Finding]:
    """Compare what the file says about the renewed year with what the portal knows."""
    heading = file.agreement
    if file.provider.succeeds and predecessor(file.provider) is None:
        yield (
            "provider.succeeds",
            f"is {file.provider.succeeds!r}, whom the portal does not know",
            "",
        )
    if heading.renews is None:
        return
    said = heading.renews.isoformat()
    if earlier is None:
        reason = f"is {said}; no year of {heading.contract_number} from that day is loaded"
        yield "agreement.renews", reason, "REN"
        return
    if earlier.anniversary != heading.effective_on:
        reason = (
            f"is {said}, whose anniversary is {earlier.anniversary.isoformat()}, "
            f"not {heading.effective_on.isoformat()}"
        )
        yield "agreement.effective_on", reason, "REN"
    if not Organisation.objects.called(file.reseller.name).filter(pk=earlier.reseller_id).exists():
        yield "reseller.name", f"is not {earlier.reseller.name}'s, whose year is renewed", "REN"
    other = Agreement.objects.filter(renews=earlier).first()
    if other is not None:
        yield "agreement.renews", f"is {said}, which {other.reference} renews already", "REN"


def predecessor(party: Party) -> Organisation | None:
    """The party of the earlier years that this one succeeds; None when it succeeds none that is known."""
    if not party.succeeds:
        return None
    return Organisation.objects.filter(name__iexact=party.succeeds).first()


def is_named(organisation: Organisation, name: str) -> bool:
    """Whether a party has the name, or has taken it on."""
    own = organisation.successions.filter(under=None)
    names = [organisation.name, *own.values_list("name", flat=True)]
    return name.casefold() in (one.casefold() for one in names)


def note_succession(loading: Loading, provider: Organisation, party: Party, since: dt.date) -> None:
    """Record that the party is named otherwise from a day on; what was signed before stays (ATSP 19.3)."""
    if is_named(provider, party.name):
        return
    succession = Succession.objects.create(
        organisation=provider,
        name=party.name,
        predecessor=name_on(provider, since),
        incorporated_in=party.incorporated_in,
        since=since,
        reason=f"The paper of {loading.agreement.reference} names it so.",
        recorded_at=loading.at,
        recorded_by=loading.by,
    )
    loading.note(
        Verb.AGREEMENT_SUCCEEDED,
        text=f"{succession}, from {day_words(since)}",
        clause=ASSIGNMENT_CLAUSE,
        public=True,
    )


def write_renewal(
    loading: Loading,
    line: RenewalLine,
    earlier: Agreement,
    options: Sequence[tuple[str, int]],
) -> RenewalProposal:
    """Record the renewal as filed: a proposal that was signed, with what the paper says of the past year (REN)."""
    agreement = loading.agreement
    proposal = RenewalProposal.objects.create(
        agreement=earlier,
        programme_version_id=agreement.programme_version_id,
        opened_at=loading.at,
        opened_by=loading.by,
        tier=agreement.tier,
        performance_status=line.performance_status,
        status_from="As filed.",
        percentage=line.percentage,
        stamped_on=line.stamped_on,
        stamp=line.stamp,
    )
    ProposedOption.objects.bulk_create(
        ProposedOption(proposal=proposal, option=option, quantity=quantity)
        for option, quantity in options
    )
    proposal.state = ProposalState.SIGNED
    proposal.settled_at, proposal.settled_by = loading.at, loading.by
    proposal.save(update_fields=["state", "settled_at", "settled_by"])
    loading.note(
        Verb.AGREEMENT_RENEWED,
        text=f"{proposal.status_name}, {line.percentage:f} percent, after {earlier.reference}",
        clause="REN",
        public=True,
        renews=earlier.reference,
    )
    return proposal


def note_address(
    loading: Loading, reseller: Organisation, address: PostalAddress, since: dt.date
) -> None:
    """Record that the paper of a renewed year gives the reseller another address than it had (ATSP 20.2).

    Since when, the paper does not say: its Effective Date is the first day for which a paper has it.
    """
    lines = address_lines(address)
    held = party_on(reseller, since)
    if not lines or lines == list(held.address_lines):
        return
    change = write_change(
        reseller,
        name=held.name,
        address=address,
        since=since,
        reason=f"The paper of {loading.agreement.reference} has it.",
        by=loading.by,
        at=loading.at,
    )
    loading.note(
        Verb.AGREEMENT_PARTY_CHANGED,
        text=f"{change}, from {day_words(since)}. {change.reason}",
        clause="ATSP 20.2",
        public=True,
    )
