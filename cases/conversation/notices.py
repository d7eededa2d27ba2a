"""Notices of what one side wrote to the other (ATSP 4.6, 4.7)."""

import datetime as dt

from cases.case.models import Case
from cases.conversation.files import files_of
from cases.conversation.models import Message, MessageKind
from cases.information.notices import wanted
from cases.notices import TO_PROVIDER, TO_RESELLER, owed, tell, the_contact, the_engineers
from portal.files.attaching import words_of
from portal.models import User


def provider_wrote(case: Case, message: Message, *, at: dt.datetime) -> None:
    """Send the contact what an engineer wrote; of a request for information, what is due and by when."""
    asked = message.kind == MessageKind.REQUEST
    tell(
        case,
        f"message:{message.pk}",
        the_contact(case, at),
        "case_message",
        f"Case {case.number}: {message.author} wrote",
        at,
        clause="ATSP 4.7",
        body=message.body or words_of(files_of([message])[message.pk]),
        formatted=message.formatted and bool(message.body),
        author=message.author,
        kind=message.kind,
        **(wanted(case) if asked else owed(case, TO_RESELLER)),
    )


def reseller_wrote(
    case: Case, *, by: User, at: dt.datetime, body: str, formatted: bool = False, author: str = ""
) -> None:
    """Tell the owner what came on their case, from either side."""
    if case.owner is None or case.owner == by:
        return
    tell(
        case,
        f"wrote:{at.isoformat()}",
        the_engineers(case, at, but=by),
        "case_activity",
        f"Case {case.number}: {author} called"
        if author
        else f"Case {case.number}: {by.name} wrote",
        at,
        clause="ATSP 4.7",
        author=author or by.name,
        body=body,
        formatted=formatted,
        **owed(case, TO_PROVIDER),
    )
