"""The rows that an agreement's file writes: its parties, sites, options, signatures, addresses and coverage."""

from collections.abc import Iterator, Sequence

from contracts.agreements.actions.parties import place_fields
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import NoticeAddress, Side, Signature
from contracts.agreements.rules.agreement_file import (
    AgreementFile,
    CoverageLine,
    OptionLine,
    Party,
    SiteLine,
)
from contracts.billing.rules.money import fee, prorate
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Organisation, OrganisationKind, Site


def organisation(
    party: Party, kind: OrganisationKind, known: Organisation | None = None
) -> Organisation:
    """The organization of that name, made when there is none; one that is there keeps what it has."""
    known = known or Organisation.objects.called(party.name).first()
    if known is not None and party.own_people and not known.own_people:
        known.own_people = True
        known.save(update_fields=["own_people"])
    return known or Organisation.objects.create(
        name=party.name,
        kind=kind,
        own_people=party.own_people,
        telephone=party.telephone,
        fax=party.fax,
        **place_fields(party.address),
    )


def sites_of(reseller: Organisation, lines: tuple[SiteLine, ...]) -> dict[str, Site]:
    """The reseller's sites by name, those of the lines made when they are not there."""
    sites = {site.name: site for site in reseller.sites.all()}
    for line in lines:
        if line.name not in sites:
            sites[line.name] = Site.objects.create(
                organisation=reseller,
                name=line.name,
                region=line.region,
                zone=line.zone,
                **place_fields(line.address),
            )
    return sites


def option(line: OptionLine, agreement: Agreement) -> AgreementOption:
    """The option with its fee: quantity times price (D-1), for the days that remain when taken later (D-2)."""
    terms = agreement.programme.option(line.option)
    taken_on = line.taken_on or agreement.effective_on
    annual = fee(line.quantity, terms.fee)
    owed = prorate(annual, taken_on, agreement.effective_on, agreement.ends_on).amount
    return AgreementOption(
        agreement=agreement,
        option=line.option,
        kind=terms.kind.value,
        quantity=line.quantity,
        taken_on=taken_on,
        fee=owed,
        initials=line.initials,
    )


def signatures(file: AgreementFile, agreement: Agreement) -> Iterator[Signature]:
    """The signatures that stand on the paper, of either side, at each of its places."""
    for block in file.signatures:
        for side, signatory in ((Side.PROVIDER, block.provider), (Side.RESELLER, block.reseller)):
            if signatory is not None:
                yield Signature(
                    agreement=agreement,
                    side=side,
                    place=block.place,
                    name=signatory.name,
                    title=signatory.title,
                    signed_on=signatory.signed_on,
                    as_filed=signatory.as_filed,
                )


def notice_addresses(file: AgreementFile, agreement: Agreement) -> Iterator[NoticeAddress]:
    """The address to which notices to each party go, of those the paper names."""
    for side, party in ((Side.PROVIDER, file.provider), (Side.RESELLER, file.reseller)):
        if party.notices is not None:
            yield NoticeAddress(
                agreement=agreement,
                side=side,
                name=party.notices.name,
                attention=party.notices.attention,
                telephone=party.notices.telephone,
                fax=party.notices.fax,
                email=party.notices.email,
                **place_fields(party.notices.address),
            )


def write_coverage(agreement: Agreement, lines: Sequence[CoverageLine]) -> None:
    """Write the lines of delegated coverage as the exhibit has them, equal ones too (SCL Ex.C)."""
    DelegatedCoverage.objects.bulk_create(
        DelegatedCoverage(
            agreement=agreement,
            line=line.line,
            site_id=line.site_id,
            site_name=line.site_name,
            description=line.description,
            level=line.level,
            ends_on=line.ends_on,
        )
        for line in lines
    )
