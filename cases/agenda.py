"""A reseller's cases for the agenda of a conference call: "review of Case activity" (ATSP 14.1.1)."""

import datetime as dt
import zoneinfo

from cases.case.models import Case
from cases.case.selecting import CaseQuerySet
from cases.clocks import setting as clocks
from contracts.agreements.models.agreements import Agreement
from contracts.services.agenda import Section, register_section
from portal.models import Deadline

SHOWN = 30
"""How many lines of a section are written out; the rest is counted."""


def register_sections() -> None:
    """Add the sections."""
    register_section(Section("open", "Open cases, by severity", 10, open_cases))
    register_section(Section("since", "Since the last call", 20, since_the_last_call))
    register_section(Section("overdue", "Overdue promises", 30, overdue, "None: all are in time."))
    register_section(Section("waits", "Waiting for your information", 40, waits))


def open_cases(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    """Every open case, the most severe first."""
    return _lines(_cases(agreement).open().order_by("severity", "pk"))


def since_the_last_call(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    """How many cases were opened and closed since then, and which were closed."""
    cases = _cases(agreement)
    opened = cases.filter(reported_at__gt=since, reported_at__lte=at).count()
    closed = cases.filter(closed_at__gt=since, closed_at__lte=at).order_by("closed_at", "pk")
    first = f"{opened} opened, {closed.count()} closed since {_day(agreement, since)}"
    return [first, *(f"Closed: {line}" for line in _lines(closed))]


def overdue(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    """Promises to the contacts past due at this moment."""
    cases = {case.pk: case for case in _cases(agreement).open().breached(at).order_by("pk")}
    rows = (
        Deadline.objects.about_all(cases.values())
        .unfinished()
        .filter(clocks.TO_CONTACT, due_at__lt=at)
        .soonest_first()
    )
    return [
        f"{_line(cases[row.subject_id])}, due {_day(agreement, row.due_at)} ({row.clause})"
        for row in rows[:SHOWN]
    ]


def waits(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    """Cases that still wait for the information that was asked for."""
    waiting = (
        _cases(agreement)
        .open()
        .filter(information_asked_at__isnull=False, information_received_at=None)
    )
    return [
        f"{_line(case)}: {', '.join(case.information_missing)}"
        for case in waiting.order_by("severity", "pk")[:SHOWN]
    ]


def _cases(agreement: Agreement) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.filter(agreement=agreement).select_related("product")
    return found


def _lines(cases: CaseQuerySet) -> list[str]:
    shown = list(cases[: SHOWN + 1])
    lines = [_line(case) for case in shown[:SHOWN]]
    if len(shown) > SHOWN:
        lines.append(f"and {cases.count() - SHOWN} more")
    return lines


def _line(case: Case) -> str:
    return f"{case.number}, severity {case.severity}, {case.product}: {case.title}"


def _day(agreement: Agreement, at: dt.datetime) -> str:
    return f"{at.astimezone(zoneinfo.ZoneInfo(agreement.zone)):%-d %b %Y}"
