"""Notices about a case. Each says what happened, what is due, by whom and when, and has one link."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cases.case.contacts import keepers_of_roster
from cases.case.in_words import CaseInWords
from cases.case.models import Case
from cases.case.rules.vocabulary import Side
from cases.clocks import setting as clocks
from cases.conversation.models import Message, MessageKind, SubCase
from cases.severity.rules import SeverityChange
from contracts.parties.models.parties import Contact
from contracts.parties.people import Responsible, Staff
from contracts.parties.presence import written_to
from contracts.programmes.rules.terms import ClosureReason
from portal.alarms import raise_alarm
from portal.deadlines import Due
from portal.models import Deadline, User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.roles import Role

TO_RESELLER = {
    clocks.FIRST_RESPONSE: "The engineer calls you back",
    clocks.STATUS_UPDATE: "The engineer updates you",
    clocks.INFORMATION: "We wait for your information",
}
"""How the contact knows the promises of a case, in messages and on pages."""

TO_PROVIDER = {
    clocks.FIRST_RESPONSE: "First response",
    clocks.STATUS_UPDATE: "Update the contact",
    clocks.INFORMATION: "Information from the contact",
}
"""How the provider's people know them."""


def the_contact(case: Case, at: dt.datetime) -> list[Recipient]:
    """The case's contact; nobody, with an alarm to dispatch, where nothing can be written to them (D-29)."""
    contact = case.contact
    recipient = written_to(contact)
    if recipient is not None:
        return [recipient]
    if contact.left_at is not None:
        key = f"contact-left:{contact.pk}"
        why = "they left. Ask the Administrative Contact who takes the case over."
    elif contact.user is not None:
        key = f"contact-disabled:{contact.pk}"
        why = "their account is disabled. Ask the Administrative Contact who takes the case over."
    else:
        key = f"contact-unreachable:{contact.pk}"
        why = "the roster gives no e-mail address. Call them."
    raise_alarm(
        case,
        key,
        f"Case {case.number}: {contact.name} of {case.reseller.name} cannot be told anything in writing: {why}",
        at=at,
        url=case.get_absolute_url(),
    )
    return []


def _the_engineers(case: Case, at: dt.datetime) -> list[Recipient]:
    """Who acts for the case: its engineer; dispatch while it has none, or they cannot act (D-29)."""
    return [*Responsible(at).of(case.owner, case.provider_id)]


def case_context(case: Case, **more: Any) -> dict[str, Any]:
    """What every message about a case may use: plain values only, since they are kept with the notice."""
    return CaseInWords.of(case).context(**more)


def owed(case: Case, labels: dict[str, str]) -> dict[str, Any]:
    """The earliest promise of the provider on the case, for a message's facts: what, by whom, by when; {} for none.

    `labels` are the words for the kinds of promise on the side that reads.
    """
    return _owed(case, clocks.next_promise(case), labels)


def _owed(case: Case, promise: Deadline | None, labels: dict[str, str]) -> dict[str, Any]:
    if promise is None:
        return {}
    return {
        "due": labels.get(promise.kind) or promise.data[clocks.PROMISED],
        "by_whom": case.owner.name if case.owner else "a technical support engineer",
        "due_at": promise.due_at,
        "due_clause": promise.clause,
    }


def opened(case: Case, promise: Deadline, *, at: dt.datetime) -> None:
    """Acknowledge a report to its contact, with the promise that is due first, and the number to call when severity 1
    awaits the call (D-9).
    """
    awaits = case.awaits_call_for
    lacks: dict[str, Any] = {}
    if case.waits_for_information:
        clock = Deadline.objects.about(case).pending().filter(kind=clocks.INFORMATION).first()
        lacks = {"missing": case.information_missing}
        if clock is not None:
            lacks |= {"missing_by": clock.due_at, "consequence": clock.data["consequence"]}
    title = f"Case {case.number} opened: {case.title}"
    if awaits:
        title = f"Case {case.number}: severity {awaits} awaits your call"
    _tell(
        case,
        "opened",
        the_contact(case, at),
        "case_opened",
        title,
        at,
        clause="ATSP 4.5" if awaits else "ATSP 4.4",
        awaits_call_for=awaits,
        **lacks,
        **_owed(case, promise, TO_RESELLER),
    )
    if case.owner is not None:
        assigned(case, to=case.owner, by=None, at=at)


