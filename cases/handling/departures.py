"""Open cases whose contact left the roster: report each one until somebody takes it over (ATSP 5.2.2)."""

import datetime as dt
from collections.abc import Sequence

from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cases.case.models import Case
from cases.verbs import Verb
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.parties.people import Responsible
from contracts.roster.events import ContactLeft
from contracts.roster.models.entries import RosterEntry
from contracts.roster.notices import keepers_of
from portal import journal
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.panels import register_panel
from portal.subscriptions import subscribe


def register_departures() -> None:
    """Listen for contacts who leave, and show their open cases where somebody is about to take them off the roster."""
    subscribe(ContactLeft, contact_left)
    register_panel("roster.leaving", open_cases_panel)


def contact_left(event: ContactLeft) -> None:
    """Note it on each open case of the contact; tell the Administrative Contact, and who works on them.

    The number of statements does not grow with the cases.
    """
    cases = list(_open_cases(event.contact))
    if not cases:
        return
    journal.record_many(
        journal.entry(
            case,
            Verb.CASE_CONTACT_LEFT,
            by=event.by,
            at=event.at,
            public=True,
            clause="ATSP 5.2.2",
            text=f"{event.contact.name} is not on the roster any more.",
            contact=event.contact.pk,
        )
        for case in cases
    )
    _tell(event.agreement, event.contact, cases, event.at)


def open_cases_panel(request: HttpRequest, entry: RosterEntry) -> str:
    """The open cases of the contact of a line, for who is about to take it off; nothing when there is none."""
    cases = list(_open_cases(entry.contact).filter(pk__in=Case.objects.visible_to(request.user)))
    if not cases:
        return ""
    context = {"cases": cases, "contact": entry.contact}
    return render_to_string("cases/leaving_panel.html", context, request)


def _open_cases(contact: Contact) -> "models.QuerySet[Case]":
    return Case.objects.open().filter(contact=contact).select_related("owner").order_by("pk")


def _tell(agreement: Agreement, contact: Contact, cases: Sequence[Case], at: dt.datetime) -> None:
    responsible = Responsible(at)
    keepers = keepers_of([agreement])[agreement.pk]
    working: dict[Recipient, list[Case]] = {}
    for case in cases:
        for one in responsible.of(case.owner, agreement.provider_id):
            working.setdefault(one, []).append(case)
    theirs = [(keepers, list(cases), True), *(([one], few, False) for one, few in working.items())]
    outbox.post_many(
        [
            NoticeDraft(
                subject=agreement,
                step=f"left:{contact.pk}:{at.isoformat()}",
                to=to,
                template="case_contact_left",
                title=f"{contact.name} left with {len(few)} open case{'s' if len(few) > 1 else ''}",
                context={
                    "contact": contact.name,
                    "reseller": agreement.reseller.name,
                    "cases": [{"number": case.number, "title": case.title} for case in few],
                    "keeps_roster": keeps,
                },
                url=reverse("cases") if len(few) > 1 else few[0].get_absolute_url(),
                clause="ATSP 5.2.2",
            )
            for to, few, keeps in theirs
        ],
        at=at,
    )
