"""From an agreement file (TOML) to frozen values: what the paper says of the parties, the tier, the roster.

The dataclasses are the schema of the file, read by ``programme_reader``. `read` finds what cannot be read;
what does not fit the programme is found by ``agreement_checks``. Nothing here knows Django or a database.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from contracts.programmes.rules.reader import Notes, read_fields
from contracts.programmes.rules.values import Code, Points, Prose
from portal.rules.outside import load_toml


class State(StrEnum):
    """Where an agreement is in its life."""

    DRAFT = "draft"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    ENDED = "ended"


class ContactRole(StrEnum):
    """The standing of a contact under an agreement (ATSP 1.1, 1.20, 5.2.1, 6.3)."""

    ADMINISTRATIVE = "administrative"
    TECHNICAL = "technical"
    ALTERNATE = "alternate"
    MANAGEMENT = "management"


TECHNICAL = (ContactRole.TECHNICAL, ContactRole.ALTERNATE)


class Duty(StrEnum):
    """The duty that a provider's person is assigned (ATSP 14, 15)."""

    PSAM = "psam"
    ALTERNATE_PSAM = "alternate_psam"
    ESS = "ess"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where something is, as the paper writes it."""

    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


def address_lines(address: PostalAddress) -> list[str]:
    """An address as the paper writes it, line by line, without empty lines."""
    city = ", ".join(part for part in (address.city, address.state) if part)
    lines = (address.street, f"{city} {address.postal_code}".strip(), address.country)
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Where written notices to a party go (ATSP 20.2)."""

    name: str
    attention: str = ""
    address: PostalAddress = PostalAddress()
    telephone: str = ""
    fax: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the agreement; `name_as_signed` where the signature block writes it otherwise.

    `succeeds` names the party of the contract's earlier years to which it is successor in interest (ATSP 19.3).
    """

    name: str
    name_as_signed: str = ""
    succeeds: str = ""
    incorporated_in: str = ""
    address: PostalAddress = PostalAddress()
    telephone: str = ""
    fax: str = ""
    notices: NoticeLine | None = None
    own_people: bool = (
        False  # of a provider: its own people serve it, and nobody else sees its agreements
    )


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site of the reseller, with its region and the IANA zone of its clocks (D-6)."""

    name: str
    region: str
    zone: str
    address: PostalAddress = PostalAddress()


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option initialled on page 1; taken on the Effective Date unless a later day is given."""

    option: str
    quantity: int
    initials: str = ""
    taken_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed; `as_filed` is what the filed paper shows, mistakes included."""

    name: str
    title: str = ""
    signed_on: date | None = None
    as_filed: Prose = ""


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """A place where the parties signed."""

    place: str
    provider: Signatory | None = None
    reseller: Signatory | None = None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact of Exhibit A. `submitted_at` is when the form named them: the Effective Date unless given."""

    email: str
    name: str
    site: str
    standings: tuple[ContactRole, ...]
    slot: int | None = None
    telephone: str = ""
    fax: str = ""
    pager: str = ""
    code: str = ""
    trained_on: date | None = None
    certified_on: date | None = None
    evidence: str = ""
    submitted_at: datetime | None = None

    @property
    def is_technical(self) -> bool:
        """Whether they are a Technical Contact or an alternate."""
        return any(standing in TECHNICAL for standing in self.standings)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A provider's person, with their roles in the portal."""

    email: str
    name: str
    roles: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """A provider's person serves the agreement, from its Effective Date unless another day is given."""

    email: str
    duty: Duty
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """A contact was trained or certified (ATSP 5.2.1)."""

    email: str
    trained_on: date | None = None
    certified_on: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A line of delegated coverage: an End-User's site, what it has, and through which day (SCL Ex.C).

    `line` is its number in the exhibit, where equal lines stand for several licenses.
    """

    line: int
    site_id: str
    site_name: str
    description: str
    level: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Heading:
    """Page 1: the programme, the tier and the term. Without `version` the latest is meant."""

    contract_number: str
    programme: str
    effective_on: date
    state: State
    tier: str = ""
    tier_initials: str = ""
    version: int | None = None
    renews: date | None = None  # the Effective Date of the year that this one follows (REN)
    ends_on: date | None = None
    zone: str | None = None
    reseller_agreement: str = ""
    reseller_agreement_in_force: bool = True


@dataclass(frozen=True, slots=True)
class RenewalLine:
    """What the paper of a renewed year says of the past one (REN): status, percentage, the provider's stamp."""

    performance_status: Code
    percentage: Points
    stamped_on: date | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """An agreement with its parties, sites, options, signatures and roster.

    Sites and contacts of a year that renews another go over from it: its file names none.
    """

    agreement: Heading
    provider: Party
    reseller: Party
    sites: tuple[SiteLine, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    renewal: RenewalLine | None = None
    options: tuple[OptionLine, ...] = ()
    signatures: tuple[SignatureBlock, ...] = ()
    people: tuple[PersonLine, ...] = ()
    assignments: tuple[AssignmentLine, ...] = ()
    coverages: tuple[CoverageLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplementHeading:
    """Which agreement is added to: the contract's first year unless another is named by its Effective Date."""

    contract_number: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class SupplementFile:
    """A supplement to a loaded agreement: sites, contacts, training, the provider's people."""

    supplement: SupplementHeading
    sites: tuple[SiteLine, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    trainings: tuple[TrainingLine, ...] = ()
    people: tuple[PersonLine, ...] = ()
    assignments: tuple[AssignmentLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the file, the entry ("contact[2].site"), the reason, and the clause that it offends, if one."""

    file: str
    entry: str
    reason: str
    clause: str = ""

    def __str__(self) -> str:
        """The mistake in one line."""
        clause = f" ({self.clause})" if self.clause else ""
        return f"{self.file}: {self.entry} {self.reason}{clause}"


Finding = tuple[str, str, str]
"""An entry, what is wrong with it, and the clause that it offends (empty when it is the form alone)."""


class AgreementFileError(ValueError):
    """An agreement file is refused whole; `problems` holds every mistake found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def of(cls, name: str, findings: Iterable[Finding]) -> "AgreementFileError":
        """The error for findings in the file of that name."""
        return cls(Problem(name, *finding) for finding in findings)


F = TypeVar("F", AgreementFile, SupplementFile)


def tables_of(text: str, *, name: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises AgreementFileError with the line when it is none."""
    try:
        return load_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise AgreementFileError.of(name, [("the file", f"is not TOML: {error}", "")]) from error


def is_supplement(data: Mapping[str, Any]) -> bool:
    """Whether the tables are those of a supplement to an agreement."""
    return "supplement" in data


def read(cls: type[F], data: Mapping[str, Any]) -> tuple[F | None, list[Finding]]:
    """The file as values, or None with all that could not be read."""
    notes = Notes()
    parts, _ = read_fields(cls, data, "", notes)
    heading = data.get("agreement")
    if cls is AgreementFile and isinstance(heading, Mapping):
        _what_the_first_year_needs(data, heading, notes)
    if notes.problems:
        return None, [(entry, reason, "") for entry, reason in notes.problems]
    return cls(**parts), []


def _what_the_first_year_needs(
    data: Mapping[str, Any], heading: Mapping[str, Any], notes: Notes
) -> None:
    """Note what a contract's first year lacks: only one that renews another may leave it to that one."""
    for key in ("site", "contact"):
        if "renews" in heading and data.get(key):
            notes.problem(key, "stands beside renews: it goes over from the year before")
        elif "renews" not in heading and key not in data:
            notes.problem(key, "is missing")
        elif "renews" not in heading and data[key] == []:
            notes.problem(key, "is empty")
    if "renewal" in data and "renews" not in heading:
        notes.problem("renewal", "stands without agreement.renews")
