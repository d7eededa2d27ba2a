"""What every notice about a case says: what happened, what is due, by whom and when, with one link; to whom it goes."""

import datetime as dt
from typing import Any

from cases.case.in_words import CaseInWords
from cases.case.models import Case
from cases.clocks import setting as clocks
from contracts.parties.people import Responsible
from contracts.parties.presence import written_to
from portal.alarms import raise_alarm
from portal.models import Deadline, User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient

TO_RESELLER = {
    clocks.FIRST_RESPONSE: "The engineer calls you back",
    clocks.STATUS_UPDATE: "The engineer updates you",
    clocks.INFORMATION: "We wait for your information",
}
"""How the contact knows the promises of a case, in messages and on pages."""

ANSWERS_IN_WRITING = "The engineer answers you in writing"
"""How they know the first response, where they asked for writing when reporting (D-30)."""

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


def the_engineers(case: Case, at: dt.datetime, *, but: User | None = None) -> list[Recipient]:
    """Who acts for the case: its engineer; dispatch while it has none, or they cannot act (D-29).

    `but` is who need not be told, having done it.
    """
    return [one for one in Responsible(at).of(case.owner, case.provider_id) if one != but]


def both_sides(
    case: Case, responsible: Responsible, *, by: User | None, at: dt.datetime
) -> list[Recipient]:
    """The contact, and the engineer whose case it is unless they did it; `responsible` is asked for many cases."""
    recipients = the_contact(case, at)
    if case.owner is not None and case.owner != by:
        recipients += responsible.of(case.owner, case.provider_id)
    return recipients


def case_context(case: Case, **more: Any) -> dict[str, Any]:
    """What every message about a case may use: plain values only, since they are kept with the notice."""
    return CaseInWords.of(case).context(**more)


def owed(case: Case, labels: dict[str, str]) -> dict[str, Any]:
    """The earliest promise of the provider on the case, for a message's facts: what, by whom, by when; {} for none.

    `labels` are the words for the kinds of promise on the side that reads.
    """
    return owed_of(case, clocks.next_promise(case), labels)


def owed_of(case: Case, promise: Deadline | None, labels: dict[str, str]) -> dict[str, Any]:
    """`owed` for a promise that is read already; {} for none."""
    if promise is None:
        return {}
    due = labels.get(promise.kind) or promise.data[clocks.PROMISED]
    if labels is TO_RESELLER and promise.kind == clocks.FIRST_RESPONSE and case.answer_in_writing:
        due = ANSWERS_IN_WRITING
    return {
        "due": due,
        "by_whom": case.owner.name if case.owner else "a technical support engineer",
        "due_at": promise.due_at,
        "due_clause": promise.clause,
    }


def word(
    case: Case, step: str, *, title: str, words: str, by: User, at: dt.datetime, clause: str
) -> None:
    """Tell the other side what one side decided or asked about a case, in a sentence or two."""
    tell(
        case,
        f"{step}:{at.isoformat()}",
        the_contact(case, at) if by.is_provider else the_engineers(case, at),
        "case_word",
        title,
        at,
        clause=clause,
        words=words,
    )


def tell(
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
    """Post one notice about the case to those people; `step` is what it is sent once for."""
    outbox.post_many([draft(case, step, to, template, title, clause=clause, **context)], at=at)


def draft(
    case: Case,
    step: str,
    to: list[Recipient],
    template: str,
    title: str,
    *,
    clause: str,
    **context: Any,
) -> NoticeDraft:
    """A notice about the case, with what every message about one may use, to be posted with others."""
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
