"""The parties of an agreement: the reseller's sites, and where written notices go (D-6; ATSP 20.2)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import NoticeAddress, Side
from contracts.agreements.permissions import require_administrator
from contracts.agreements.rules.agreement_file import (
    NoticeLine,
    PostalAddress,
    SiteLine,
    address_lines,
)
from contracts.agreements.rules.drawing_up import NOTICES, cited, site_refusals
from contracts.parties.models.changes import PartyChange, party_on
from contracts.parties.models.parties import Address, Organisation, OrganisationKind, Site
from contracts.parties.models.provider_people import serves
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@transaction.atomic
def change_site(
    site: Site,
    line: SiteLine,
    agreement: Agreement,
    *,
    by: User,
    at: dt.datetime,
) -> Site:
    """Change a site of the agreement's reseller: name, address, zone; its region while nobody of it is on a roster.

    The clocks of reports from then on run in the new zone (D-6). Raises Refusal naming the field, and for a region
    whose contacts hold slots (ATSP page 1).
    """
    require_administrator(by, agreement, "change a site")
    locks.lock(agreement)
    programme = agreement.programme
    refusals = [*site_refusals(line, programme)]
    others = agreement.reseller.sites.exclude(pk=site.pk).filter(name__iexact=line.name)
    if others.exists():
        refusals.append(name_taken(line.name, "name"))
    slots = site.contacts.filter(roster_entries__removed_at=None).exclude(roster_entries=None)
    if line.region != site.region and slots.exists():
        refusals.append(
            Refusal(
                f"Contacts of {site.name} are on the roster under {site.region}.",
                clause=paper_clause(agreement),
                way_out="Make another site in the other region, and move the contacts to it.",
                field="region",
            )
        )
    if (refusal := Refusal.joined(refusals)) is not None:
        raise refusal
    before = _site_said(site)
    site.name, site.region, site.zone = line.name, line.region, line.zone
    for name, value in place_fields(line.address).items():
        setattr(site, name, value)
    site.save()
    if before != _site_said(site):
        journal.record(
            agreement,
            Verb.AGREEMENT_SITE_CHANGED,
            by=by,
            at=at,
            text=site.name,
            clause=programme.business_day.clause,
            public=True,
            before=before,
            after=_site_said(site),
        )
    return site


@transaction.atomic
def add_site(agreement: Agreement, line: SiteLine, *, by: User, at: dt.datetime) -> Site:
    """Add a site to the agreement's reseller. Raises Refusal naming the field."""
    require_administrator(by, agreement, "add a site")
    locks.lock(agreement)
    refusals = [*site_refusals(line, agreement.programme)]
    if agreement.reseller.sites.filter(name__iexact=line.name).exists():
        refusals.append(name_taken(line.name, "name"))
    if (refusal := Refusal.joined(refusals)) is not None:
        raise refusal
    (site,) = add_sites(agreement.reseller, (line,))
    journal.record(
        agreement,
        Verb.AGREEMENT_SITE_ADDED,
        by=by,
        at=at,
        text=f"{site.name}, {site.region}, {site.zone}",
        clause=agreement.programme.business_day.clause,
        public=True,
    )
    return site


@transaction.atomic
def change_notices(
    agreement: Agreement, side: Side, line: NoticeLine | None, *, by: User, at: dt.datetime
) -> None:
    """Change where written notices to a party go, at any time of the agreement's life (ATSP 20.2)."""
    require_administrator(by, agreement, "change a notice address")
    locks.lock(agreement)
    write_notices(agreement, side, line)
    journal.record(
        agreement,
        Verb.AGREEMENT_NOTICES_CHANGED,
        by=by,
        at=at,
        text=f"For the {side.label}: {line.name if line else 'to the address of the party'}",
        clause=cited(agreement.programme, NOTICES),
        public=True,
    )


