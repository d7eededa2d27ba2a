"""Handlers for a proposal to close that waits (ATSP 4.10; D-27). The sweep calls them in its own transaction."""

import datetime as dt
from collections.abc import Sequence

from cases.case.models import Case
from cases.case.record import record_many
from cases.case.reported import REPORTED
from cases.case.rules import lifecycle
from cases.case.rules.silence import after_late_reminder, silence
from cases.clocks import setting as clocks
from cases.resolution import proposal
from cases.resolution.actions import closing as closing_actions
from cases.resolution.notices import closing_reminder
from cases.verbs import Verb
from contracts.parties.calendars import CalendarBook
from contracts.programmes.rules.terms import ClosureReason
from portal import bulk, deadlines, telling
from portal.deadlines import Due, Setting
from portal.notices import outbox


def remind(rows: Sequence[Due], now: dt.datetime) -> None:
    """Remind the contact of a proposal to close (D-27). After a late last reminder the case closes later, too."""
    cases = _cases(rows)
    outbox.post_many([closing_reminder(cases[row.subject_id], row, at=now) for row in rows], at=now)
    moved = _closing_later([cases[row.subject_id] for row in rows if _is_late_last(row)], now)
    details = {"clause": proposal.CLAUSE, "text": "The contact was reminded to answer."}
    entries = [(cases[row.subject_id], {**details, "late": row.late}) for row in rows]
    record_many(entries, Verb.CASE_CLOSING_REMINDED, by=None, at=now, public=True)
    bulk.update(moved, ["closing_due_at"])


def _is_late_last(row: Due) -> bool:
    return row.late and bool(row.data.get("last"))


def _closing_later(cases: Sequence[Case], now: dt.datetime) -> list[Case]:
    """Leave the last reminder its time before the case closes. Returns the cases that close later, to be written."""
    book = CalendarBook()
    settings: list[Setting] = []
    moved: list[Case] = []
    for case in cases:
        business = book.of(case.site, case.programme)
        assert case.closing_proposed_at is not None, "it is reminded of"  # noqa: S101
        found = silence(case.programme, case.closing_proposed_at, business)
        if found is None:
            continue
        later = after_late_reminder(found, now, business)
        if case.closing_due_at is None or later <= case.closing_due_at:
            continue
        telling.hold(case)
        case.closing_due_at = later
        settings.append(Setting(case, clocks.CLOSING, later, found.clause, words=found.words))
        moved.append(case)
    deadlines.supersede_many(
        moved, at=now, cause="the last reminder went out late", kinds=[clocks.CLOSING]
    )
    deadlines.set_deadlines(settings, at=now)
    return moved


def unanswered(rows: Sequence[Due], now: dt.datetime) -> None:
    """The contact was silent on a proposal to close: the case closes, unless silence cannot close it by now (D-27)."""
    cases = _cases(rows)
    closing: list[tuple[Case, ClosureReason]] = []
    open_on: list[tuple[Case, str]] = []
    for case in cases.values():
        reason = case.closing_proposed
        assert reason is not None, "what ends a proposal cancels its clocks"  # noqa: S101
        telling.hold(case)
        against = proposal.why_not_by_silence(case, reason) or _no_closing(case, reason)
        if against:
            open_on.append((case, against))
        else:
            closing.append((case, reason))
    if closing:
        closing_actions.apply_closure(
            closing,
            by=None,
            at=now,
            why="The contact did not answer the proposal, of which they were reminded.",
        )
    if open_on:
        proposal.off_many(open_on, by=None, at=now)
    for case in cases.values():
        telling.require_told(case)
    clocks.note_next_due(cases.values())
    bulk.update(list(cases.values()), _ACTED_ON)


def _no_closing(case: Case, reason: ClosureReason) -> str:
    """What stands against closing the case now, as a sentence; "" for nothing."""
    asked, proposed = case.information_asked_at, case.closing_proposed_at
    if asked is not None and proposed is not None and asked > proposed:
        return "Information was asked for since."
    refusals = lifecycle.closure_refusals(
        case.programme, reason.code, closing_actions.closure_facts(case)
    )
    return refusals[0].sentence if refusals else ""


_ACTED_ON = (
    "closing_proposed_at",
    "closing_proposed_for",
    "closing_due_at",
    "state",
    "closed_at",
    "closure_reason",
    "awaits_call_for",
    "information_asked_at",
    "information_received_at",
    "next_due_at",
    "next_due_kind",
)
"""What of a case a closing by silence may change."""


def _cases(rows: Sequence[Due]) -> dict[int, Case]:
    """The cases the rows are about, with whom to tell."""
    cases = Case.objects.defer(*REPORTED)
    return cases.with_parties({row.subject_id for row in rows})
