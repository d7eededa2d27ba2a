"""Who serves an agreement: PSAM, alternate and ESS, from a day to a day (ATSP 14.1, 14.2, 15.1)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import holders
from contracts.programmes.rules.terms import OptionKind
from contracts.services import notices
from contracts.services.actions import taking_over
from contracts.services.actions.calls import set_next_call
from contracts.services.actions.vacancies import refresh_cover
from contracts.services.models.assignments import Assignment, Duty
from contracts.services.permissions import require_assigner
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

ROLE_OF = {Duty.PSAM: Role.PSAM, Duty.ALTERNATE_PSAM: Role.PSAM, Duty.ESS: Role.ESS}
OPTION_OF = {
    Duty.PSAM: OptionKind.PSAM,
    Duty.ALTERNATE_PSAM: OptionKind.PSAM,
    Duty.ESS: OptionKind.ESS,
}
CLAUSE_OF = {Duty.PSAM: "ATSP 14.1", Duty.ALTERNATE_PSAM: "ATSP 14.2", Duty.ESS: "ATSP 15.1"}
_ACCOUNT = (Duty.PSAM, Duty.ALTERNATE_PSAM)


@transaction.atomic
def assign(
    agreement: Agreement,
    user: User,
    duty: Duty,
    *,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> Assignment:
    """Assign a person to serve an agreement from a day to a day, both inclusive; without an end to the year's last.

    Sets the first conference call when it is a PSAM (ATSP 14.1.1), and tells the person and the Administrative
    Contact. Raises Refusal naming the field: option not taken, role not held, days outside the year, overlap.
    """
    require_assigner(by, agreement, "assign people to an agreement")
    locks.lock(agreement)
    _check_days(agreement, duty, starts_on, ends_on)
    _check_option(agreement, duty, starts_on)
    _check_person(agreement, user, duty)
    _check_overlap(agreement, user, duty, starts_on, ends_on)
    assignment = Assignment.objects.create(
        agreement=agreement, user=user, duty=duty, starts_on=starts_on, ends_on=ends_on
    )
    until = f" to {ends_on:%-d %b %Y}" if ends_on else ""
    journal.record(
        agreement,
        Verb.AGREEMENT_ASSIGNED,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE_OF[duty],
        text=f"{user.name} as {duty.label}, from {starts_on:%-d %b %Y}{until}",
        user=user.pk,
        duty=duty.value,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    notices.assigned(assignment, at=at)
    if duty in _ACCOUNT:
        set_next_call(agreement, at=at)
        refresh_cover([agreement], by=by, at=at)
        taking_over.assigned(assignment, at=at)
    return assignment


@transaction.atomic
def end_assignment(
    assignment: Assignment, *, ends_on: dt.date, by: User, at: dt.datetime
) -> Assignment:
    """Let a person serve an agreement until a day, that day included, and no longer. Raises Refusal.

    The record of who served when stays; a person whose first day has not come ends on it at the earliest.
    """
    agreement = assignment.agreement
    require_assigner(by, agreement, "say who serves an agreement")
    locks.lock(agreement)
    fresh = Assignment.objects.select_related("user", "agreement").get(pk=assignment.pk)
    duty = Duty(fresh.duty)
    _check_days(agreement, duty, fresh.starts_on, ends_on)
    yesterday = agreement.date_at(at) - dt.timedelta(days=1)
    if ends_on < yesterday and (fresh.ends_on is None or fresh.ends_on > ends_on):
        raise Refusal(
            f"{fresh.user.name} served until now: {ends_on:%-d %b %Y} is in the past.",
            clause=CLAUSE_OF[duty],
            way_out=f"Choose {yesterday:%-d %b %Y} or a later day.",
            field="ends_on",
        )
    _check_overlap(agreement, fresh.user, duty, fresh.starts_on, ends_on, apart_from=fresh)
    before, fresh.ends_on = fresh.ends_on, ends_on
    fresh.save(update_fields=["ends_on"])
    journal.record(
        agreement,
        Verb.AGREEMENT_ASSIGNMENT_ENDS,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE_OF[duty],
        text=f"{fresh.user.name} as {duty.label}, until {ends_on:%-d %b %Y}",
        before={"ends_on": before},
        after={"ends_on": ends_on},
        user=fresh.user_id,
        duty=duty.value,
    )
    if duty in _ACCOUNT:
        refresh_cover([agreement], by=by, at=at)
        taking_over.end_moved(fresh, at=at)
    return fresh


def _check_days(
    agreement: Agreement, duty: Duty, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    year = f"{agreement.effective_on:%-d %b %Y} to {agreement.ends_on:%-d %b %Y}"
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not agreement.effective_on <= day <= agreement.ends_on:
            raise Refusal(
                f"{day:%-d %b %Y} is not within the agreement's year, {year}.",
                clause="ATSP page 1, 2.a",
                way_out="Choose a day of the year; the next year has its own assignments.",
                field=field,
            )
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(
            f"The last day, {ends_on:%-d %b %Y}, is before the first, {starts_on:%-d %b %Y}.",
            clause=CLAUSE_OF[duty],
            way_out="Choose the same day or a later one.",
            field="ends_on",
        )


def _check_option(agreement: Agreement, duty: Duty, starts_on: dt.date) -> None:
    kind = OPTION_OF[duty]
    if agreement.has_option(kind, starts_on):
        return
    taken = [option.taken_on for option in agreement.options.all() if option.kind == kind]
    clause = "ATSP 15" if kind is OptionKind.ESS else "ATSP 14"
    if taken:
        raise Refusal(
            f"The {kind.value.upper()} option was taken on {min(taken):%-d %b %Y}; nobody serves under it before.",
            clause=clause,
            way_out=f"Begin on {min(taken):%-d %b %Y} or later.",
            field="starts_on",
        )
    raise Refusal(
        f"The agreement has no {kind.value.upper()} option, so it has no {duty.label}.",
        clause=f"{clause}, page 1",
        way_out="The reseller takes the option first; its fee is pro-rated to the days left.",
        field="duty",
    )


def _check_person(agreement: Agreement, user: User, duty: Duty) -> None:
    if holders(agreement.pk, ROLE_OF[duty]).filter(pk=user.pk).exists():
        return
    raise Refusal(
        f"{user.name} does not hold the role {ROLE_OF[duty].label} at the agreement's provider.",
        clause=CLAUSE_OF[duty],
        way_out="Choose a person who holds it.",
        field="user",
    )


def _check_overlap(
    agreement: Agreement,
    user: User,
    duty: Duty,
    starts_on: dt.date,
    ends_on: dt.date | None,
    *,
    apart_from: Assignment | None = None,
) -> None:
    """Refuse the same person twice, a second ESS, and an alternate who would stand in for themselves."""
    others = agreement.assignments.select_related("user").exclude(
        pk=apart_from.pk if apart_from else None
    )
    for other in others:
        if other.starts_on > (ends_on or dt.date.max) or starts_on > (other.ends_on or dt.date.max):
            continue
        until = f"to {other.ends_on:%-d %b %Y}" if other.ends_on else "to the end of the year"
        since = f"from {other.starts_on:%-d %b %Y} {until}"
        same = other.user_id == user.pk
        if same and other.duty == duty:
            sentence = f"{user.name} is {duty.label} already, {since}."
        elif duty is Duty.ESS and other.duty == Duty.ESS:
            sentence = f"{other.user.name} is the Enterprise Support Specialist, {since}; there is one at a time."
        elif same and duty in _ACCOUNT and other.duty in _ACCOUNT:
            sentence = (
                f"{user.name} is {other.get_duty_display()}, {since}, "
                "and nobody stands in for themselves."
            )
        else:
            continue
        raise Refusal(
            sentence,
            clause=CLAUSE_OF[duty],
            way_out="Choose other days or another person, or end that assignment first.",
            field="user" if same else "starts_on",
        )
