"""Notice of a breach or another cause, its cure, and termination by it (SCL 10.1, 10.2, 18)."""

import datetime as dt
from typing import Any

from django.db import transaction

from contracts.agreements.actions.life import end_for_cause
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.ending import breach_notices
from contracts.ending.models import BreachNotice
from contracts.ending.rules import breach as rules
from contracts.parties.people import require_serving
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

CURE_OVER = "agreement.cure_over"
_RUNNING = (AgreementState.SIGNED, AgreementState.IN_FORCE)


@transaction.atomic
def give_breach_notice(
    agreement: Agreement,
    *,
    by_side: str,
    text: str,
    delivery: str,
    sent_on: dt.date,
    ground: str = "",
    curable: bool = True,
    by: User,
    at: dt.datetime,
) -> BreachNotice:
    """Record written notice of a breach by the other party, or of another cause that ends the agreement.

    `by_side` is the party that gave it; `ground` a further cause of that party (SCL 10.2), "" for a breach. It counts
    as received as SCL 18 says. Both sides are told; the last day to cure is a deadline (SCL 10.1). Raises Refusal for
    a party, a cause or a delivery that the paper does not know, a day to come, and a notice without words.
    """
    ending = rules.ending_of(agreement.programme)
    _require(by, agreement, "record notice of a breach", ending.clause)
    if by_side not in Side.values:
        raise Refusal(
            "Say which party gave the notice.",
            clause=ending.clause,
            way_out=f"Choose one: {agreement.provider.name}, or {agreement.reseller.name}",
            field="by_side",
        )
    cause = rules.ground_of(ending, ground, by_side)
    clause = cause.clause if cause else ending.clause
    way = rules.delivery_of(agreement.programme, delivery)
    if not text.strip():
        raise Refusal(
            "The notice says nothing.",
            clause=clause,
            way_out="Write which obligation was not kept, as the notice has it.",
            field="text",
        )
    if sent_on > agreement.date_at(at):
        raise Refusal(
            f"The notice cannot have gone on {day_words(sent_on)}: that day is in the future.",
            clause=way.clause,
            way_out="Record it on its day.",
            field="sent_on",
        )
    received = rules.received_on(way, sent_on)
    cures = cause is None and curable
    notice = BreachNotice.objects.create(
        agreement=agreement,
        by_side=by_side,
        ground=ground,
        text=text.strip(),
        delivery=delivery,
        sent_on=sent_on,
        received_on=received,
        cure_until=rules.last_day_to_cure(ending, received) if cures else None,
        recorded_at=at,
        recorded_by=by,
    )
    _await_cure(notice, at=at)
    _record(notice, Verb.AGREEMENT_BREACH_NOTIFIED, notice.words, by=by, at=at)
    breach_notices.given(notice, at=at)
    return notice


@transaction.atomic
def extend_cure(
    notice: BreachNotice, *, until: dt.date | None, reason: str, by: User, at: dt.datetime
) -> BreachNotice:
    """Give a longer time to cure, as the party that gave notice authorized it in writing (SCL 10.1). Raises Refusal."""
    notice = _fresh(notice, by, "extend the time to cure")
    notice.cure_until = rules.require_longer(notice.facts, until)
    _require_words(reason, notice.clause, "Name the paper that authorizes it.")
    notice.save(update_fields=["cure_until"])
    deadlines.cancel(
        notice.agreement, at=at, cause=reason, kinds=[CURE_OVER], steps=[str(notice.pk)]
    )
    _await_cure(notice, at=at)
    said = f"Can be cured through {day_words(notice.cure_until)}. {reason.strip()}"
    _record(notice, Verb.AGREEMENT_CURE_EXTENDED, said, by=by, at=at)
    return notice


