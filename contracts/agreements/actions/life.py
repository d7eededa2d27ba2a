"""The life of an agreement: signed, in force on its day, ended with its cause (ATSP page 1, 2; 9.4)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from contracts.agreements import notices
from contracts.agreements.actions.papers import issue_page_1
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.agreements.models.signing import PAGE_1, Side, Signature
from contracts.agreements.rules import life
from contracts.agreements.rules.agreement_file import Signatory, State
from contracts.agreements.rules.life import Cause
from contracts.billing.actions.charges import charge_year
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.parties.people import require_serving
from contracts.prepaid.actions.ledger import balances, open_accounts
from contracts.renewal.actions.next_year import carry_over
from contracts.renewal.actions.planning import call_off, plan_renewal
from contracts.roster.actions import duty
from contracts.roster.reading import form_now
from contracts.services.actions.years import ENDED_WITH_THE_YEAR, begin_services
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.access import require_role
from portal.deadlines import Setting
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

IN_FORCE = "agreement.in_force"
EXPIRES = "agreement.expires"
KINDS = (IN_FORCE, EXPIRES)
_CALLED_OFF = (*KINDS, *ENDED_WITH_THE_YEAR, *duty.OWED_WITH_THE_ROSTER)
_OVERLAP = "agreement_years_do_not_overlap"


@transaction.atomic
def sign_agreement(
    agreement: Agreement, *, by: User | None, at: dt.datetime, signed_on: dt.date | None = None
) -> Agreement:
    """Sign a draft: its year is charged, its cases are granted, and it comes in force on its Effective Date.

    Its signatories are the draft's; `signed_on` is the day of those who have none yet. On and after the Effective
    Date it is in force at once. Asked again it changes nothing. Raises Refusal for a side without a signatory, a
    signatory without a day, a day to come, and a year that overlaps another one of the same parties (ATSP page 1, 2).
    """
    _administrator(by, agreement, "sign an agreement")
    locks.lock(agreement)
    agreement = _fresh(agreement)
    if agreement.state != AgreementState.DRAFT:
        return agreement
    clause = _paper_clause(agreement)
    _put_days(agreement, signed_on, at, clause)
    require_free_year(agreement)
    agreement.state = AgreementState.SIGNED
    _take_names(agreement)
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:  # somebody signed the other one at this very moment
        if _OVERLAP not in str(error):
            raise
        require_free_year(agreement)
        raise
    journal.record(
        agreement,
        Verb.AGREEMENT_SIGNED,
        by=by,
        at=at,
        clause=clause,
        public=True,
        text=", ".join(str(signature) for signature in agreement.signatures.all()),
        effective_on=agreement.effective_on,
        ends_on=agreement.ends_on,
    )
    charge_year(agreement, by=by, at=at)
    open_accounts(agreement, by=by, at=at)
    await_its_days(agreement, at=at)
    duty.begin(agreement, at=at)
    plan_renewal(agreement, at=at)
    issue_page_1(agreement, by=by, at=at)
    if at >= agreement.starts_at:
        agreement = take_force(agreement, by=by, at=at)
    return agreement


@transaction.atomic
def record_signatures(
    agreement: Agreement,
    signatories: Mapping[Side, Signatory | None],
    *,
    by: User,
    at: dt.datetime,
) -> Agreement:
    """Put down who signed a draft and when, and sign it (`sign_agreement`): whole, or not at all."""
    _administrator(by, agreement, "sign an agreement")
    locks.lock(agreement)
    if _fresh(agreement).state == AgreementState.DRAFT:
        for side, signatory in signatories.items():
            name_signatory(agreement, side, signatory)
    return sign_agreement(agreement, by=by, at=at)


@transaction.atomic
def take_force(agreement: Agreement, *, by: User | None, at: dt.datetime) -> Agreement:
    """Put a signed agreement in force, on its Effective Date or later (ATSP page 1, 2.a); once is enough.

    Raises Refusal before that day, and for a draft or an ended one.
    """
    locks.lock(agreement)
    agreement = _fresh(agreement)
    if agreement.state == AgreementState.IN_FORCE:
        return agreement
    life.require_move(State(agreement.state), State.IN_FORCE, contract=agreement.contract_number)
    if at < agreement.starts_at:
        raise Refusal(
            f"{day_words(agreement.date_at(at))} is before the Effective Date, "
            f"{day_words(agreement.effective_on)}.",
            clause=_term_clause(agreement),
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
            clause=_term_clause(agreement),
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
    _administrator(by, agreement, "end an agreement")
    locks.lock(agreement)
    agreement = _fresh(agreement)
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
    clause = _term_clause(agreement)
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


def require_free_year(agreement: Agreement) -> None:
    """Raise Refusal when the agreement's year overlaps a signed one of the same parties and kind of support."""
    other = agreement.overlapping().order_by("effective_on").first()
    if other is None:
        return
    raise Refusal(
        f"The year from {day_words(agreement.effective_on)} to {day_words(agreement.ends_on)} overlaps "
        f"contract {other.contract_number}, {day_words(other.effective_on)} to {day_words(other.last_day)}.",
        clause=_term_clause(agreement),
        way_out=f"Let it begin on {day_words(other.last_day + dt.timedelta(days=1))} or later, "
        "or end the other one first.",
        field="effective_on",
    )


