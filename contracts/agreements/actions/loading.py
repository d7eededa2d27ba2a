"""Loading an agreement from a file made from the paper: whole, or refused with every mistake named."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from contracts.agreements.actions.life import await_its_days
from contracts.agreements.actions.loading_people import (
    Loading,
    assignment_conflicts,
    contact_conflicts,
    person_conflicts,
    write_assignments,
    write_contacts,
    write_people,
    write_trainings,
)
from contracts.agreements.actions.loading_renewals import (
    earlier_year,
    is_named,
    note_address,
    note_succession,
    predecessor,
    renewal_conflicts,
    write_renewal,
)
from contracts.agreements.actions.loading_rows import (
    notice_addresses,
    option,
    organisation,
    signatures,
    sites_of,
    write_coverage,
)
from contracts.agreements.models.agreements import Agreement, EndCause
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import NoticeAddress, Signature
from contracts.agreements.rules import checks
from contracts.agreements.rules.agreement_file import (
    AgreementFile,
    AgreementFileError,
    Finding,
    Heading,
    State,
    SupplementFile,
    address_lines,
    is_supplement,
    read,
    tables_of,
)
from contracts.agreements.rules.contract_year import term_ends
from contracts.billing.actions.charges import charge_year
from contracts.parties.models.parties import Organisation, OrganisationKind
from contracts.prepaid.actions.ledger import open_accounts
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import OptionKind, Programme
from contracts.renewal.actions.next_year import renew_as_loaded
from contracts.roster.actions import duty
from contracts.roster.models.entries import RosterRole
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import SubjectKey, User
from portal.roles import Role


@transaction.atomic
def load_agreement(
    text: str, *, name: str, by: User | None, at: dt.datetime, password: str | None = None
) -> Agreement:
    """Load the agreement written in a TOML text, or what a supplement adds to one; `name` is the file's.

    Parties, sites, options with their fees, signatures, roster with a user for each contact, assignments, and
    the accounts of prepaid cases. People get `password`, or none that works until they set one. An agreement
    whose contract number is loaded already is returned as it stands; a supplement adds what is not there yet.
    Raises AgreementFileError with every mistake of the file, and Refusal unless `by` is a contract
    administrator (None is the portal itself, by a command).
    """
    if by is not None:
        require_role(by, Role.CONTRACT_ADMINISTRATOR, act="load an agreement")
    data = tables_of(text, name=name)
    if is_supplement(data):
        return _supplement(data, name=name, by=by, at=at, password=password)
    file, wrong = read(AgreementFile, data)
    if file is None:
        raise AgreementFileError.of(name, wrong)
    locks.lock(SubjectKey(f"contract:{file.agreement.contract_number}", 0))
    earlier = earlier_year(file.agreement)
    present = Agreement.objects.filter(
        contract_number=file.agreement.contract_number,
        effective_on=file.agreement.effective_on,
    ).first()
    if present is not None:
        return present
    version = _version(file.agreement, name)
    wrong = [
        *checks.findings(file, version.programme),
        *_conflicts(file, version, earlier),
        *renewal_conflicts(file, earlier),
    ]
    if wrong:
        raise AgreementFileError.of(name, wrong)
    return _write(file, version, earlier, name=name, by=by, at=at, password=password)


def _version(heading: Heading, name: str) -> ProgrammeVersion:
    versions = ProgrammeVersion.objects.filter(code=heading.programme).order_by("-number")
    if heading.version is not None:
        versions = versions.filter(number=heading.version)
    version = versions.first()
    if version is not None:
        return version
    if heading.version is not None:
        entry, what = "agreement.version", f"is {heading.version}"
    else:
        entry, what = "agreement.programme", f"is {heading.programme!r}"
    reason = f"{what}, which is not published; publish the programme first"
    raise AgreementFileError.of(name, [(entry, reason, "")])


def _conflicts(
    file: AgreementFile, version: ProgrammeVersion, earlier: Agreement | None
) -> Iterator[Finding]:
    """Compare the file with what the portal knows."""
    heading = file.agreement
    yield from _own_people_conflicts(file)
    other = _overlapping(file, version, earlier)
    if other is not None and heading.state is not State.DRAFT:
        reason = (
            f"begins a year that overlaps {other.contract_number}, "
            f"{other.effective_on.isoformat()} to {other.ends_on.isoformat()}"
        )
        clause = version.programme.term.clause if version.programme.term else ""
        yield "agreement.effective_on", reason, clause
    yield from contact_conflicts(file.contacts, file.reseller.name)
    yield from person_conflicts(file.people, file.provider)
    yield from assignment_conflicts(file.assignments, file.people)


def _overlapping(
    file: AgreementFile, version: ProgrammeVersion, earlier: Agreement | None
) -> Agreement | None:
    """A signed agreement of the same parties and kind of support whose days overlap the file's year (page 1, 2)."""
    provider = _known_provider(file, earlier)
    reseller = Organisation.objects.called(file.reseller.name).first()
    if provider is None or reseller is None:
        return None
    year = Agreement(
        provider=provider,
        reseller=reseller,
        programme_version=version,
        effective_on=file.agreement.effective_on,
        ends_on=_last_day(file.agreement),
    )
    return year.overlapping().order_by("effective_on").first()


