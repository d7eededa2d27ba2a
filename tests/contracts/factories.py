"""Agreements for tests: the real one, the foreign one, and small ones made at will."""

import datetime as dt
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.parties.models.parties import Contact, Organisation, OrganisationKind, Site
from contracts.prepaid.actions.ledger import take
from contracts.prepaid.actions.movements import Pools
from contracts.prepaid.models.ledger import CaseEntry, EntryKind
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal.models import User

CONTRACTS = Path(__file__).parents[2] / "contracts"
PROGRAMME_FILE = CONTRACTS / "programmes" / "atsp-2002.toml"
MTI_FILE = CONTRACTS / "data" / "mti-2002.toml"
SUPPLEMENT_FILE = CONTRACTS / "data" / "mti-demo-emea.toml"
NORDLICHT_FILE = CONTRACTS / "data" / "second-reseller.toml"
BACK_LINE_FILE = CONTRACTS / "data" / "back-line-2002.toml"
LOADED_AT = dt.datetime(2002, 9, 3, 16, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"

_numbers = count(1)


def programme_text() -> str:
    """The packaged programme file."""
    return PROGRAMME_FILE.read_text(encoding="utf-8")


def published() -> ProgrammeVersion:
    """The packaged programme, published."""
    return publish_programme(programme_text(), name=PROGRAMME_FILE.name, by=None, at=LOADED_AT)


def load(path: Path, password: str | None = None) -> Agreement:
    """The agreement of a packaged data file; its people cannot sign in with a password unless one is given."""
    published()
    text = path.read_text(encoding="utf-8")
    return load_agreement(text, name=path.name, by=None, at=LOADED_AT, password=password)


def published_back_line() -> ProgrammeVersion:
    """The back-line schedule, published."""
    path = CONTRACTS / "programmes" / "back-line-2002.toml"
    text = path.read_text(encoding="utf-8")
    return publish_programme(text, name=path.name, by=None, at=LOADED_AT)


def load_back_line(password: str | None = None) -> Agreement:
    """The back-line agreement between CaminoSoft and Legato."""
    published_back_line()
    text = BACK_LINE_FILE.read_text(encoding="utf-8")
    return load_agreement(text, name=BACK_LINE_FILE.name, by=None, at=LOADED_AT, password=password)


def make_organisation(name: str = "", **fields: Any) -> Organisation:
    """A reseller, unless another kind is given."""
    fields.setdefault("kind", OrganisationKind.RESELLER)
    return Organisation.objects.create(name=name or f"Reseller {next(_numbers)}", **fields)


def make_site(organisation: Organisation, **fields: Any) -> Site:
    """A site in Los Angeles."""
    values = {"name": f"Site {next(_numbers)}", "region": "US", "zone": "America/Los_Angeles"}
    return Site.objects.create(organisation=organisation, **(values | fields))


def make_agreement(version: ProgrammeVersion | None = None, **fields: Any) -> Agreement:
    """An agreement of tier I in force from 2002-09-03, between parties of its own."""
    fields.setdefault("reseller", None)
    values: dict[str, Any] = {
        "programme_version": version or published(),
        "tier": "level-1",
        "contract_number": f"C-{next(_numbers)}",
        "effective_on": dt.date(2002, 9, 3),
        "ends_on": dt.date(2003, 9, 2),
        "zone": "America/Los_Angeles",
        "state": AgreementState.IN_FORCE,
    }
    values |= fields
    values["reseller"] = values["reseller"] or make_organisation()
    if "provider" not in values:
        values["provider"] = Organisation.objects.filter(
            kind=OrganisationKind.PROVIDER
        ).first() or make_organisation("Legato Systems, Inc.", kind=OrganisationKind.PROVIDER)
    if values["state"] == AgreementState.ENDED:
        values.setdefault("ended_on", values["ends_on"] + dt.timedelta(days=1))
        values.setdefault("end_cause", EndCause.EXPIRED)
    return Agreement.objects.create(**values)


def make_contact(
    organisation: Organisation, *, site: Site | None = None, sign_in: bool = True, **fields: Any
) -> Contact:
    """A contact, who signs in unless told otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": f"Contact {number}",
        "email": f"contact.{number}@reseller.example",
    }
    values |= fields
    if sign_in and "user" not in values:
        values["user"] = User.objects.create_user(values["email"], name=values["name"])
    site = site or organisation.sites.first() or make_site(organisation)
    return Contact.objects.create(organisation=organisation, site=site, **values)


def put_on_roster(
    agreement: Agreement,
    contact: Contact,
    standing: RosterRole = RosterRole.TECHNICAL,
    **fields: Any,
) -> RosterEntry:
    """A line of the roster that has been usable since the Effective Date's evening."""
    values: dict[str, Any] = {
        "submitted_at": LOADED_AT,
        "usable_from": LOADED_AT,
        "pool": "all" if standing in ("technical", "alternate") else "",
    }
    return RosterEntry.objects.create(
        agreement=agreement, contact=contact, standing=standing, **(values | fields)
    )


def spend(agreement: Agreement, pool: str, left: int = 0) -> None:
    """Charge cases of a pool until `left` remain, as the ledger writes them."""
    account = agreement.case_accounts.get(pool=pool)
    ways = (
        (EntryKind.RESERVE, "available", "provisional"),
        (EntryKind.CHARGE, "provisional", "charged"),
    )
    references = [f"spent-{next(_numbers)}" for _ in range(account.left - left)]
    CaseEntry.objects.bulk_create(
        CaseEntry(
            account=account,
            to_account=account,
            reference=reference,
            kind=kind,
            takes_from=takes_from,
            puts_to=puts_to,
            at=LOADED_AT,
            clause="ATSP 2.3",
        )
        for reference in references
        for kind, takes_from, puts_to in ways
    )
    account.charged += len(references)
    account.save()


def reserve(
    agreement: Agreement,
    region: str,
    *,
    reference: str,
    by: User | None,
    at: dt.datetime,
    over_quota_reason: str = "",
) -> CaseEntry:
    """Take a prepaid case, as opening a case does."""
    with transaction.atomic():
        pools = Pools(agreement, by=by, at=at)
        return take(pools, region, reference=reference, over_quota_reason=over_quota_reason)
