"""Where the pages of contracts stand in the navigation, and what the clauses and verbs say on pages."""

from pathlib import Path
from typing import Any

from contracts.agreements.models import Agreement
from contracts.billing import navigation as money_pages
from contracts.billing.permissions import authorisations_read_by
from contracts.frame import Tab, register_tab
from contracts.parties import people
from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import Clause
from contracts.roster.models.training import Training
from contracts.services import navigation as service_pages
from contracts.work.models import WorkExpense, WorkOrder
from contracts.work.page import register_verbs as register_work_verbs
from portal import alarms, attachments
from portal.attachments import Kind
from portal.navigation import Entry, Home, register_entry, register_home
from portal.roles import Role
from portal.ui import clauses, verbs

PROGRAMMES = Path(__file__).parents[1] / "programmes"
_LONGEST = 300
_VERBS = (
    ("programme.published", "published the programme", "book"),
    ("holiday.published", "published a holiday", "calendar-event"),
    ("agreement.loaded", "loaded the agreement", "file-certificate"),
    ("agreement.drawn_up", "drew up the agreement", "pencil"),
    ("agreement.draft_changed", "changed the draft", "pencil"),
    ("agreement.draft_deleted", "deleted the draft", "trash"),
    ("agreement.site_added", "added a site", "map-pin"),
    ("agreement.site_changed", "changed a site", "map-pin"),
    ("agreement.notices_changed", "changed where notices go", "mail-forward"),
    ("agreement.signed_copy_attached", "put in a signed copy", "paperclip"),
    ("agreement.signed", "signed the agreement", "signature"),
    ("agreement.in_force", "put the agreement in force", "circle-check"),
    ("agreement.ended", "ended the agreement", "circle-off"),
    ("agreement.carried_over", "carried the roster over", "users"),
    ("agreement.renewed", "loaded the renewal", "refresh"),
    ("agreement.succeeded", "recorded a successor in interest", "arrows-exchange"),
    ("agreement.reseller_agreement", "recorded the reseller agreement", "file-description"),
    ("agreement.refunded", "chose the refund", "receipt-refund"),
    ("renewal.opened", "proposed the next year", "refresh"),
    ("renewal.wished", "said what the reseller wishes", "message"),
    ("renewal.edited", "changed the proposed year", "pencil"),
    ("renewal.signed", "renewed the agreement", "signature"),
    ("renewal.declined", "declined the next year", "circle-x"),
    ("software.notice_given", "gave notice for a Software", "bell"),
    ("software.notice_withdrawn", "withdrew a notice", "arrow-back-up"),
    ("software.support_ended", "ended support for a Software", "circle-off"),
    ("agreement.charged", "charged", "receipt"),
    ("agreement.credited", "credited", "receipt-refund"),
    *money_pages.VERBS,
    ("agreement.assigned", "assigned a person", "user-check"),
    ("agreement.case_admitted_over_quota", "admitted a case over quota", "ticket"),
    *service_pages.VERBS,
    ("agreement.cases_transferred", "transferred cases between pools", "arrows-exchange"),
    ("agreement.cases_share_used", "told how many cases are used", "gauge"),
    ("agreement.cases_spent", "wrote that all cases are spent", "circle-off"),
    ("agreement.cases_there_again", "wrote that there are cases again", "circle-check"),
    ("agreement.extension_asked", "asked for an extension", "calendar-time"),
    ("agreement.extension_accepted", "accepted the extension", "check"),
    ("agreement.extension_declined", "declined the extension", "x"),
    ("agreement.extension_withdrawn", "withdrew the extension", "arrow-back-up"),
    ("roster.submitted", "put a contact on the roster", "user-plus"),
    ("roster.changed", "changed a contact", "pencil"),
    ("roster.swapped", "swapped a contact", "replace"),
    ("roster.removed", "took a contact off the roster", "user-off"),
    ("roster.handed_over", "handed the roster over", "heart-handshake"),
    ("roster.imported", "handed in a completed form", "upload"),
    ("roster.invited", "sent a new invitation", "mail-forward"),
    ("roster.code_set", "set a contact code", "id"),
    ("roster.training_reported", "reported training", "school"),
    ("roster.training_recorded", "recorded training", "certificate"),
    ("roster.training_declined", "did not confirm training", "circle-x"),
    ("roster.form_incomplete", "found Exhibit A incomplete", "circle-dashed"),
    ("roster.form_reminded", "reminded of Exhibit A", "bell"),
    ("roster.form_missed", "recorded Exhibit A as missed", "clock-x"),
    ("roster.form_complete", "recorded Exhibit A as complete", "clipboard-check"),
)