def wanted(case: Case) -> dict[str, Any]:
    """The information asked for, for a message: what, by whom, by when, and the consequence."""
    clock = Deadline.objects.about(case).unfinished().filter(kind=clocks.INFORMATION).first()
    facts = {
        "due": f"Send {', '.join(case.information_missing)}",
        "by_whom": case.contact.name,
        "action": "Send it on the case",
    }
    if clock is None:
        return facts
    return {**facts, "due_at": clock.due_at, "consequence": clock.data["consequence"]}


def provider_wrote(case: Case, message: Message, *, at: dt.datetime) -> None:
    """Send the contact what an engineer wrote; of a request for information, what is due and by when."""
    asked = message.kind == MessageKind.REQUEST
    _tell(
        case,
        f"message:{message.pk}",
        the_contact(case, at),
        "case_message",
        f"Case {case.number}: {message.author} wrote",
        at,
        clause="ATSP 4.7",
        body=message.body,
        author=message.author,
        kind=message.kind,
        **(wanted(case) if asked else owed(case, TO_RESELLER)),
    )


def reseller_wrote(case: Case, *, by: User, at: dt.datetime, body: str) -> None:
    """Tell the owner what came on their case, from either side."""
    if case.owner is None or case.owner == by:
        return
    _tell(
        case,
        f"wrote:{at.isoformat()}",
        [one for one in _the_engineers(case, at) if one != by],
        "case_activity",
        f"Case {case.number}: {by.name} wrote",
        at,
        clause="ATSP 4.7",
        author=by.name,
        body=body,
        **owed(case, TO_PROVIDER),
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
        **owed(case, TO_PROVIDER),
    )


def handed_over(case: Case, before: Contact, *, by: User, at: dt.datetime) -> None:
    """Tell who answers for a case now, who did before, and who works on it; not the one who did it."""
    now = case.contact
    asked = wanted(case) if case.waits_for_information else owed(case, TO_RESELLER)
    told: tuple[tuple[str, list[Recipient], str, dict[str, Any]], ...] = (
        ("to", the_contact(case, at), f"Case {case.number} is yours to answer for", asked),
        (
            "from",
            [former] if (former := written_to(before)) is not None else [],
            f"Case {case.number}: {now.name} answers for it now",
            {},
        ),
        (
            "engineers",
            _the_engineers(case, at),
            f"Case {case.number}: the contact is {now.name} now",
            {},
        ),
    )
    for who, recipients, title, more in told:
        _tell(
            case,
            f"handed-over:{who}:{at.isoformat()}",
            [one for one in recipients if one != by],
            "case_handed_over",
            title,
            at,
            clause="ATSP 5.2.2",
            author=by.name,
            before=before.name,
            yours=who == "to",
            contact_telephone=now.telephone if who == "engineers" else "",
            **more,
        )


def sub_case_opened(case: Case, sub_case: SubCase, *, at: dt.datetime) -> None:
    """Tell the team that it is engaged (ATSP Ex.C)."""
    _tell(
        case,
        f"sub-case:{sub_case.pk}",
        [*Staff(Role(sub_case.team), at=at).at(case.provider_id)],
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
    recipients = the_contact(case, at) if to_reseller else _the_engineers(case, at)
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
        action="Answer in the portal" if proposal else "Open the case",
    )


def severity_answered(case: Case, change: SeverityChange, *, by: User, at: dt.datetime) -> None:
    """Tell the side that proposed a severity how the other one answered (ATSP 4.3)."""
    recipients = the_contact(case, at) if by.is_provider else _the_engineers(case, at)
    _tell(
        case,
        f"severity-answered:{at.isoformat()}",
        recipients,
        "case_severity",
        f"Case {case.number} is severity {case.severity}",
        at,
        clause=change.clause,
        words=change.words,
    )


def caller_refused(case: Case, caller: str, reason: str, *, by: User, at: dt.datetime) -> None:
    """Tell the engineer and the Administrative Contact that somebody rang who may not report the case (ATSP 5.2.2)."""
    recipients = [*_the_engineers(case, at), *keepers_of_roster(case, at)]
    _tell(
        case,
        f"caller-refused:{at.isoformat()}",
        [one for one in recipients if one != by],
        "case_caller_refused",
        f"Case {case.number}: a caller was refused",
        at,
        clause="ATSP 5.2.2",
        author=by.name,
        caller=caller,
        reason=reason,
        called_at=at,
        technical=case.programme.paper.technical,
        awaits_call_for=case.awaits_call_for,
    )


