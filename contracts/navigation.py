"""Register contracts with the portal at start: navigation, verbs, who sees its files and gets its alarms."""

from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.invoices import MONEY_READERS, Invoice
from contracts.billing.permissions import authorisations_read_by
from contracts.parties import lookups as parties
from contracts.parties import people
from contracts.programmes.clause_texts import register_clauses
from contracts.roster import lookups as roster
from contracts.roster.models.training import Training
from contracts.services import lookups as services
from contracts.services import taken_over
from contracts.services.standing_in import register_source
from contracts.verbs import Verb
from contracts.work_orders.models import WorkExpense, WorkOrder
from portal import alarms, attachments
from portal.attachments import FileOwner
from portal.models import sign_in
from portal.navigation import Entry, Home, register_entry, register_home
from portal.roles import Role
from portal.ui import verbs


def _everybody(user: Any) -> bool:
    return True


def _provider(user: Any) -> bool:
    return bool(user.is_provider)


def _reseller(user: Any) -> bool:
    return not user.is_provider


def _administrator(user: Any) -> bool:
    return bool(user.has_role(Role.CONTRACT_ADMINISTRATOR))


def _account_manager(user: Any) -> bool:
    return bool(user.has_role(Role.PSAM))


def _renews(user: Any) -> bool:
    return bool(user.has_role(Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR))


def _keeps_books(user: Any) -> bool:
    return bool(user.is_provider and user.has_role(*MONEY_READERS))


ENTRIES = (
    Entry("My resellers", "heart-handshake", "my_resellers", 12, _account_manager),
    Entry("Agreement", "file-certificate", "own_agreement", 60, _reseller),
    Entry("Agreements", "file-certificate", "agreements", 60, _provider),
    Entry("Programmes", "book", "programmes", 62, _administrator),
    Entry("Renewals", "refresh", "renewals", 62, _renews),
    Entry("Invoices", "file-invoice", "invoices", 65, _keeps_books),
    Entry("Work orders", "briefcase", "work_orders", 70, _provider),
    Entry("Absences", "calendar", "absences", 70, _provider),
    Entry("Sign-ins", "login", "sign_ins", 90, _administrator),
    Entry("Glossary", "books", "glossary", 95, _everybody),
)
HOMES = (
    Home("my_resellers", 35, _account_manager),
    Home("agreements", 60, _administrator),
)


def register_pages() -> None:
    """Make known what contracts adds, and what the clauses say."""
    for noun in (parties, roster, services):
        noun.register_lookups()
    for entry in ENTRIES:
        register_entry(entry)
    for home in HOMES:
        register_home(home)
    verbs.register(Verb)
    register_clauses()
    attachments.register(FileOwner("contracts.agreement", Agreement.objects.all().visible_to))
    attachments.register(FileOwner("contracts.invoice", Invoice.objects.all().visible_to))
    attachments.register(FileOwner("contracts.authorisation", authorisations_read_by))
    attachments.register(FileOwner("contracts.workorder", WorkOrder.objects.all().visible_to))
    attachments.register(FileOwner("contracts.workexpense", WorkExpense.objects.all().visible_to))
    attachments.register(FileOwner("contracts.training", Training.objects.all().visible_to))
    alarms.narrow(people.told_about)
    register_source(taken_over.account_management)
    register_source(taken_over.roles_left_empty)
    sign_in.others_read_by(people.sign_ins_read_by)
    people.register_subject("contracts.agreement", Agreement.objects.all(), "provider")
    people.register_subject("contracts.workorder", WorkOrder.objects.all(), "agreement__provider")
    people.register_subject("contracts.invoice", Invoice.objects.all(), "agreement__provider")