def register_pages() -> None:
    """Add the entries and the contract administrator's home, and say what clauses and verbs mean."""
    register_entry(Entry("Agreement", "file-certificate", "own_agreement", 60, _reseller))
    register_entry(Entry("Agreements", "file-certificate", "agreements", 60, _provider))
    register_entry(Entry("Programmes", "book", "programmes", 62, _administrator))
    register_entry(Entry("Glossary", "books", "glossary", 95, lambda user: True))
    register_tab(Tab("agreement", "Overview", "file-certificate", 10))
    register_tab(Tab("agreement_documents", "Documents", "folder", 90))
    register_tab(Tab("agreement_cases", "Cases", "ticket", 30, _counts_cases))
    register_tab(Tab("renewal", "Renewal", "refresh", 80))
    register_entry(Entry("Renewals", "refresh", "renewals", 62, _renews))
    register_tab(Tab("agreement_roster", "Roster", "users", 20))
    register_tab(Tab("agreement_coverage", "Coverage", "shield-check", 70, _delegates))
    attachments.register(Kind("contracts.agreement", Agreement.objects.all().visible_to))
    attachments.register(Kind("contracts.authorisation", authorisations_read_by))
    register_entry(Entry("Work orders", "briefcase", "work_orders", 70, _provider))
    register_tab(Tab("agreement_work", "Work", "briefcase", 60))
    attachments.register(Kind("contracts.workorder", WorkOrder.objects.all().visible_to))
    attachments.register(Kind("contracts.workexpense", WorkExpense.objects.all().visible_to))
    register_work_verbs()
    attachments.register(Kind("contracts.training", Training.objects.all().visible_to))
    register_home(Home("agreements", 60, lambda user: user.has_role(Role.CONTRACT_ADMINISTRATOR)))
    service_pages.register_service_pages()
    money_pages.register_money_pages()
    for verb, words, icon in _VERBS:
        verbs.register(verb, words, icon=icon)
    alarms.narrow(people.told_about)
    people.register_subject("contracts.agreement", Agreement.objects.all(), "provider")
    people.register_subject("contracts.workorder", WorkOrder.objects.all(), "agreement__provider")
    register_clauses()


def register_clauses() -> None:
    """Tell the chips that cite clauses what the clauses of the packaged programmes say."""
    for path in sorted(PROGRAMMES.glob("*.toml")):
        programme = programme_file.read_file(path)
        clauses.register({clause.id: short_text(clause) for clause in programme.clauses})


def short_text(clause: Clause) -> str:
    """The heading and the beginning of a clause: whole sentences, as many as a pop-over takes."""
    text = clause.text.partition("\n\n")[0]
    while len(text) > _LONGEST and ". " in text[:-1]:
        text = text[: text.rindex(". ", 0, -1) + 1]
    if len(text) > _LONGEST:
        text = text[: text.rindex(" ", 0, _LONGEST)].rstrip(",;") + " …"
    return f"{clause.heading}: {text}"


def _counts_cases(user: Any, agreement: Agreement) -> bool:
    return bool(agreement.tier)


def _delegates(user: Any, agreement: Agreement) -> bool:
    return agreement.programme.coverage is not None


def _administrator(user: Any) -> bool:
    return bool(user.has_role(Role.CONTRACT_ADMINISTRATOR))


def _provider(user: Any) -> bool:
    return bool(user.is_provider)


def _reseller(user: Any) -> bool:
    return not user.is_provider


def _renews(user: Any) -> bool:
    return bool(user.has_role(Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR))