@transaction.atomic
def record_cure(
    notice: BreachNotice, *, on: dt.date, how: str, by: User, at: dt.datetime
) -> BreachNotice:
    """Record that a breach was cured: the agreement goes on (SCL 10.1). Raises Refusal when it was not in time."""
    notice = _fresh(notice, by, "record a cure")
    if notice.cure_until is None or notice.cured_on is not None:
        raise Refusal(
            "There is nothing to cure under this notice.",
            clause=notice.clause,
            way_out="Look at how it stands.",
        )
    if not notice.sent_on <= on <= min(notice.agreement.date_at(at), notice.cure_until):
        raise Refusal(
            f"It cannot have been cured in time on {day_words(on)}.",
            clause=notice.clause,
            way_out=f"Name the day, up to today and to {day_words(notice.cure_until)}; or extend the time first.",
            field="on",
        )
    _require_words(how, notice.clause, "Say how it was cured.")
    notice.cured_on, notice.cured_how = on, how.strip()
    notice.save(update_fields=["cured_on", "cured_how"])
    deadlines.cancel(
        notice.agreement, at=at, cause="Cured", kinds=[CURE_OVER], steps=[str(notice.pk)]
    )
    said = f"Cured on {day_words(on)}. {notice.cured_how}"
    _record(notice, Verb.AGREEMENT_BREACH_CURED, said, by=by, at=at)
    return notice


@transaction.atomic
def terminate_by_notice(
    notice: BreachNotice, *, on: dt.date, by: User, at: dt.datetime
) -> Agreement:
    """End the agreement by a breach that was not cured in time, or by another cause (SCL 10.1, 10.2).

    `on` is the first day without it. Raises Refusal while the breach can be cured, once it was, and for an agreement
    that does not run.
    """
    notice = _fresh(notice, by, "terminate an agreement")
    rules.require_terminable(notice.facts, on)
    deadlines.cancel(notice.agreement, at=at, cause="Terminated", kinds=[CURE_OVER])
    return end_for_cause(
        notice.agreement, on=on, reason=notice.words, clause=notice.clause, by=by, at=at
    )


def _require(by: User, agreement: Agreement, act: str, clause: str) -> None:
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act=act, clause=clause)
    require_serving(by, agreement.provider_id, act)
    locks.lock(agreement)
    agreement.refresh_from_db(fields=["state"])
    if agreement.state not in _RUNNING:
        raise Refusal(
            f"{agreement.reference} is {agreement.get_state_display()}: there is nothing to terminate.",
            clause=clause,
            way_out="Look at how it ended.",
        )


def _fresh(notice: BreachNotice, by: User, act: str) -> BreachNotice:
    """The notice as it stands, with its agreement's lock held; for somebody who may act on it."""
    _require(by, notice.agreement, act, notice.clause)
    return BreachNotice.objects.select_related("agreement__reseller", "agreement__provider").get(
        pk=notice.pk
    )


def _require_words(said: str, clause: str, way_out: str) -> None:
    if not said.strip():
        raise Refusal("The reason is missing.", clause=clause, way_out=way_out, field="reason")


def _await_cure(notice: BreachNotice, *, at: dt.datetime) -> None:
    """Set the end of the time to cure: the first instant after its last day, in the agreement's zone."""
    if notice.cure_until is None:
        return
    after = notice.cure_until + dt.timedelta(days=1)
    deadlines.set_deadline(
        notice.agreement,
        CURE_OVER,
        step=str(notice.pk),
        due_at=from_wall_clock(dt.datetime.combine(after, dt.time()), notice.agreement.zone),
        clause=notice.clause,
        words=f"Received on {day_words(notice.received_on)}, to be cured through {day_words(notice.cure_until)}.",
        data={"notice": notice.pk},
        at=at,
    )


def _record(
    notice: BreachNotice, verb: Verb, text: str, *, by: User, at: dt.datetime, **data: Any
) -> None:
    journal.record(
        notice.agreement, verb, by=by, at=at, clause=notice.clause, public=True, text=text, **data
    )
