"""Relief, closure and reopening (ATSP 4.10, Ex.B)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cases.case.actions import doing, require_happened, require_text, side_of
from cases.case.contacts import technical_lines
from cases.case.models import Case
from cases.case.record import record, record_many
from cases.case.rules import lifecycle
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import ClosureFacts, Move
from cases.case.rules.vocabulary import Channel, State
from cases.clocks import setting as clocks
from cases.conversation.actions import move, write_to_contact
from cases.conversation.models import MessageKind
from cases.conversation.notices import reseller_wrote
from cases.conversation.rules import Way
from cases.enhancements.actions import link_case
from cases.enhancements.models import Enhancement
from cases.events import CaseReopened, CasesClosed, ReliefFailed, ReliefGiven
from cases.resolution import notices, proposal
from cases.severity import rules as severity
from cases.verbs import Verb
from contracts.programmes.rules.terms import ClosureReason
from portal import subscriptions
from portal.models import User
from portal.rules.refusal import Refusal

CLOSURE_CLAUSE = "ATSP 4.10"


def give_relief(
    case: Case, *, by: User, at: dt.datetime, body: str, logged_at: dt.datetime | None = None
) -> Case:
    """An engineer gives a solution, Fix or Workaround (ATSP Ex.B): the moment from which relief to closure counts.

    One given on the telephone at `at` may be logged later (D-23). It is a communication with the contact too. Returns
    the case.
    """
    require_happened(case, at, logged_at or at, what="relief")

    def relieve(fresh: Case) -> None:
        fresh.relieved_at = at
        record(
            fresh,
            Verb.CASE_RELIEVED,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause="ATSP Ex.B",
            text="Relief given; the case closes once it satisfies the reseller's environment"
            f"{case.programme.paper.cited['ATSP 4.10']}.",
            after={"relieved_at": at},
        )
        subscriptions.publish(ReliefGiven(fresh, by, at))

    return write_to_contact(
        case,
        Deed.RELIEF,
        kind=MessageKind.RELIEF,
        verb=Verb.CASE_RELIEF_SENT,
        by=by,
        at=at,
        body=require_text(body, what="solution"),
        channel=Channel.WEB,
        logged_at=logged_at,
        clause=CLOSURE_CLAUSE,
        then=Move.GIVE_RELIEF,
        also=relieve,
    )


def fail_relief(case: Case, *, by: User, at: dt.datetime, reason: str) -> Case:
    """The relief did not hold: the case goes back to work (ATSP 4.10). Returns the case."""
    with doing(case, Deed.FAIL, by=by, at=at) as fresh:
        back_to_work(fresh, by=by, at=at, reason=reason, text=reason)
        reseller_wrote(fresh, by=by, at=at, body=reason)
    return fresh


def back_to_work(fresh: Case, *, by: User, at: dt.datetime, reason: str, text: str) -> None:
    """Take the relief of a case back that its caller holds (ATSP 4.10); without one it is worked on as before.

    `text` is the reason for the conversation, "" where another entry of the same act says it.
    """
    if fresh.state != State.RELIEVED:
        if Move.RESUME in lifecycle.allowed_moves(State(fresh.state), side_of(by)):
            move(fresh, Move.RESUME, by=by, at=at)
        return
    move(fresh, Move.FAIL_RELIEF, by=by, at=at, reason=reason)
    relieved_at = fresh.relieved_at
    fresh.relieved_at = None
    fresh.workaround_agreed_at = None
    record(
        fresh,
        Verb.CASE_RELIEF_FAILED,
        by=by,
        at=at,
        public=True,
        clause=CLOSURE_CLAUSE,
        text=text.strip(),
        before={"relieved_at": relieved_at},
    )
    subscriptions.publish(ReliefFailed(fresh, by, at))


def agree_workaround(case: Case, *, by: User, at: dt.datetime) -> Case:
    """A Technical Contact agrees to the workaround given (ATSP 4.10.3). Returns the case."""
    with doing(case, Deed.AGREE, by=by, at=at) as fresh:
        fresh.workaround_agreed_at = at
        record(
            fresh,
            Verb.CASE_WORKAROUND_AGREED,
            by=by,
            at=at,
            public=True,
            clause="ATSP 4.10.3",
            text="The reseller agreed to the workaround.",
        )
    return fresh


def closure_facts(case: Case, *, agreed: bool = False) -> ClosureFacts:
    """What decides whether the case may close; `agreed` where the contact agrees to it by that."""
    return ClosureFacts(
        state=State(case.state),
        relief_given=case.relieved_at is not None,
        reseller_agreed=agreed or case.workaround_agreed_at is not None,
        against_original=case.duplicate_of_id is not None,
    )


def closure_choices(case: Case) -> tuple[ClosureReason, ...]:
    """The reasons for which the case may close once the contact agrees to it, in the agreement's order."""
    return lifecycle.closure_choices(case.programme, closure_facts(case, agreed=True))


