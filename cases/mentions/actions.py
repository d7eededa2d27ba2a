"""Mentioning people in what is written on a case, and telling them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cases.case.models import Case
from cases.conversation.models import Message, MessageKind
from cases.mentions.models import Mention
from cases.mentions.people import named
from cases.mentions.rules import Person, resolved, spellings_in
from cases.notices import draft
from cases.watching.notices import heard_at, key_of_recipient
from portal.models import Channel, User
from portal.notices import outbox
from portal.notices.outbox import BOTH, Recipient

PLACE = "{page}?at=m{message}#m{message}"


@dataclass(frozen=True, slots=True)
class Mentions:
    """A text as it is kept, and whom it mentions, each with how they are told."""

    text: str
    people: Mapping[Person, Recipient] = field(default_factory=dict)


def mentions_in(text: str, case: Case, *, by: User, kind: MessageKind, at: dt.datetime) -> Mentions:
    """Whom a text on a case mentions, of those who may read it there; no statement for a text without an @.

    Raises Refusal for too many.
    """
    spellings = spellings_in(text)
    known = named(spellings, case, by=by, internal=kind == MessageKind.NOTE, at=at)
    if not known:
        return Mentions(text)
    found = resolved(text, known)
    return Mentions(found.text, {person: known[person] for person in found.people})


def keep(mentions: Mentions, message: Message) -> None:
    """Keep whom a message mentions; one statement, none for nobody."""
    if mentions.people:
        Mention.objects.bulk_create(
            Mention(
                message=message,
                user_id=person.user,
                contact_id=person.contact,
                written=person.name,
            )
            for person in mentions.people
        )


def tell_mentioned(
    mentions: Mentions, case: Case, message: Message, *, by: User, at: dt.datetime
) -> None:
    """Tell those whom a message mentions, after its own notices; two statements, none for nobody.

    Who was told of the message anyway finds the mention in the inbox, and gets no second mail.
    """
    others = [one for one in mentions.people.values() if one != by]
    if not others:
        return
    heard = heard_at([case.pk], at).get(case.pk, set())
    internal = message.kind == MessageKind.NOTE
    telling = draft(
        case,
        f"mention:{message.pk}",
        others,
        "case_mention",
        f"Case {case.number}: {message.author} mentions you" + (" in a note" if internal else ""),
        clause="",
        author=message.author,
        body=message.body,
        formatted=message.formatted,
        internal=internal,
    )
    telling = replace(telling, url=PLACE.format(page=case.get_absolute_url(), message=message.pk))
    outbox.post_many(
        [
            replace(telling, to=[one], channels=(Channel.INBOX,))
            if key_of_recipient(one) in heard
            else replace(telling, to=[one], channels=BOTH)
            for one in others
        ],
        at=at,
    )