def _known_provider(file: AgreementFile, earlier: Agreement | None) -> Organisation | None:
    """The provider of the file as the portal knows it, by its name or as the one it succeeds; None for a new one."""
    if (succeeded := predecessor(file.provider)) is not None:
        return succeeded
    if earlier is not None and is_named(earlier.provider, file.provider.name):
        return earlier.provider
    return Organisation.objects.filter(name__iexact=file.provider.name).first()


def _own_people_conflicts(file: AgreementFile) -> Iterator[Finding]:
    """A provider served otherwise by now: an organization never changes hands by a file."""
    known = Organisation.objects.filter(name__iexact=file.provider.name).first()
    if known is None or known.own_people == file.provider.own_people:
        return
    if known.own_people or known.agreements_provided.exists():
        says = "keeps its own people" if known.own_people else "is served by the house's people"
        yield "provider.own_people", f"says otherwise, and in the portal {known.name} {says}", ""


def _write(
    file: AgreementFile,
    version: ProgrammeVersion,
    earlier: Agreement | None,
    *,
    name: str,
    by: User | None,
    at: dt.datetime,
    password: str | None,
) -> Agreement:
    heading = file.agreement
    provider = organisation(
        file.provider, OrganisationKind.PROVIDER, _known_provider(file, earlier)
    )
    reseller = organisation(file.reseller, OrganisationKind.RESELLER)
    sites = sites_of(reseller, file.sites)
    agreement = Agreement.objects.create(
        reseller=reseller,
        provider=provider,
        programme_version=version,
        tier=heading.tier,
        tier_initials=heading.tier_initials,
        contract_number=heading.contract_number,
        reseller_agreement_number=heading.reseller_agreement,
        reseller_agreement_in_force=heading.reseller_agreement_in_force,
        effective_on=heading.effective_on,
        ends_on=_last_day(heading),
        zone=heading.zone or (earlier.zone if earlier else file.sites[0].zone),
        renews=earlier,
        state=heading.state.value,
        ended_on=_ended_on(heading),
        end_cause=EndCause.EXPIRED if heading.state is State.ENDED else "",
        provider_name_as_signed=file.provider.name_as_signed or file.provider.name,
        reseller_name_as_signed=file.reseller.name_as_signed or file.reseller.name,
        reseller_address_as_signed="\n".join(address_lines(file.reseller.address)),
    )
    loading = Loading(agreement, by, at, password, sites)
    loading.note(
        Verb.AGREEMENT_LOADED,
        text=f"{agreement.contract_number}, {version}, from {name}",
        clause=agreement.tier_terms.clause if agreement.tier_terms else "",
        public=True,
        tier=heading.tier,
        effective_on=agreement.effective_on,
        ends_on=agreement.ends_on,
    )
    AgreementOption.objects.bulk_create(option(line, agreement) for line in file.options)
    Signature.objects.bulk_create(signatures(file, agreement))
    NoticeAddress.objects.bulk_create(notice_addresses(file, agreement))
    open_accounts(agreement, by=by, at=agreement.starts_at)
    write_contacts(loading, file.contacts)
    write_people(loading, file.people)
    write_assignments(loading, file.assignments)
    if file.provider.succeeds:
        note_succession(loading, provider, file.provider, heading.effective_on)
    if earlier is not None:
        note_address(loading, reseller, file.reseller.address, heading.effective_on)
    if file.renewal is not None and earlier is not None:
        write_renewal(loading, file.renewal, earlier, _option_lines(file))
    write_coverage(agreement, file.coverages)
    journal.record_many(loading.entries)
    if heading.state is not State.DRAFT:
        charge_year(agreement, by=by, at=at)
    if heading.state in (State.SIGNED, State.IN_FORCE):
        await_its_days(agreement, at=at)
    renew_as_loaded(agreement, by=by, at=at)
    duty.begin_as_filed(agreement, at=at)
    return agreement