def close(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    reason: str,
    agreed_by: str = "",
    said: str = "",
    logged_at: dt.datetime | None = None,
    enhancement: Enhancement | None = None,
) -> Case:
    """An engineer closes the case for exactly one reason of 4.10, with the contact's agreement (D-27).

    `agreed_by`, a contact of the roster by name (ATSP 5.2.2), agreed to it in a call at `at`, which is logged with what
    was `said` and closes the case at its time; a Workaround that the contact agreed to on the portal needs no call
    (ATSP 4.10.3). Nothing of the case goes on. `logged_at` is now. `enhancement` is the request that it became, to
    which it is linked in the same act (ATSP 4.10.7). Returns the case. Raises Refusal without the contact's agreement,
    for one of somebody else, for a call that cannot have been, and for a reason that does not hold.
    """
    if not agreed_by.strip():
        with doing(case, Deed.CLOSE, by=by, at=at) as fresh:
            chosen = lifecycle.closure(fresh.programme, reason, closure_facts(fresh))
            if not chosen.by_agreement:  # one that is by agreement is agreed to, or does not hold
                raise _not_agreed(fresh)
            _shut(fresh, chosen, by=by, at=at, enhancement=enhancement)
        return fresh
    require_possible(case, at, logged_at or at)

    def shut(fresh: Case) -> None:
        require_contact(fresh, agreed_by.strip(), at)
        chosen = lifecycle.closure(fresh.programme, reason, closure_facts(fresh, agreed=True))
        words = f"{agreed_by.strip()} agreed in a call."
        agreed(fresh, chosen, by=by, at=at, logged_at=logged_at, text=words)
        _shut(fresh, chosen, by=by, at=at, logged_at=logged_at, enhancement=enhancement)

    return write_to_contact(
        case,
        Deed.CLOSE,
        kind=MessageKind.CALL,
        verb=Verb.CASE_CALL_LOGGED,
        by=by,
        at=at,
        body=said.strip() or f"{agreed_by.strip()} agreed that the case closes.",
        channel=Channel.TELEPHONE,
        way=Way.CALL,
        logged_at=logged_at,
        tell=False,
        also=shut,
    )


def agreed(
    fresh: Case,
    reason: ClosureReason,
    *,
    by: User,
    at: dt.datetime,
    text: str,
    logged_at: dt.datetime | None = None,
) -> None:
    """Record that the contact agreed to close a case for the reason, and so to a Workaround (ATSP 4.10.3)."""
    if reason.by_agreement and fresh.workaround_agreed_at is None:
        fresh.workaround_agreed_at = at
    record(
        fresh,
        Verb.CASE_CLOSING_AGREED,
        by=by,
        at=at,
        logged_at=logged_at,
        public=True,
        clause=proposal.CLAUSE,
        text=text,
        after={"reason": reason.code},
    )


def _not_agreed(case: Case) -> Refusal:
    return Refusal(
        "Closing needs the contact, who has not agreed to it.",
        clause=case.programme.paper.cite(proposal.CLAUSE),
        way_out="Propose it to the contact, or say who agreed to it in a call, and when.",
        field="agreed_by",
    )


def require_contact(case: Case, name: str, at: dt.datetime) -> None:
    """Raise Refusal for who does not speak for the case at an instant: the contact, and the roster, do (ATSP 5.2.2)."""
    left_at = case.contact.left_at
    if name == case.contact.name and (left_at is None or at < left_at):
        return
    if technical_lines(case, at).filter(contact__name=name).exists():
        return
    paper = case.programme.paper
    raise Refusal(
        f"{name} is not a {paper.technical} of {case.reseller.name.rstrip('.')}.",
        clause=paper.cite("ATSP 5.2.2"),
        way_out=f"Name the {paper.technical} of the roster who agreed in the call.",
        field="agreed_by",
    )