def clock_taken_back(case: Case, words: str, *, clause: str, at: dt.datetime) -> None:
    """Tell the contact and the engineer that what the information clock did is undone (D-23)."""
    for recipients in (the_contact(case, at), _the_engineers(case, at)):
        _tell(
            case,
            f"clock-taken-back:{at.isoformat()}",
            recipients,
            "case_severity",
            f"Case {case.number} is severity {case.severity} again",
            at,
            clause=clause,
            words=words,
        )


def severity_changed(
    changes: Sequence[tuple[Case, SeverityChange]], *, by: User | None, at: dt.datetime
) -> None:
    """Tell each contact, and the engineer unless they did it, that the severity in force changed, and why."""
    promises, responsible = clocks.next_promises(case for case, _ in changes), Responsible(at)
    drafts = []
    for case, change in changes:
        recipients = the_contact(case, at)
        if case.owner is not None and case.owner != by:
            recipients += responsible.of(case.owner, case.provider_id)
        drafts.append(
            _draft(
                case,
                f"severity:{at.isoformat()}",
                recipients,
                "case_severity",
                f"Case {case.number} is now severity {case.severity}",
                clause=change.clause,
                words=change.words,
                **_owed(case, promises.get(case.pk), TO_RESELLER),
            )
        )
    outbox.post_many(drafts, at=at)


def word(
    case: Case, step: str, *, title: str, words: str, by: User, at: dt.datetime, clause: str
) -> None:
    """Tell the other side what one side decided or asked about a case, in a sentence or two."""
    _tell(
        case,
        f"{step}:{at.isoformat()}",
        the_contact(case, at) if by.is_provider else _the_engineers(case, at),
        "case_word",
        title,
        at,
        clause=clause,
        words=words,
    )


def sub_case_closed(case: Case, sub_case: SubCase, *, by: User, at: dt.datetime) -> None:
    """Tell the case's engineer what came of another team's part (ATSP Ex.C)."""
    _tell(
        case,
        f"sub-case-closed:{sub_case.pk}",
        [one for one in _the_engineers(case, at) if one != by],
        "case_word",
        f"Case {case.number}: the sub-case of {sub_case.get_team_display()} is closed",
        at,
        clause="ATSP Ex.C",
        words=sub_case.outcome,
    )


def closed(
    closing: Sequence[tuple[Case, ClosureReason]], *, by: User | None, at: dt.datetime
) -> None:
    """Tell each contact that the case is closed, why, and how to reopen it; its engineer too unless they did it."""
    responsible, drafts = Responsible(at), []
    for case, reason in closing:
        recipients = the_contact(case, at)
        if case.owner is not None and case.owner != by:
            recipients += responsible.of(case.owner, case.provider_id)
        drafts.append(
            _draft(
                case,
                f"closed:{at.isoformat()}",
                recipients,
                "case_closed",
                f"Case {case.number} closed: {reason.name}",
                clause=reason.clause,
                reason=reason.name,
            )
        )
    outbox.post_many(drafts, at=at)


def information_warning(
    case: Case, deadline: Due, *, due_at: dt.datetime, at: dt.datetime
) -> NoticeDraft:
    """The notice that information is still missing, by when, and what follows without it (ATSP 4.9.1, 4.10.8)."""
    return NoticeDraft(
        subject=case,
        step=f"information-warning:{deadline.pk}",
        to=the_contact(case, at),
        template="information_warning",
        title=f"Case {case.number}: information still missing",
        context=case_context(
            case,
            missing=case.information_missing,
            due="The information of 5.2.3",
            by_whom=case.contact.name,
            action="Send it on the case",
            due_at=due_at,
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
    draft = _draft(case, step, to, template, title, clause=clause, **context)
    outbox.post_many([draft], at=at)


def _draft(
    case: Case,
    step: str,
    to: list[Recipient],
    template: str,
    title: str,
    *,
    clause: str,
    **context: Any,
) -> NoticeDraft:
    clauses = dict.fromkeys(filter(None, [clause, context.pop("due_clause", "")]))
    return NoticeDraft(
        case,
        step,
        to,
        template,
        title,
        case_context(case, **context),
        case.get_absolute_url(),
        case.programme.paper.cite(", ".join(clauses)),
    )
