"""The life of a signed agreement: in force on its day, ended with its cause (ATSP page 1, 2; 9.4)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from contracts.agreements import notices
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.agreements.permissions import require_administrator_or_portal
from contracts.agreements.rules import life
from contracts.agreements.rules.agreement_file import State
from contracts.agreements.rules.life import Cause
from contracts.prepaid.actions.ledger import balances
from contracts.renewal.actions.next_year import carry_over
from contracts.renewal.actions.planning import call_off
from contracts.roster.actions import duty
from contracts.roster.reading import form_now
from contracts.services.actions.years import ENDED_WITH_THE_YEAR, begin_services
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.deadlines import Setting
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

IN_FORCE = "agreement.in_force"
EXPIRES = "agreement.expires"
KINDS = (IN_FORCE, EXPIRES)
_CALLED_OFF = (*KINDS, *ENDED_WITH_THE_YEAR, *duty.OWED_WITH_THE_ROSTER)


@transaction.atomic
def take_force(agreement: Agreement, *, by: User | None, at: dt.datetime) -> Agreement:
    """Put a signed agreement in force, on its Effective Date or later (ATSP page 1, 2.a); once is enough.

    Raises Refusal before that day, and for a draft or an ended one.
    """
    locks.lock(agreement)
    agreement = fresh(agreement)
    if agreement.state == AgreementState.IN_FORCE:
        return agreement
    life.require_move(State(agreement.state), State.IN_FORCE, contract=agreement.contract_number)
    if at < agreement.starts_at:
        raise Refusal(
            f"{day_words(agreement.date_at(at))} is before the Effective Date, "
            f"{day_words(agreement.effective_on)}.",
            clause=agreement.programme.term_clause,
            way_out="It comes in force by itself on that day.",
        )
    deadlines.cancel(agreement, at=at, cause="It is in force.", kinds=[IN_FORCE])
    take_force_many([agreement], by=by, at=at)
    return agreement


def take_force_many(
    agreements: Sequence[Agreement], *, by: User | None, at: dt.datetime, late: bool = False
) -> None:
    """Put signed agreements in force, with their locks held, in a number of statements that does not grow."""
    for agreement in agreements:
        agreement.state = AgreementState.IN_FORCE
    Agreement.objects.filter(pk__in=[one.pk for one in agreements]).update(
        state=AgreementState.IN_FORCE
    )
    journal.record_many(
        journal.entry(
            agreement,
            Verb.AGREEMENT_IN_FORCE,
            by=by,
            at=at,
            clause=agreement.programme.term_clause,
            public=True,
            text=f"From {day_words(agreement.effective_on)} to {day_words(agreement.ends_on)}",
        )
        for agreement in agreements
    )
    for agreement in agreements:
        carry_over(agreement, by=by, at=at)  # before services and notices, which read the roster
        if agreement.renews_id is not None:
            duty.settle(agreement, form_now(agreement), at=at)
    begin_services(agreements, by=by, at=at)
    notices.in_force(agreements, at=at, late=late)


def end_agreement(
    agreement: Agreement,
    *,
    cause: EndCause,
    on: dt.date,
    reason: str = "",
    clause: str = "",
    by: User | None,
    at: dt.datetime,
) -> Agreement:
    """End an agreement: `on`, a date in its zone, is the first day without it. An ended one stays as it ended.

    The clause is the cause's (ATSP page 1, 2.a; 9.4) unless another is given. What is still to come of its life is
    called off, and everybody concerned is told. Raises Refusal for a draft, a day outside its year or to come, cases
    spent while some are left, and a termination: that asks for its cause first (`terminate_agreement`, and
    `terminate_by_notice` of an agreement that ends by notice; ATSP 9.4, SCL 10.1).
    """
    if cause == EndCause.TERMINATED:
        raise _cause_comes_first(agreement)
    return _end(agreement, cause=cause, on=on, reason=reason, clause=clause, by=by, at=at)


def _cause_comes_first(agreement: Agreement) -> Refusal:
    """The refusal of a termination whose cause nobody asked for, with where it is done."""
    by_notice = not agreement.programme.needs_reseller_agreement
    return Refusal(
        f"{agreement.reference} is terminated by written notice of a breach that is not cured."
        if by_notice
        else f"{agreement.reference} is terminated only with its reseller agreement, and what is owed back is settled.",
        clause=life.clause_of_end(Cause.TERMINATED, agreement.programme),
        way_out="Record the notice on its Renewal page; terminate by it when the time to cure is over."
        if by_notice
        else "Record on its Renewal page that the reseller agreement was terminated for cause; then terminate it.",
        field="cause",
    )


def end_for_cause(
    agreement: Agreement,
    *,
    on: dt.date,
    reason: str,
    clause: str = "",
    by: User | None,
    at: dt.datetime,
) -> Agreement:
    """Terminate an agreement, for the acts that have asked for its cause; otherwise as `end_agreement`.

    The cause is a reseller agreement terminated for cause (ATSP 9.4), or a notice of a breach (SCL 10.1, 10.2).
    """
    cause = EndCause.TERMINATED
    return _end(agreement, cause=cause, on=on, reason=reason, clause=clause, by=by, at=at)


@transaction.atomic
def _end(
    agreement: Agreement,
    *,
    cause: EndCause,
    on: dt.date,
    reason: str,
    clause: str,
    by: User | None,
    at: dt.datetime,
) -> Agreement:
    require_administrator_or_portal(by, agreement, "end an agreement")
    locks.lock(agreement)
    agreement = fresh(agreement)
    if agreement.state == AgreementState.ENDED:
        return agreement
    life.require_move(State(agreement.state), State.ENDED, contract=agreement.contract_number)
    why = Cause(cause)
    programme = agreement.programme
    clause = clause or life.clause_of_end(why, programme)
    life.require_day_of_end(
        why,
        on,
        effective_on=agreement.effective_on,
        ends_on=agreement.ends_on,
        today=agreement.date_at(at),
        programme=programme,
    )
    life.require_reason(why, reason, clause)
    if cause == EndCause.CASES_SPENT:
        life.require_counted(why, programme)
        pools = balances(agreement)
        life.require_spent(
            why,
            sum(one.left for one in pools),
            sum(one.reserved for one in pools),
            clause,
            extension_awaits=agreement.extensions.awaiting().exists(),
        )
    agreement.ended_on = on
    end_many([agreement], cause=cause, reason=reason.strip(), clause=clause, by=by, at=at)
    return agreement


def end_many(
    agreements: Sequence[Agreement],
    *,
    cause: EndCause,
    reason: str = "",
    clause: str = "",
    by: User | None,
    at: dt.datetime,
    late: bool = False,
) -> None:
    """End agreements, each on its `ended_on`, with their locks held, in a number of statements that does not grow."""
    clauses = {
        one.pk: clause or life.clause_of_end(Cause(cause), one.programme) for one in agreements
    }
    for agreement in agreements:
        agreement.state, agreement.end_cause = AgreementState.ENDED, cause
        agreement.end_reason = reason
    Agreement.objects.bulk_update(agreements, ["state", "ended_on", "end_cause", "end_reason"])
    deadlines.cancel_many(
        agreements, at=at, cause=f"The agreement ended: {cause.label}.", kinds=_CALLED_OFF
    )
    journal.record_many(
        journal.entry(
            agreement,
            Verb.AGREEMENT_ENDED,
            by=by,
            at=at,
            clause=clauses[agreement.pk],
            public=True,
            text=_end_words(agreement),
            cause=cause.value,
            ended_on=agreement.ended_on,
        )
        for agreement in agreements
    )
    notices.ended(agreements, clauses, at=at, late=late)
    if cause == EndCause.TERMINATED:  # an expired one may still be renewed, late
        for agreement in agreements:
            call_off(agreement, "The agreement was terminated.", by=by, at=at)


def await_its_days(agreement: Agreement, *, at: dt.datetime) -> None:
    """Set the deadlines of a signed agreement's life: in force on its day, over at the end of its year."""
    clause = agreement.programme.term_clause
    first, last = day_words(agreement.effective_on), day_words(agreement.ends_on)
    runs = "One year from" if agreement.programme.term else "Support without cost from"
    settings = [
        Setting(
            agreement,
            EXPIRES,
            agreement.expires_at,
            clause,
            words=f"{runs} {first}: to the end of {last}, {agreement.zone}.",
        )
    ]
    if agreement.state == AgreementState.SIGNED:
        settings.append(
            Setting(
                agreement,
                IN_FORCE,
                agreement.starts_at,
                clause,
                words=f"The Effective Date, {first}, begins in {agreement.zone}.",
            )
        )
    deadlines.set_deadlines(settings, at=at)


def fresh(agreement: Agreement) -> Agreement:
    """The agreement as it stands, now that its lock is held."""
    return Agreement.objects.select_related("reseller", "provider").get(pk=agreement.pk)


def _end_words(agreement: Agreement) -> str:
    said = f"{agreement.end_words}; without agreement from {day_words(agreement.ended_on or agreement.anniversary)}"
    return f"{said}. {agreement.end_reason}" if agreement.end_reason else said
