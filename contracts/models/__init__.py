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
from contracts.models.calls import CallAction, ConferenceCall
from contracts.models.charges import (
    Authorisation,
    AuthorisationKind,
    Charge,
    ChargeKind,
    FeeCode,
    StandardFee,
)
from contracts.models.coverage import DelegatedCoverage
from contracts.models.disputes import Dispute, DisputeMessage, Outcome
from contracts.models.endings import (
    NoticeGround,
    ResellerAgreementChange,
    ResellerAgreementStanding,
    SoftwareNotice,
    Succession,
    name_on,
    succession_on,
)
from contracts.models.extensions import Extension
from contracts.models.invoices import (
    MONEY_READERS,
    Invoice,
    InvoiceLine,
    InvoiceNumber,
    InvoicePayment,
    PaymentKind,
    administered_by,
)
from contracts.models.parties import Contact, Organisation, OrganisationKind, Site
from contracts.models.profile import ProfileRevision
from contracts.models.programmes import ProgrammeVersion, programme_of
from contracts.models.provider_people import ProviderPerson, of_the_house, serves, serving
from contracts.models.quota import OF_A_CASE, CaseAccount, CaseEntry, EntryKind, Place
from contracts.models.renewals import ProposalState, ProposedOption, RenewalProposal
from contracts.models.roster import TECHNICAL_STANDINGS, RosterEntry, RosterStanding
from contracts.models.scope import ScopedQuerySet, own_organisations, providers_served
from contracts.models.training import Training, TrainingKind
from contracts.models.work_orders import ExpenseKind, WorkExpense, WorkLog, WorkOrder

__all__ = [
    "MONEY_READERS",
    "OF_A_CASE",
    "TECHNICAL_STANDINGS",
    "Absence",
    "Agreement",
    "AgreementOption",
    "AgreementState",
    "Assignment",
    "Authorisation",
    "AuthorisationKind",
    "CallAction",
    "CaseAccount",
    "CaseEntry",
    "Charge",
    "ChargeKind",
    "ConferenceCall",
    "Contact",
    "DelegatedCoverage",
    "Dispute",
    "DisputeMessage",
    "Duty",
    "EndCause",
    "EntryKind",
    "ExpenseKind",
    "Extension",
    "FeeCode",
    "Invoice",
    "InvoiceLine",
    "InvoiceNumber",
    "InvoicePayment",
    "Kind",
    "NoticeAddress",
    "NoticeGround",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "PaymentKind",
    "Place",
    "ProfileRevision",
    "ProgrammeVersion",
    "ProposalState",
    "ProposedOption",
    "ProviderPerson",
    "RenewalProposal",
    "ResellerAgreementChange",
    "ResellerAgreementStanding",
    "RosterEntry",
    "RosterStanding",
    "ScopedQuerySet",
    "Side",
    "Signature",
    "Site",
    "SoftwareNotice",
    "StandardFee",
    "Succession",
    "Training",
    "TrainingKind",
    "WorkExpense",
    "WorkLog",
    "WorkOrder",
    "administered_by",
    "name_on",
    "of_the_house",
    "own_organisations",
    "programme_of",
    "providers_served",
    "serves",
    "serving",
    "succession_on",
]