@transaction.atomic
def change_party(
    agreement: Agreement,
    side: Side,
    *,
    name: str,
    address: PostalAddress,
    since: dt.date | None,
    reason: str,
    by: User,
    at: dt.datetime,
) -> PartyChange:
    """Record a party's new name or address from a day on, a date in the agreement's zone (ATSP 20.2).

    Papers dated before that day keep what was true on theirs; the running agreements with this provider have it in
    their journals. Raises Refusal naming the field: without a name, a reason or a day, for a day to come, another
    party's name, and where nothing changes. A provider's name changes by succession (ATSP 19.3), and its address is
    recorded by its own people.
    """
    require_administrator(by, agreement, "change a party's name or address")
    party = agreement.provider if side == Side.PROVIDER else agreement.reseller
    locks.lock(party)
    party = Organisation.objects.get(pk=party.pk)
    clause = cited(agreement.programme, NOTICES)
    is_provider = party.kind == OrganisationKind.PROVIDER
    if is_provider and not serves(by, party.pk):
        raise Refusal(
            f"{party.name} is a provider, and you do not serve it.",
            clause=clause,
            way_out="Its own people record its address; change below where your notices to it go.",
        )
    today, name = agreement.date_at(at), name.strip()
    held = party_on(party, since or today)
    refusals = [
        Refusal(sentence, clause=clause, way_out=way_out, field=field)
        for wrong, sentence, way_out, field in (
            (not name, "The name is missing.", "Write it as the paper has it.", "name"),
            (
                is_provider and bool(name) and name != held.name,
                "A provider has another name by succession only.",
                "Record a successor in interest on the page of the renewal.",
                "name",
            ),
            (
                Organisation.objects.called(name).exclude(pk=party.pk).exists(),
                f"{name} is another party.",
                "A transfer to another company is a succession or a new agreement.",
                "name",
            ),
            (since is None, "The day is missing.", "Write from which day on it holds.", "since"),
            (
                since is not None and since > today,
                f"{day_words(since or today)} is still to come.",
                "Record it on that day or later.",
                "since",
            ),
            (
                not reason.strip(),
                "The reason is missing.",
                "Write by which paper you know it.",
                "reason",
            ),
            (
                (held.name, held.address_lines) == (name, tuple(address_lines(address))),
                f"{party.name} has this name and address on that day already.",
                "Write what changes.",
                "street",
            ),
        )
        if wrong
    ]
    if (refusal := Refusal.joined(refusals)) is not None:
        raise refusal
    change = write_change(
        party, name=name, address=address, since=since, reason=reason.strip(), by=by, at=at
    )
    running = Agreement.objects.filter(provider=agreement.provider_id).exclude(
        state__in=[AgreementState.DRAFT, AgreementState.ENDED]
    )
    concerned = running.filter(**{side.value: party}) | Agreement.objects.filter(pk=agreement.pk)
    journal.record_many(
        journal.entry(
            one,
            Verb.AGREEMENT_PARTY_CHANGED,
            by=by,
            at=at,
            clause=clause,
            public=True,
            text=f"{change}, from {day_words(since or today)}. {change.reason}",
            before={"name": held.name, "address": ", ".join(held.address_lines)},
            after={"name": name, "address": ", ".join(change.address_lines)},
        )
        for one in concerned.distinct()
    )
    return change


def write_change(
    party: Organisation,
    *,
    name: str,
    address: PostalAddress,
    since: dt.date | None,
    reason: str,
    by: User | None,
    at: dt.datetime,
) -> PartyChange:
    """Write a change of a party, and with the first one what it was entered with, in the caller's transaction.

    The organization itself, which lists show, has the name and address of the latest day.
    """
    if not party.changes.exists():
        PartyChange.objects.create(
            organisation=party,
            name=party.name,
            since=None,
            recorded_at=at,
            recorded_by=by,
            **_where(party),
        )
    change = PartyChange.objects.create(
        organisation=party,
        name=name,
        since=since,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
        **place_fields(address),
    )
    latest = max(party.changes.all(), key=lambda one: (one.since or dt.date.min, one.pk))
    party.name = latest.name
    for field, value in _where(latest).items():
        setattr(party, field, value)
    party.save()
    return change


def _where(of: Address) -> dict[str, str]:
    return {
        name: getattr(of, name) for name in ("address", "city", "state", "postal_code", "country")
    }


def add_sites(reseller: Organisation, lines: tuple[SiteLine, ...]) -> list[Site]:
    """Make the sites of a reseller, in the caller's transaction."""
    return [
        Site.objects.create(
            organisation=reseller,
            name=line.name,
            region=line.region,
            zone=line.zone,
            **place_fields(line.address),
        )
        for line in lines
    ]


def write_notices(agreement: Agreement, side: Side, line: NoticeLine | None) -> None:
    """Put down where notices to a side go, in the caller's transaction; None takes it off."""
    agreement.notice_addresses.filter(side=side).delete()
    if line is not None and line.name:
        NoticeAddress.objects.create(
            agreement=agreement,
            side=side,
            name=line.name,
            attention=line.attention,
            telephone=line.telephone,
            fax=line.fax,
            email=line.email,
            **place_fields(line.address),
        )


def name_taken(name: str, field: str) -> Refusal:
    """The refusal of a second site with the same name."""
    return Refusal(
        f"The reseller has a site {name} already.", way_out="Give it another name.", field=field
    )


def place_fields(address: PostalAddress) -> dict[str, str]:
    """An address as the models keep it."""
    return {
        "address": address.street,
        "city": address.city,
        "state": address.state,
        "postal_code": address.postal_code,
        "country": address.country,
    }


def paper_clause(agreement: Agreement) -> str:
    """The clause of what is chosen on page 1, else of the term."""
    programme = agreement.programme
    if programme.tiers:
        return programme.tiers[0].clause
    return programme.term_clause


def _site_said(site: Site) -> dict[str, str]:
    return {
        name: getattr(site, name)
        for name in ("name", "region", "zone", "address", "city", "state", "postal_code", "country")
    }