def require_possible(case: Case, at: dt.datetime, logged_at: dt.datetime) -> None:
    """Raise Refusal for a call in the future, or before what it is about (D-23)."""
    require_happened(case, at, logged_at, what="call")
    if case.relieved_at is not None and at < case.relieved_at:
        raise Refusal(
            "The time of the call is before the relief was given.",
            clause="D-23",
            way_out="Give the time at which the contact agreed.",
            field="at",
        )


def _shut(
    fresh: Case,
    reason: ClosureReason,
    *,
    by: User,
    at: dt.datetime,
    enhancement: Enhancement | None,
    logged_at: dt.datetime | None = None,
) -> None:
    if enhancement is not None:
        link_case(enhancement, fresh, by=by, at=at)
    clocks.settle_overdue(fresh, at=at)
    apply_closure([(fresh, reason)], by=by, at=at, logged_at=logged_at)


def apply_closure(
    closing: Sequence[tuple[Case, ClosureReason]],
    *,
    by: User | None,
    at: dt.datetime,
    why: str = "",
    logged_at: dt.datetime | None = None,
) -> None:
    """Close cases that the caller holds; `by` is None when a clock closes them (ATSP 4.10.8, D-27).

    `why` is told with the reason, as a sentence. The caller writes the cases. The number of statements does not grow
    with them.
    """
    entries: list[tuple[Case, dict[str, Any]]] = []
    by_clause: dict[str, list[Case]] = defaultdict(list)
    for case, reason in closing:
        details = {
            "clause": reason.clause,
            "text": f"Closed: {case.closes_as(reason)}. {why}".strip(),
            "before": {"state": case.state},
            "after": {"state": State.CLOSED, "reason": reason.code},
        }
        entries.append((case, details))
        by_clause[reason.clause].append(case)
        case.state = State.CLOSED
        case.closed_at = at
        case.closure_reason = reason.code
        case.awaits_call_for = None
        case.information_asked_at = None
        case.information_received_at = None
        proposal.clear(case)
    record_many(entries, Verb.CASE_CLOSED, by=by, at=at, logged_at=logged_at, public=True)
    for clause, cases in by_clause.items():
        clocks.stop_all(cases, at=at, cause=f"the case was closed ({clause})")
    notices.closed(closing, by=by, at=at)
    subscriptions.publish(CasesClosed([case for case, _ in closing], by, at))


def reopen(case: Case, *, by: User, at: dt.datetime, reason: str) -> Case:
    """Reopen a closed case for the same Problem, with a reason; it is not charged again (ATSP 1.3). Returns the case.

    The objectives start anew: the status clock from now, and the first response where none was made before the case
    closed (ATSP 4.6); made once, it is not owed again. A severity 1 awaits the
    call anew (ATSP 4.5). It asks for assistance,
    so a contact who is new on the roster is refused until the waiting time is over (ATSP 5.2.1).
    """
    with doing(case, Deed.REOPEN, by=by, at=at) as fresh:
        before: dict[str, Any] = {
            "closed_at": fresh.closed_at,
            "reason": fresh.closure_reason,
            "duplicate_of": fresh.duplicate_of_id,
        }
        move(fresh, Move.REOPEN, by=by, at=at, reason=reason)
        fresh.closed_at = None
        fresh.closure_reason = ""
        fresh.duplicate_of = fresh.merged_at = None
        fresh.relieved_at = None
        fresh.workaround_agreed_at = None
        words = reason.strip()
        change = severity.on_reopening(fresh.programme, fresh.standing)
        if change is not None:
            before |= {"severity": fresh.severity}
            fresh.standing, fresh.severity_since = change.standing, at
            words = f"{words}\n{change.words}"
        record(
            fresh,
            Verb.CASE_REOPENED,
            by=by,
            at=at,
            public=True,
            clause="ATSP 1.3",
            text=words,
            before=before,
            after={"severity": fresh.severity},
        )
        clocks.begin_again(fresh, at=at)
        reseller_wrote(fresh, by=by, at=at, body=reason)
        subscriptions.publish(CaseReopened(fresh, by, at))
    return fresh
