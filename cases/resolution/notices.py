"""Notices of closing a case: proposed, reminded of, done (ATSP 4.10; D-27)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cases.case.models import Case
from cases.notices import both_sides, case_context, draft, the_contact
from contracts.parties.people import Responsible
from contracts.programmes.rules.terms import ClosureReason
from portal.deadlines import Due
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft


def closing_proposed(case: Case, *, by: User, at: dt.datetime, body: str = "") -> None:
    """Ask the contact whether the case may close (D-27): for what reason, by when, and what silence comes to."""
    author = by.name if body else ""
    draft = _closing(case, f"closing:{at.isoformat()}", at=at, body=body, author=author)
    outbox.post_many([draft], at=at)


def closing_reminder(case: Case, deadline: Due, *, at: dt.datetime) -> NoticeDraft:
    """The notice that a proposal to close waits for the contact's answer still (D-27)."""
    return _closing(case, f"closing-reminder:{deadline.pk}", at=at, late=deadline.late)


def _closing(
    case: Case, step: str, *, at: dt.datetime, late: bool = False, **context: Any
) -> NoticeDraft:
    reason = case.closing_proposed
    assert reason is not None, "a closing waits"  # noqa: S101
    facts: dict[str, Any] = {
        "due": "Say whether the case may close",
        "by_whom": case.contact.name,
        "action": "Answer on the case",
        "proposed_at": case.closing_proposed_at,
    }
    if case.closing_due_at is not None:
        facts |= {
            "due_at": case.closing_due_at,
            "consequence": "Without your answer the case closes then. What you write on it keeps it open.",
        }
    asked = (
        "may we close it?" if context.get("body") else "your answer is awaited: may we close it?"
    )
    return NoticeDraft(
        subject=case,
        step=step,
        to=the_contact(case, at),
        template="case_closing",
        title=f"Case {case.number}: {asked}",
        context=case_context(case, reason=case.closes_as(reason), **facts, **context),
        url=case.get_absolute_url(),
        clause=case.programme.paper.cite(f"{reason.clause}, D-27"),
        late=late,
    )


def closed(
    closing: Sequence[tuple[Case, ClosureReason]], *, by: User | None, at: dt.datetime
) -> None:
    """Tell each contact that the case is closed, why, and how to reopen it; its engineer too unless they did it."""
    responsible, drafts = Responsible(at), []
    for case, reason in closing:
        drafts.append(
            draft(
                case,
                f"closed:{at.isoformat()}",
                both_sides(case, responsible, by=by, at=at),
                "case_closed",
                f"Case {case.number} closed: {case.closes_as(reason)}",
                clause=reason.clause,
                reason=case.closes_as(reason),
            )
        )
    outbox.post_many(drafts, at=at)