def _supplement(
    data: dict[str, Any], *, name: str, by: User | None, at: dt.datetime, password: str | None
) -> Agreement:
    file, wrong = read(SupplementFile, data)
    if file is None:
        raise AgreementFileError.of(name, wrong)
    number = file.supplement.contract_number
    locks.lock(SubjectKey(f"contract:{number}", 0))
    years = Agreement.objects.filter(contract_number=number).order_by("effective_on")
    if file.supplement.effective_on is not None and years.exists():
        years = years.filter(effective_on=file.supplement.effective_on)
        entry, said = "supplement.effective_on", f"is {file.supplement.effective_on.isoformat()}"
    else:
        entry, said = "supplement.contract_number", f"is {number!r}"
    agreement = years.first()
    if agreement is None:
        raise AgreementFileError.of(name, [(entry, f"{said}, which is not loaded", "")])
    programme = agreement.programme
    wrong = [
        *checks.site_findings(file.sites, programme),
        *_contact_findings(file, agreement, programme),
        *checks.training_findings(file.trainings, programme),
        *checks.person_findings(file.people),
        *checks.assignment_findings(
            file.assignments,
            agreement.effective_on,
            {OptionKind(kind) for kind in agreement.options.values_list("kind", flat=True)},
            programme,
        ),
        *contact_conflicts(file.contacts, agreement.reseller.name),
        *person_conflicts(file.people, agreement.provider),
        *assignment_conflicts(file.assignments, file.people),
    ]
    if wrong:
        raise AgreementFileError.of(name, wrong)
    sites = sites_of(agreement.reseller, file.sites)
    loading = Loading(agreement, by, at, password, sites)
    write_contacts(loading, file.contacts)
    wrong = write_trainings(loading, file.trainings)
    if wrong:
        raise AgreementFileError.of(name, wrong)
    write_people(loading, file.people)
    write_assignments(loading, file.assignments)
    journal.record_many(loading.entries)
    return agreement


def _contact_findings(
    file: SupplementFile, agreement: Agreement, programme: Programme
) -> Iterator[Finding]:
    """What is wrong with the contacts of a supplement; a line that is already on the roster is no mistake."""
    regions = dict(agreement.reseller.sites.values_list("name", "region"))
    regions.update((site.name, site.region) for site in file.sites)
    added = {line.email.lower() for line in file.contacts}
    occupied: dict[tuple[str, int], str] = {}
    administrative = ""
    for entry in agreement.roster.filter(removed_at=None).select_related("contact"):
        if entry.contact.email.lower() in added:
            continue
        if entry.slot is not None:
            occupied[entry.pool, entry.slot] = entry.contact.name
        if entry.standing == RosterRole.ADMINISTRATIVE:
            administrative = entry.contact.name
    yield from checks.contact_findings(
        file.contacts,
        regions,
        agreement.tier_terms,
        programme,
        occupied=occupied,
        administrative=administrative,
    )


def _option_lines(file: AgreementFile) -> list[tuple[str, int]]:
    return [(line.option, line.quantity) for line in file.options]


def _last_day(heading: Heading) -> dt.date:
    return heading.ends_on or term_ends(heading.effective_on)


def _ended_on(heading: Heading) -> dt.date | None:
    """The first day without an agreement that the file says has ended."""
    return _last_day(heading) + dt.timedelta(days=1) if heading.state is State.ENDED else None
