"""The kinds of notices of cases, and how the inbox names a case and says what it asks of its reader."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from cases.case.models import Case
from cases.case.rows import READ, CaseRow
from cases.clocks.page.promises import next_due, with_promises
from cases.clocks.page.waits import Wait, most_urgent_first, waiting, waits_of
from portal.models import User
from portal.notices import kinds, subjects
from portal.notices.kinds import NoticeKind
from portal.notices.subjects import Named, Source

CASES = "Your cases"
PROMISES = "Promises and misses"
NEWS = "News"
ASKED = {
    "call": "Call us",
    "information": "Send the information",
    "severity": "Answer the severity that was proposed",
    "frequency": "Answer how often updates come",
    "closing": "Say whether it may close",
    "relief": "Say whether it helps",
    "left": "Say who answers for it",
}
"""What a contact has to do, by the kind of wait."""


def register() -> None:
    """Make them known."""
    kinds.register(
        NoticeKind(
            "case-message",
            "The other side wrote",
            CASES,
            ("case_message", "case_activity"),
            "Replies, questions and calls on a case that is yours.",
            owed_to_reseller="ATSP 4.7",
        ),
        NoticeKind(
            "mention",
            "Somebody mentions you",
            CASES,
            ("case_mention",),
            "Your name behind an @, in a message or a note on a case.",
            tags=frozenset({kinds.MENTION}),
        ),
        NoticeKind(
            "case-word",
            "A proposal or decision on a case",
            CASES,
            ("case_word",),
            "Somebody proposed or decided something, or answered what you proposed.",
            owed_to_reseller="ATSP 4.7",
        ),
        NoticeKind(
            "case-assigned",
            "A case becomes yours",
            CASES,
            ("case_assigned", "cases_passed_on"),
            "You are its engineer now.",
            to_reseller=False,
        ),
        NoticeKind(
            "case-handed-over",
            "A case changes hands",
            CASES,
            ("case_handed_over", "case_contact_left"),
            "Another contact answers for it, or the one who did has left.",
        ),
        NoticeKind(
            "case-watched",
            "A case that you watch",
            CASES,
            ("case_watched",),
            "What happens on cases that you watch or follow, besides what is yours.",
        ),
        NoticeKind(
            "case-opened",
            "A case was opened",
            CASES,
            ("case_opened", "case_caller_refused", "call_refused"),
            "The receipt of what was reported, and callers who were refused.",
        ),
        NoticeKind(
            "case-severity",
            "The severity changed",
            CASES,
            ("case_severity",),
            "It was proposed, confirmed or changed, with what that brings.",
            owed_to_reseller="ATSP 4.4",
        ),
        NoticeKind(
            "case-closing",
            "May this case close?",
            CASES,
            ("case_closing",),
            "A proposal to close waits for your answer.",
            owed_to_reseller="ATSP 4.10, D-27",
            to_provider=False,
        ),
        NoticeKind(
            "case-closed",
            "A case was closed",
            CASES,
            ("case_closed",),
            "With its reason, and how to reopen it.",
        ),
        NoticeKind(
            "satisfaction",
            "How did a case go?",
            CASES,
            ("case_satisfaction",),
            "One question, a day after your case is closed.",
            to_provider=False,
        ),
        NoticeKind(
            "rating",
            "A contact was not satisfied",
            CASES,
            ("case_rated",),
            "A bad answer about a case of yours, or of your people.",
            to_reseller=False,
        ),
        NoticeKind(
            "case-sub-case",
            "Your team is asked to help",
            CASES,
            ("case_sub_case",),
            "A sub-case for the PSE team or Engineering.",
            to_reseller=False,
            owed_to_provider="ATSP Ex.C",
        ),
        NoticeKind(
            "information",
            "Information is still missing",
            PROMISES,
            ("information_warning",),
            "What we wait for, by when, and what happens without it.",
            owed_to_provider="ATSP 4.9.1",
            owed_to_reseller="ATSP 4.9.1",
        ),
        NoticeKind(
            "promise",
            "A promise is near or missed",
            PROMISES,
            ("promise_near", "promise_missed", "missed_digest"),
            "Reminders before it is due, and the alarm when it was missed.",
            owed_to_provider="ATSP 4.6, D-22, D-29",
            to_reseller=False,
        ),
        NoticeKind(
            "bulletin",
            "Bulletins",
            NEWS,
            ("bulletin",),
            "Technical bulletins about the products you support.",
            owed_to_reseller="ATSP 14.1.2",
        ),
        NoticeKind(
            "enhancement",
            "Requests for enhancement",
            NEWS,
            ("enhancement_submitted", "enhancement_disposed"),
            "A request was submitted, or decided on.",
        ),
    )
    subjects.register(Case._meta.label_lower, Source(_named, _waiting))


def _named(user: User, ids: Collection[int]) -> dict[int, Named]:
    """Cases that the reader sees, with what they ask of them; three statements."""
    found = Case.objects.visible_to(user).filter(pk__in=ids).order_by()
    rows = [CaseRow(*row) for row in found.with_information_due().values_list(*READ)]
    mine = set(_waiting(user).filter(pk__in=ids)) if rows else set()
    stuck: dict[int, Any] = {}
    if mine and not user.is_provider:
        stuck = {case.pk: case for case in waiting(Case.objects.filter(pk__in=mine))}
        clocks = with_promises(stuck.values(), user)
    said = {}
    for row in rows:
        asks, by, clause = "", None, ""
        if row.pk in stuck:
            waits = most_urgent_first(waits_of(stuck[row.pk], clocks[row.pk].information))
            if waits:
                asks, by, clause = _asked(waits[0])
        elif row.pk in mine and row.next_due_at is not None:
            due = next_due(row, user) or {}
            asks, by = due["label"], row.next_due_at
        said[row.pk] = Named(f"Case {row.pk}: {row.title}", row.address, asks, by, clause)
    return said


def _asked(wait: Wait) -> tuple[str, dt.datetime | None, str]:
    """What a wait asks, by when, and under which clause."""
    by = wait.deadline.due_at if wait.deadline else None
    if wait.kind == "closing":
        by = wait.case.closing_due_at
    return ASKED[wait.kind], by, wait.clause


def _waiting(user: User) -> Any:
    """The cases that wait for the reader: an engineer's with a promise to keep, a contact's that we wait for."""
    opened = Case.objects.visible_to(user).open().order_by()
    if user.is_provider:
        return opened.filter(owner=user, next_due_at__isnull=False).values_list("pk", flat=True)
    return opened.waiting_for_reseller().filter(Q(contact__user=user)).values_list("pk", flat=True)
