"""The roster's side of an agreement: Exhibit A as a page, with its history, and as a file (ATSP 5.2.1, Ex.A)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.page.overview import Phase, RosterPart, phase_of, roster_parts
from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.frame import agreement_or_404, render_tab
from contracts.parties.calendars import CalendarBook
from contracts.programmes.rules.spans import due
from contracts.roster.actions import duty
from contracts.roster.actions.frame import may_keep
from contracts.roster.actions.importing import roster_table
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.models.training import Training
from contracts.roster.permissions import is_outlasted
from contracts.roster.reading import form_of
from contracts.roster.rules import changes as rules
from contracts.roster.rules import files
from contracts.roster.rules.lines import Form
from portal import clock
from portal.models import Attachment, Deadline, JournalEntry, User
from portal.paging import page_of
from portal.ui import verbs

TAB = "agreement_roster"
HISTORY_A_PAGE = 20
_FORMATS = {"csv": files.CSV_TYPE, "xlsx": files.XLSX_TYPE}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the form: its number, None beyond the slots; the line in it, None while it is free."""

    number: int | None
    pool: str
    entry: RosterEntry | None = None
    may_ask: bool = False
    waits: str = ""
    reported: tuple[Training, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """The Technical Contacts of one pool as the form numbers them."""

    part: RosterPart
    code: str
    slots: tuple[Slot, ...]


@require_GET
@login_required
def roster(request: HttpRequest, reference: str) -> HttpResponse:
    """The roster of an agreement, to the provider and to its own reseller; 404 to anybody else."""
    return show(request, agreement_or_404(request, reference))


@require_GET
@login_required
def roster_file(request: HttpRequest, reference: str, form: str) -> HttpResponse:
    """The roster as the form's table, a CSV or XLSX file to keep."""
    agreement = agreement_or_404(request, reference)
    if form not in _FORMATS:
        raise Http404
    table = roster_table(agreement)
    content = (
        files.as_csv(table)
        if form == "csv"
        else files.as_xlsx(table, title=agreement.programme.paper.form)
    )
    response = HttpResponse(content, content_type=_FORMATS[form])
    name = f"{slugify(agreement.programme.paper.form)}-{agreement.reference}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def show(request: HttpRequest, agreement: Agreement, *, status: int = 200) -> HttpResponse:
    """The side of the roster, with what the reader may do on it."""
    now = clock.now()
    entries = list(
        agreement.roster.filter(removed_at=None, contact__left_at=None)
        .in_form_order()
        .select_related("contact__site", "contact__user")
    )
    exhibit = form_of(agreement, agreement.reseller.sites.all(), entries)
    holds = phase_of(agreement, now) is not Phase.ENDED or is_outlasted(agreement, now)
    keeps = may_keep(request.user, agreement) and holds
    reported = _reported(agreement) if keeps else {}
    currency = agreement.programme.currency
    context: dict[str, Any] = {
        "pools": _pools(agreement, exhibit, entries, now, reported),
        "administrative": _one(entries, RosterRole.ADMINISTRATIVE),
        "anybody": bool(entries),
        "management": [one for one in entries if one.standing == RosterRole.MANAGEMENT],
        "keeps": keeps,
        "decides": keeps and isinstance(request.user, User) and request.user.is_provider,
        "reported": [each for several in reported.values() for each in several],
        "evidence": _evidence(reported),
        "short": rules.missing(exhibit),
        "duty": _duty(agreement),
        "takes_more": exhibit.takes_more_than_slots,
        "additions_clause": exhibit.additions_clause,
        "keeper_clause": exhibit.keeper_clause,
        "fee": StandardFee.objects.on(FeeCode.ADDITIONAL_CONTACT, currency, agreement.date_at(now)),
        "history": _history(request, agreement),
    }
    return render_tab(request, agreement, TAB, "contracts/roster.html", context, status=status)


def _pools(
    agreement: Agreement,
    exhibit: Form,
    entries: list[RosterEntry],
    now: dt.datetime,
    reported: dict[int, list[Training]],
) -> list[Pool]:
    technical = [entry for entry in entries if entry.is_technical]
    calendars = CalendarBook()
    pools = []
    parts = roster_parts(agreement, technical, now)
    for pool, part in zip(exhibit.pools, parts, strict=True):
        held = {line.entry.slot: line for line in part.lines if line.entry.slot}
        beyond = [line for line in part.lines if not line.entry.slot]
        slots = []
        for number in [*range(1, pool.slots + 1), *[None] * len(beyond)]:
            line = held.get(number) if number else beyond.pop(0)
            if line is None:
                slots.append(Slot(number, pool.code))
                continue
            entry = line.entry
            waits = "" if line.may_ask else _why(agreement, entry, calendars)
            waiting = tuple(reported.get(entry.contact_id, ()))
            slots.append(Slot(number, pool.code, entry, line.may_ask, waits, waiting))
        pools.append(Pool(part, pool.code, tuple(slots)))
    return pools


def _why(agreement: Agreement, entry: RosterEntry, calendars: CalendarBook) -> str:
    """How the waiting time was counted; "" where a later holiday or an earlier line counts otherwise."""
    programme = agreement.programme
    calendar = calendars.of(entry.contact.site, programme)
    counted = due(programme.roster.usable_after, entry.submitted_at, calendar)
    return counted.words if counted.at == entry.usable_from else ""


def _one(entries: list[RosterEntry], standing: RosterRole) -> RosterEntry | None:
    return next((entry for entry in entries if entry.standing == standing), None)


def _reported(agreement: Agreement) -> dict[int, list[Training]]:
    """Training that waits for the provider, by contact."""
    found: dict[int, list[Training]] = defaultdict(list)
    for training in (
        agreement.trainings.open().select_related("contact", "reported_by").order_by("reported_at")
    ):
        found[training.contact_id].append(training)
    return found


def _evidence(reported: dict[int, list[Training]]) -> dict[int, Attachment]:
    trainings = [training for several in reported.values() for training in several]
    if not trainings:
        return {}
    files_of = Attachment.objects.about_all(trainings)
    return {attachment.subject_id: attachment for attachment in files_of}


def _duty(agreement: Agreement) -> Deadline | None:
    """Exhibit A while it is owed: to come, or missed and not complete yet."""
    owed = Deadline.objects.about(agreement).filter(kind=duty.DUE).unfinished()
    found: Deadline | None = owed.soonest_first().first()
    return found


def _history(request: HttpRequest, agreement: Agreement) -> Page[Any]:
    """One page of the changes, the newest first."""
    entries = JournalEntry.objects.about(agreement).filter(verb__startswith="roster.")
    if not getattr(request.user, "is_provider", False):
        entries = entries.shown_to_reseller()
    page = page_of(
        entries.order_by("-at", "-id"), request.GET.get("page"), HISTORY_A_PAGE, "changes"
    )
    page.object_list = [
        {"entry": entry, "verb": verbs.look(entry.verb), "changes": _changes(entry)}
        for entry in page.object_list
    ]
    return page


def _changes(entry: JournalEntry) -> list[tuple[str, str, str]]:
    """The fields of a change, with their old and new values."""
    before, after = entry.before, entry.after
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [
        (
            rules.LABELS.get(str(name), str(name)).replace("_", " "),
            before.get(name) or "",
            value or "",
        )
        for name, value in after.items()
        if before.get(name) != value
    ]
