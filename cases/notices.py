"""What the portal tells people about a case. Each says what happened, what is due, by whom and when, and one link."""

import datetime as dt
from typing import Any

from django.conf import settings

from cases.models import Case, Message, SubCase
from cases.rules.severity import SeverityChange
from cases.rules.vocabulary import Side
from contracts.models import Contact
from contracts.rules.terms import ClosureReason
from portal.models import Deadline, User
from portal.notices import outbox
from portal.notices.outbox import Address, Recipient, Telling
from portal.roles import Role


def contact_of(contact: Contact) -> Recipient:
    """The contact as a recipient: their account when they have one, else their address on the roster."""
    return contact.user if contact.user is not None else Address(contact.email, contact.name)


def about(case: Case, **more: Any) -> dict[str, Any]:
    """What every message about a case may use: plain values only, since they are kept with the notice."""
    return {
        "case": case.number,
        "case_title": case.title,
        "severity": case.severity,
        "reseller": case.reseller.name,
        "contact": case.contact.name,
        **more,
    }


def opened(case: Case, *, at: dt.datetime) -> None:
    """Acknowledge a report to its contact, with the number to ring when severity 1 awaits the call (D-9)."""
    awaits = case.awaits_call_for
    title = f"Case {case.number} opened: {case.title}"
    if awaits:
        title = f"Case {case.number}: severity {awaits} awaits your call"
    _tell(
        case,
        "opened",
        [contact_of(case.contact)],
        "case_opened",
        title,
        at,
        clause="ATSP 4.5" if awaits else "ATSP 4.4",
        awaits_call_for=awaits,
        telephone=settings.SUPPORT_TELEPHONE,
    )
    if case.owner is not None:
        assigned(case, to=case.owner, by=None, at=at)


def provider_wrote(case: Case, message: Message, *, at: dt.datetime) -> None:
    """Send the contact what an engineer wrote."""
    _tell(
        case,
        f"message:{message.pk}",
        [contact_of(case.contact)],
        "case_message",
        f"Case {case.number}: {message.by.name} wrote",
        at,
        clause="ATSP 4.7",
        body=message.body,
        author=message.by.name,
        kind=message.get_kind_display(),
    )


def reseller_wrote(case: Case, *, by: User, at: dt.datetime) -> None:
    """Tell the owner that something came on their case, from either side."""
    if case.owner is None or case.owner == by:
        return
    _tell(
        case,
        f"wrote:{at.isoformat()}",
        [case.owner],
        "case_activity",
        f"Case {case.number}: {by.name} wrote",
        at,
        clause="ATSP 4.7",
        author=by.name,
    )


def assigned(case: Case, *, to: User, by: User | None, at: dt.datetime) -> None:
    """Tell an engineer that a case is theirs."""
    _tell(
        case,
        f"assigned:{to.pk}:{at.isoformat()}",
        [to],
        "case_assigned",
        f"Case {case.number} is yours: {case.title}",
        at,
        clause="ATSP 4.1" if by else "ATSP 15.1",
        author=by.name if by else "",
    )


def sub_case_opened(case: Case, sub_case: SubCase, *, at: dt.datetime) -> None:
    """Tell the team that it is engaged (ATSP Ex.C)."""
    _tell(
        case,
        f"sub-case:{sub_case.pk}",
        [*User.objects.with_role(Role(sub_case.team))],
        "case_sub_case",
        f"Case {case.number}: {sub_case.get_team_display()} engaged",
        at,
        clause="ATSP Ex.C",
        body=sub_case.request,
        author=sub_case.opened_by.name,
    )


def severity_proposed(case: Case, change: SeverityChange, *, by: User, at: dt.datetime) -> None:
    """Tell the other side that a severity waits for its answer (ATSP 4.3)."""
    proposal = change.standing.proposal
    to_reseller = proposal is not None and proposal.side is Side.PROVIDER
    recipients: list[Recipient] = []
    if to_reseller:
        recipients.append(contact_of(case.contact))
    elif case.owner is not None:
        recipients.append(case.owner)
    _tell(
        case,
        f"severity-proposed:{at.isoformat()}",
        recipients,
        "case_severity",
        f"Case {case.number}: severity {proposal.to} proposed"
        if proposal
        else f"Case {case.number}: severity {change.standing.awaits_call} awaits your call",
        at,
        clause=change.clause,
        words=change.words,
    )


def severity_changed(case: Case, change: SeverityChange, *, at: dt.datetime) -> None:
    """Tell the contact that the severity in force changed, and why."""
    _tell(
        case,
        f"severity:{at.isoformat()}",
        [contact_of(case.contact)],
        "case_severity",
        f"Case {case.number} is now severity {case.severity}",
        at,
        clause=change.clause,
        words=change.words,
    )


def closed(case: Case, reason: ClosureReason, *, at: dt.datetime) -> None:
    """Tell the contact that the case is closed, why, and how to reopen it."""
    _tell(
        case,
        f"closed:{at.isoformat()}",
        [contact_of(case.contact)],
        "case_closed",
        f"Case {case.number} closed: {reason.name}",
        at,
        clause=reason.clause,
        reason=reason.name,
    )


def promise_missed(case: Case, deadline: Deadline, title: str, dispatch: list[User]) -> Telling:
    """The telling that a promise of ours was missed: to the owner, or to dispatch while nobody has the case."""
    return Telling(
        subject=case,
        step=f"missed:{deadline.pk}",
        to=[case.owner] if case.owner else dispatch,
        template="promise_missed",
        title=f"Case {case.number}: {title} missed",
        context=about(case, promise=title, due_at=deadline.due_at, words=deadline.words),
        url=case.get_absolute_url(),
        clause=deadline.clause,
        late=deadline.late,
    )


def information_warning(case: Case, deadline: Deadline) -> Telling:
    """The telling that information is still missing, by when, and what follows without it (ATSP 4.9.1, 4.10.8)."""
    return Telling(
        subject=case,
        step=f"information-warning:{deadline.pk}",
        to=[contact_of(case.contact)],
        template="information_warning",
        title=f"Case {case.number}: information still missing",
        context=about(
            case,
            missing=case.information_missing,
            due_at=deadline.data.get("due_at"),
            consequence=deadline.data.get("consequence", ""),
        ),
        url=case.get_absolute_url(),
        clause=deadline.clause,
        late=deadline.late,
    )


def _tell(
    case: Case,
    step: str,
    to: list[Recipient],
    template: str,
    title: str,
    at: dt.datetime,
    *,
    clause: str,
    **context: Any,
) -> None:
    outbox.post(
        case,
        step,
        to=to,
        template=template,
        title=title,
        context=about(case, **context),
        url=case.get_absolute_url(),
        clause=clause,
        at=at,
    )