def name_signatory(agreement: Agreement, side: Side, signatory: Signatory | None) -> None:
    """Put down who signs a draft's page 1 for a side, in the caller's transaction; None takes them off."""
    agreement.signatures.filter(side=side, place=PAGE_1).delete()
    if signatory is not None and signatory.name:
        Signature.objects.create(
            agreement=agreement,
            side=side,
            place=PAGE_1,
            name=signatory.name,
            title=signatory.title,
            signed_on=signatory.signed_on,
        )


def _put_days(
    agreement: Agreement, signed_on: dt.date | None, at: dt.datetime, clause: str
) -> None:
    """Give the signatories their day. Raises Refusal when a side has none, or one of them no day that has come."""
    signatures = list(agreement.signatures.all())
    for side in Side:
        if not any(one.side == side and one.name for one in signatures):
            raise Refusal(
                f"Nobody is named to sign for the {side.label}.",
                clause=clause,
                way_out="Name the authorized representative of each side first.",
                field=f"{side.value}_signatory",
            )
    for one in signatures:
        one.signed_on = one.signed_on or signed_on
        if one.signed_on is None:
            raise Refusal(
                f"The day on which {one.name} signed is missing.",
                clause=clause,
                way_out="Write the day that stands beside the signature.",
                field=f"{one.side}_signed_on",
            )
        if one.signed_on > agreement.date_at(at):
            raise Refusal(
                f"{one.name} cannot have signed on {day_words(one.signed_on)}: that day is in the future.",
                clause=clause,
                way_out="Write the day that stands beside the signature.",
                field=f"{one.side}_signed_on",
            )
        one.save(update_fields=["signed_on"])


def _take_names(agreement: Agreement) -> None:
    """Put down the parties as they were on the day of the last signature, where the paper named none (ATSP 19.3)."""
    day = max(one.signed_on for one in agreement.signatures.all() if one.signed_on)
    provider, reseller = agreement.provider, agreement.reseller
    if not agreement.provider_name_as_signed:
        agreement.provider_name_as_signed = name_on(provider, day)
    if not agreement.reseller_name_as_signed:
        agreement.reseller_name_as_signed = name_on(reseller, day, provider.pk)
    if not agreement.reseller_address_as_signed:
        agreement.reseller_address_as_signed = "\n".join(party_on(reseller, day).address_lines)


def _administrator(by: User | None, agreement: Agreement, act: str) -> None:
    """Let the portal itself and the contract administrators of its provider pass. Raises Refusal for others."""
    if by is not None:
        require_administrator(by, agreement, act)


def require_administrator(by: User, agreement: Agreement, act: str) -> None:
    """Raise Refusal unless the person is a contract administrator of the agreement's provider."""
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act=act)
    require_serving(by, agreement.provider_id, act)


def _fresh(agreement: Agreement) -> Agreement:
    """The agreement as it stands, now that its lock is held."""
    return Agreement.objects.select_related("reseller", "provider").get(pk=agreement.pk)


def _term_clause(agreement: Agreement) -> str:
    return agreement.programme.term_clause


def _paper_clause(agreement: Agreement) -> str:
    """The clause of what is signed: the tier's page, else the term."""
    tier = agreement.tier_terms
    return tier.clause if tier else _term_clause(agreement)


def _end_words(agreement: Agreement) -> str:
    said = f"{agreement.end_words}; without agreement from {day_words(agreement.ended_on or agreement.anniversary)}"
    return f"{said}. {agreement.end_reason}" if agreement.end_reason else said
