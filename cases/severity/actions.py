"""Changing a case's severity (ATSP 4.3, 4.5, 4.9; D-9, D-11)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cases.calls.models import RefusedCall, Why
from cases.case.actions import doing, require_happened, require_text, side_of
from cases.case.contacts import refusal_of_caller
from cases.case.models import Case
from cases.case.record import record, record_many
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Channel
from cases.clocks import setting as clocks
from cases.events import SeveritiesChanged
from cases.severity import notices
from cases.severity import rules as severity
from cases.severity.rules import DowngradeGround, SeverityChange
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from portal import subscriptions
from portal.models import User


def confirm_call(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    to: int = 1,
    caller: Contact | None = None,
    logged_at: dt.datetime | None = None,
) -> Case:
    """Take the telephone call at `at` that reports the case as severity 1 (ATSP 4.5, 5.2.2, D-9, D-24).

    `caller` is the Technical Contact who was on the telephone, whichever side called: the case's own unless another is
    named. Its severity-1 clocks start at the call, whenever it is logged (D-23). Returns the case. Raises Refusal when
    it is severity 1 already or closed, for a call in the future or before the report, and for a caller who is not on
    the roster or still waits: `refuse_caller` records their call.
    """
    require_happened(case, at, logged_at or at, what="call")
    with doing(case, Deed.CONFIRM_CALL, by=by, at=at) as fresh:
        caller = caller or fresh.contact
        refusal = refusal_of_caller(fresh, caller, at)
        if refusal is not None:
            raise refusal
        change = severity.on_call(fresh.programme, fresh.standing, to)
        apply(
            [(fresh, change)],
            by=by,
            at=at,
            logged_at=logged_at,
            verb=Verb.CASE_CALL_CONFIRMED,
            words=f"{change.words} On the telephone: {caller.name}.",
        )
        notices.severity_changed([(fresh, change)], by=by, at=at)
    return fresh


def refuse_caller(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    caller: str,
    reason: str,
    logged_at: dt.datetime | None = None,
) -> Case:
    """Record that somebody called about the case at `at` who may not report it, and why (ATSP 4.5, 5.2.2).

    Nothing of the case changes. Both sides see the call on the case; its engineer and the Administrative Contact are
    told. Returns the case. Raises Refusal for a closed case, a call in the future or before the report, and when the
    name or the reason is missing.
    """
    require_happened(case, at, logged_at or at, what="call")
    name = require_text(caller, field="caller", what="name of the caller")
    reason = require_text(reason, field="reason", what="reason")
    with doing(case, Deed.REFUSE_CALLER, by=by, at=at) as fresh:
        record(
            fresh,
            Verb.CASE_CALLER_REFUSED,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause="ATSP 5.2.2",
            text=f"{name} called and was refused: {reason}",
            after={"caller": name},
        )
        RefusedCall.objects.create(
            provider_id=fresh.provider_id,
            organisation_id=fresh.reseller_id,
            agreement_id=fresh.agreement_id,
            case=fresh,
            caller=name,
            company=fresh.reseller.name,
            why=Why.ON_A_CASE,
            reason=reason,
            clause="ATSP 5.2.2",
            called_at=at,
            logged_at=logged_at or at,
            by=by,
        )
        notices.caller_refused(fresh, name, reason, by=by, at=at)
    return fresh


def confirm_severity(case: Case, *, by: User, at: dt.datetime) -> Case:
    """The provider confirms the severity in force (ATSP 4.3). Returns the case."""
    with doing(case, Deed.CONFIRM_SEVERITY, by=by, at=at) as fresh:
        change = severity.confirm(fresh.programme, fresh.standing)
        apply([(fresh, change)], by=by, at=at, verb=Verb.CASE_SEVERITY_CONFIRMED)
    return fresh


def propose_severity(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    to: int,
    reason: str,
    channel: Channel = Channel.WEB,
) -> Case:
    """Either side proposes another severity, which waits for the other's answer (ATSP 4.3). Returns the case.

    A reseller's proposal of severity 1 other than by telephone awaits the call (D-9).
    """
    side = side_of(by)
    with doing(case, Deed.PROPOSE, by=by, at=at) as fresh:
        change = severity.propose(
            fresh.programme, fresh.standing, to, side=side, reason=reason, channel=channel
        )
        apply([(fresh, change)], by=by, at=at, verb=Verb.CASE_SEVERITY_PROPOSED)
        notices.severity_proposed(fresh, change, by=by, at=at)
    return fresh


def answer_severity(case: Case, *, by: User, at: dt.datetime, agree: bool) -> Case:
    """The other side agrees to a proposed severity, or declines it (ATSP 4.3). Returns the case."""
    side = side_of(by)
    with doing(case, Deed.ANSWER, by=by, at=at) as fresh:
        change = severity.answer(fresh.programme, fresh.standing, side=side, agree=agree)
        apply([(fresh, change)], by=by, at=at, verb=Verb.CASE_SEVERITY_ANSWERED)
        notices.severity_answered(fresh, change, by=by, at=at)
    return fresh


def withdraw_severity(case: Case, *, by: User, at: dt.datetime) -> Case:
    """A side takes back the severity that it proposed, or that awaited its call (ATSP 4.3, 4.5). Returns the case."""
    with doing(case, Deed.WITHDRAW, by=by, at=at) as fresh:
        change = severity.withdraw(fresh.standing, side=side_of(by))
        apply([(fresh, change)], by=by, at=at, verb=Verb.CASE_SEVERITY_WITHDRAWN)
        notices.severity_answered(fresh, change, by=by, at=at)
    return fresh


def downgrade(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    to: int,
    ground: DowngradeGround,
    reason: str,
) -> Case:
    """The provider alone lowers the severity, with its ground and reason (ATSP 4.9). Returns the case."""
    side = side_of(by)
    with doing(case, Deed.DOWNGRADE, by=by, at=at) as fresh:
        change = severity.downgrade(
            fresh.programme,
            fresh.standing,
            to,
            side=side,
            ground=ground,
            reason=require_text(reason, field="reason", what="reason"),
        )
        apply([(fresh, change)], by=by, at=at, verb=Verb.CASE_DOWNGRADED)
        notices.severity_changed([(fresh, change)], by=by, at=at)
    return fresh


def apply(
    changes: Sequence[tuple[Case, SeverityChange]],
    *,
    by: User | None,
    at: dt.datetime,
    verb: Verb,
    words: str = "",
    logged_at: dt.datetime | None = None,
) -> None:
    """Put changes of standing on cases that the caller holds: journal, clocks, and the event for those that changed.

    The caller writes the cases. The number of statements does not grow with them; a person changes one case at a time.
    """
    entries: list[tuple[Case, dict[str, Any]]] = []
    changed: list[tuple[Case, int]] = []
    for case, change in changes:
        before = case.severity
        if by is not None and change.standing.level != before:
            clocks.settle_overdue(case, at=at)
        case.standing = change.standing
        said = words or change.words
        if case.severity != before:
            case.severity_since = at
            changed.append((case, before))
        if change.raised and (ended_updates := clocks.end_rarer_updates(case, at=at)):
            said = f"{said} {ended_updates}"
        details = {
            "clause": change.clause,
            "text": said,
            "before": {"severity": before},
            "after": {"severity": case.severity},
        }
        entries.append((case, details))
    record_many(entries, verb, by=by, at=at, logged_at=logged_at, public=True)
    if changed:
        ended = clocks.change_severities(changed, at=at)
        record_many(
            [(case, {"clause": "ATSP 4.9.1"}) for case in ended],
            Verb.CASE_INFORMATION_UNTIMED,
            by=None,
            at=at,
            public=True,
            text="What is missing is still asked for, but its clock has ended: too little of the new severity's time "
            "was left to tell the contact of it (D-20).",
        )
        subscriptions.publish(SeveritiesChanged(changed, by, at))
