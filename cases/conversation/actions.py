"""Talking on a case: replies, logged calls, internal notes, and what the reseller adds (ATSP 4.6, 4.7; D-10).

A communication counts alike by telephone, e-mail, web and API, and together with a change of state.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from cases.case.actions import (
    doing,
    require_happened,
    require_text,
    side_of,
)
from cases.case.contacts import refusal_of_caller
from cases.case.models import Case
from cases.case.record import record, record_many
from cases.case.rules import lifecycle
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import Channel, Side, State
from cases.clocks import setting as clocks
from cases.clocks.rules.wording import moment
from cases.conversation import notices
from cases.conversation import rules as communication
from cases.conversation.models import TYPED_HERE, Message, MessageKind
from cases.conversation.rules import Way
from cases.events import ContactUpdated
from cases.mentions.actions import Mentions, keep, mentions_in, tell_mentioned
from cases.resolution.proposal import off
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from portal import deadlines, subscriptions
from portal.files.attaching import attach_all, words_of
from portal.models import Deadline, Upload, User

COMMUNICATION_CLAUSE = "ATSP 4.7"


def reply(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    body: str,
    channel: Channel = Channel.WEB,
    then: Move | None = None,
    files: Sequence[Upload] = (),
) -> Case:
    """An engineer answers the contact, and may move the case in the same act (`then`). Returns the case.

    The first one is the first technical response; each restarts the status clock (D-10).
    """
    return write_to_contact(
        case,
        Deed.REPLY,
        kind=MessageKind.REPLY,
        verb=Verb.CASE_REPLIED,
        by=by,
        at=at,
        body=text_or_files(body, files),
        channel=channel,
        then=then,
        files=files,
    )


def log_call(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    logged_at: dt.datetime,
    body: str,
    reached: bool = True,
    then: Move | None = None,
    files: Sequence[Upload] = (),
) -> Case:
    """Log a telephone call to the contact that took place at `at`. Returns the case.

    It counts at the time of the call, also when logged later (D-23). One that did not reach the contact goes with the
    message in writing that `body` is then (D-30). Raises Refusal for a call in the future, or before the case was
    reported.
    """
    require_happened(case, at, logged_at, what="call")
    return write_to_contact(
        case,
        Deed.CALL,
        kind=MessageKind.CALL,
        verb=Verb.CASE_CALL_LOGGED,
        by=by,
        at=at,
        logged_at=logged_at,
        body=require_text(body, what="account of the call" if reached else "message"),
        channel=Channel.TELEPHONE,
        way=Way.CALL if reached else Way.MESSAGE_LEFT,
        then=then,
        tell=not reached,
        files=files,
    )


def note(case: Case, *, by: User, at: dt.datetime, body: str, files: Sequence[Upload] = ()) -> Case:
    """Write an internal note, which the reseller does not see and which stops no clock. Returns the case."""
    with doing(case, Deed.NOTE, by=by, at=at) as fresh:
        message, mentions = _message(
            fresh,
            MessageKind.NOTE,
            by=by,
            at=at,
            body=text_or_files(body, files),
            channel=Channel.WEB,
            files=files,
        )
        record(fresh, Verb.CASE_NOTED, by=by, at=at, text="Internal note written.")
        tell_mentioned(mentions, fresh, message, by=by, at=at)
    return fresh


def add_information(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    body: str,
    channel: Channel = Channel.WEB,
    answers: bool = True,
    files: Sequence[Upload] = (),
) -> Case:
    """A Technical Contact adds information (ATSP 5.2.2, 5.2.7). A case waiting for the reseller is worked on again.

    While information of 5.2.3 is asked for and this `answers` it, its clock stops: what arrived in time is never
    downgraded because nobody has looked at it yet. The engineer then says that it is complete (`accept_information`),
    or asks for what is still missing, and the clock runs as before (ATSP 4.9.1). Returns the case. Raises Refusal to
    the provider's people: what they write is no information from the reseller, and stops no clock of it.
    """
    with doing(case, Deed.ADD, by=by, at=at) as fresh:
        received = answers and fresh.waits_for_information
        message, mentions = _message(
            fresh,
            MessageKind.REPLY,
            by=by,
            at=at,
            body=text_or_files(body, files),
            channel=channel,
            files=files,
        )
        if received:
            fresh.information_received_at = at
        record(
            fresh,
            Verb.CASE_INFORMATION_ADDED,
            by=by,
            at=at,
            public=True,
            clause="ATSP 5.2.3" if received else "ATSP 5.2.7",
            text=f"Added by {Channel(channel).label}.",
            answers=received,
        )
        if received:
            clocks.stop_information(fresh, at=at)
        if fresh.state == State.WAITING_FOR_RESELLER:
            move(fresh, Move.RESUME, by=by, at=at)
        notices.reseller_wrote(
            fresh,
            by=by,
            at=at,
            body=message.body or words_of(files),
            formatted=bool(message.body) and message.formatted,
        )
        tell_mentioned(mentions, fresh, message, by=by, at=at)
    return fresh


def take_call(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    logged_at: dt.datetime,
    caller: Contact,
    body: str,
    files: Sequence[Upload] = (),
) -> Case:
    """Take down what a Technical Contact said of the case in a call at `at` (ATSP 4.4, 5.2.2). Returns the case.

    The caller is the author, `by` the writer. It is no response of the provider's and stops no clock; but a contact who
    calls is not silent, so that a proposal to close is off (D-27), and a case that waited is worked on again. Raises
    Refusal for a call in the future or before the report, and for a caller who is not on the roster or still waits.
    """
    require_happened(case, at, logged_at, what="call")
    said = require_text(body, what="account of the call")
    with doing(case, Deed.TAKE_CALL, by=by, at=at) as fresh:
        refusal = refusal_of_caller(fresh, caller, at)
        if refusal is not None:
            raise refusal
        fresh.said = said
        message = Message.objects.create(
            case=fresh,
            kind=MessageKind.REPLY,
            channel=Channel.TELEPHONE,
            by=caller.user,
            contact=caller,
            author=caller.name,
            written_by=by,
            from_provider=False,
            at=at,
            body=said,
            file_count=len(files),
            formatted=True,
        )
        attach_all(message, files, by=by, at=at)
        record(
            fresh,
            Verb.CASE_INFORMATION_ADDED,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause="ATSP 4.4",
            text=f"{caller.name} called; written down by {by.name}.",
            answers=False,
            caller=caller.pk,
        )
        if fresh.closing_proposed_at is not None:
            off(fresh, by=by, at=at, cause=f"{caller.name} called.")
        resume_unless_awaited(fresh, by=by, at=at)
        notices.reseller_wrote(fresh, by=by, at=at, body=said, formatted=True, author=caller.name)
    return fresh


def write_to_contact(
    case: Case,
    deed: Deed,
    *,
    kind: MessageKind,
    verb: Verb,
    by: User,
    at: dt.datetime,
    body: str,
    channel: Channel,
    way: Way = Way.WRITING,
    logged_at: dt.datetime | None = None,
    clause: str = COMMUNICATION_CLAUSE,
    then: Move | None = None,
    tell: bool = True,
    changes: Callable[[Case], dict[str, Any]] | None = None,
    also: Callable[[Case], None] | None = None,
    files: Sequence[Upload] = (),
) -> Case:
    """Write a message of the provider to the contact, with all that it does to the clocks. Returns the case.

    `changes` is what the act changes of the case besides, told in its entry with the data that it returns. `also` is
    further work of the same act with entries of its own, done before the event is published.
    """
    with doing(case, deed, by=by, at=at) as fresh:
        message, mentions = _message(
            fresh, kind, by=by, at=at, body=body, channel=channel, files=files
        )
        effect = communication.effect(way, by.roles, in_writing=fresh.answer_in_writing)
        first = effect.first_response and fresh.responded_at is None
        words = _words(fresh, way, effect)
        missed: list[Deadline] = []
        if effect.restarts_status:
            missed = clocks.missed_since(fresh, at) if logged_at not in (None, at) else []
            _count(fresh, way if effect.first_response else None, at)
            fresh.owner = fresh.owner or by
        more = changes(fresh) if changes is not None else {}
        record(
            fresh,
            verb,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause=effect.clause if effect.first_response else clause,
            text=words,
            first_response=first,
            **more,
        )
        if missed and logged_at is not None:
            _take_back(fresh, missed, by=by, at=at, logged_at=logged_at)
        if fresh.state == State.NEW:
            move(fresh, Move.TAKE_UP, by=by, at=at)
        if then is not None:
            move(fresh, then, by=by, at=at)
        if also is not None:
            also(fresh)
        if effect.restarts_status:
            subscriptions.publish(ContactUpdated(fresh, message, by, at))
        if tell:
            notices.provider_wrote(fresh, message, at=at)  # says what is due next, so it comes late
        tell_mentioned(mentions, fresh, message, by=by, at=at)  # knows who was told already
    return fresh


def move(case: Case, wanted: Move, *, by: User | None, at: dt.datetime, reason: str = "") -> None:
    """Move a case that the caller holds to its next state, and journal it. Raises Refusal when it may not.

    The `reason` stands in the entry of the act that needs it.
    """
    before = State(case.state)
    side = side_of(by) if by is not None else Side.PROVIDER
    after = lifecycle.moved(before, wanted, side=side, reason=reason)
    case.state = after
    record(
        case,
        Verb.CASE_STATE_CHANGED,
        by=by,
        at=at,
        public=True,
        before={"state": before.value},
        after={"state": after.value},
    )


def resume_unless_awaited(case: Case, *, by: User, at: dt.datetime) -> None:
    """Work on a case again that waited for the reseller, unless it awaits information or an answer on its closing.

    The caller holds the case.
    """
    awaited = case.waits_for_information or case.closing_proposed_at is not None
    if case.state == State.WAITING_FOR_RESELLER and not awaited:
        move(case, Move.RESUME, by=by, at=at)


def _count(case: Case, response: Way | None, at: dt.datetime) -> None:
    """Let a technical support engineer's communication keep the objectives (ATSP 4.6, D-10, D-30).

    `response` is its way where it is a first response. One logged later than another, but made before it, is the first.
    """
    clocks.settle_overdue(case, at=at)
    if response is not None and (case.responded_at is None or at < case.responded_at):
        deadlines.meet(case, clocks.FIRST_RESPONSE, at=at)
        deadlines.meet_earlier(case, clocks.FIRST_RESPONSE, at=at)
        case.responded_at, case.responded_how = at, response
    if case.last_communication_at is None or at > case.last_communication_at:
        clocks.restart_status(case, at=at)
        case.last_communication_at = at


def _take_back(
    case: Case, missed: Sequence[Deadline], *, by: User, at: dt.datetime, logged_at: dt.datetime
) -> None:
    """Tell of each miss that what was said at `at`, and logged later, took back (D-23). Two statements at most."""
    still = {one.pk for one in clocks.missed_since(case, at)}
    heard = moment(at, case.site.zone)
    entries = [
        {
            "clause": one.clause,
            "text": f"The {clocks.TITLES[one.kind]} due {moment(one.due_at, case.site.zone)} is not counted as missed: "
            f"the contact heard at {heard}, as was logged later.",
            "kind": one.kind,
            "due_at": one.due_at,
        }
        for one in missed
        if one.pk not in still
    ]
    record_many(
        [(case, one) for one in entries],
        Verb.CASE_MISS_TAKEN_BACK,
        by=by,
        at=at,
        logged_at=logged_at,
        public=True,
    )


def _words(case: Case, way: Way, effect: communication.Effect) -> str:
    """What the entry says besides the message: whether it was the first response, or why not."""
    if case.responded_at is not None and effect.restarts_status:
        return ""
    if effect.first_response:
        return f"First technical response, {communication.FIRST_RESPONSES[way]}."
    return effect.words


def text_or_files(body: str, files: Sequence[Upload]) -> str:
    """The text of a message, which may be empty beside files. Raises Refusal for one that says nothing at all."""
    return body.strip() if files else require_text(body)


def _message(
    case: Case,
    kind: MessageKind,
    *,
    by: User,
    at: dt.datetime,
    body: str,
    channel: Channel,
    files: Sequence[Upload] = (),
) -> tuple[Message, Mentions]:
    mentions = mentions_in(body, case, by=by, kind=kind, at=at)
    case.said = mentions.text
    message = Message.objects.create(
        case=case,
        kind=kind,
        channel=channel,
        by=by,
        author=by.name,
        from_provider=by.is_provider,
        at=at,
        body=mentions.text,
        file_count=len(files),
        formatted=channel in TYPED_HERE,
    )
    attach_all(message, files, by=by, at=at)
    keep(mentions, message)
    return message, mentions
