"""Both sides agree how often the contact is updated on a case (ATSP 4.7; BL 2.4)."""

import datetime as dt

from cases.case.actions import require_text
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Channel
from cases.clocks import setting as clocks
from cases.clocks.rules.wording import frequency
from cases.conversation.actions import write_to_contact
from cases.conversation.models import MessageKind
from cases.verbs import Verb
from contracts.programmes.rules.values import Span
from portal.models import User
from portal.rules.refusal import Refusal

FREQUENCIES = ("1 hour", "2 hours", "4 hours", "1 day", "1 business day", "1 week", "1 month")
"""How often updates may be agreed; none of them is the objective of the case's severity."""


def agree_frequency(case: Case, *, every: str, how: str, by: User, at: dt.datetime) -> Case:
    """Record how often both sides agreed that the contact is updated, "" for the objective again (ATSP 4.7).

    `how` says how the contact agreed: a call, a letter. The contact is told in writing, the next update counts by it
    from then on, and a proposal that waits is off. Returns the case. Raises Refusal for another frequency, one that
    holds already, and without `how`.
    """
    clause = case.programme.paper.cite("ATSP 4.7")
    if every and every not in FREQUENCIES:
        raise Refusal(
            f"Updates cannot be agreed for every {every}.",
            clause=clause,
            way_out=f"Choose one of: {', '.join(FREQUENCIES)}.",
            field="every",
        )
    how = require_text(how, what="way in which the contact agreed")
    term = case.programme.severity(case.severity)
    span = Span.parse(every) if every else term.status_every
    words = f"As agreed, you are updated {frequency(span)}"

    def agreed(fresh: Case) -> None:
        before = fresh.status_every
        if every == before:
            raise Refusal(
                "That is how often the contact is updated already.",
                clause=clause,
                way_out="Choose another frequency.",
                field="every",
            )
        fresh.status_every = every
        fresh.proposed_status_every = fresh.status_every_proposed_by = ""
        fresh.save(
            update_fields=["status_every", "proposed_status_every", "status_every_proposed_by"]
        )
        clocks.replace_status(fresh, cause=words, at=at)
        record(
            fresh,
            Verb.CASE_FREQUENCY_AGREED,
            by=by,
            at=at,
            public=True,
            clause="ATSP 4.7",
            text=f"{words}. {how}",
            before={"status_every": before},
            after={"status_every": every},
        )

    return write_to_contact(
        case,
        Deed.FREQUENCY,
        kind=MessageKind.REPLY,
        verb=Verb.CASE_REPLIED,
        by=by,
        at=at,
        body=f"{words}. {how}",
        channel=Channel.WEB,
        also=agreed,
    )
