"""Programmes, parties, agreements, rosters, prepaid cases and assignments as rows."""

from contracts.models.agreements import (
    Agreement,
    AgreementOption,
    AgreementState,
    EndCause,
    Kind,
    NoticeAddress,
    Side,
    Signature,
)
from contracts.models.assignments import Absence, Assignment, Duty
from contracts.models.charges import (
    Authorisation,
    AuthorisationKind,
    Charge,
    ChargeKind,
    FeeCode,
    StandardFee,
)
from contracts.models.parties import Contact, Organisation, OrganisationKind, Site
from contracts.models.programmes import ProgrammeVersion, programme_of
from contracts.models.quota import CaseAccount, CaseEntry, EntryKind
from contracts.models.roster import TECHNICAL_STANDINGS, RosterEntry, RosterStanding
from contracts.models.scope import ScopedQuerySet, own_organisations

__all__ = [
    "TECHNICAL_STANDINGS",
    "Absence",
    "Agreement",
    "AgreementOption",
    "AgreementState",
    "Assignment",
    "Authorisation",
    "AuthorisationKind",
    "CaseAccount",
    "CaseEntry",
    "Charge",
    "ChargeKind",
    "Contact",
    "Duty",
    "EndCause",
    "EntryKind",
    "FeeCode",
    "Kind",
    "NoticeAddress",
    "Organisation",
    "OrganisationKind",
    "ProgrammeVersion",
    "RosterEntry",
    "RosterStanding",
    "ScopedQuerySet",
    "Side",
    "Signature",
    "Site",
    "StandardFee",
    "own_organisations",
    "programme_of",
]
