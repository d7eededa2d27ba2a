"""The monthly conference calls: due one at a time, prepared, held, and their minutes published (ATSP 14.1.1)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import prefetch_related_objects

from contracts.agreements.models.agreements import Agreement
from contracts.parties.calendars import calendar_of
from contracts.parties.models.parties import Contact, Site
from contracts.programmes.rules.spans import Due, calendar_for, due
from contracts.programmes.rules.terms import AccountManagement
from contracts.services import agenda, notices
from contracts.services.models.assignments import Assignment, Duty
from contracts.services.models.calls import CallAction, ConferenceCall
from contracts.services.permissions import require_manager
from contracts.services.rules import calls as rules
from contracts.services.vacancies import midnight
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.models import User
from portal.rules.business_time import BusinessCalendar, from_wall_clock
from portal.rules.refusal import Refusal

CALL = "contracts.conference_call"
MINUTES = "contracts.call_minutes"
REMINDED_BEFORE = dt.timedelta(days=5)
"""So long before its last day whoever owes a call is reminded of it."""
MINUTES_REMINDED_BEFORE = dt.timedelta(hours=4)
"""So much business time before they are due whoever owes minutes is reminded of them."""


def set_next_call(agreement: Agreement, *, at: dt.datetime) -> ConferenceCall | None:
    """Set the call of the present month, or of the first without one; None when there is nothing to set.

    There is one to hold at a time: nothing is set while one waits in its time, before the option is taken and a PSAM
    is assigned, or beyond the agreement's year. For acts that hold the agreement's lock.
    """
    terms = agreement.programme.account_management
    if terms is None or not agreement.has_option(terms.option) or not agreement.is_in_force(at):
        return None
    if not agreement.assignments.filter(duty=Duty.PSAM).exists():
        return None
    last = agreement.calls.order_by("-number").first()
    if last is not None and last.held_at is None and last.due_at >= at:
        return None
    number = rules.number_on(terms, agreement.effective_on, agreement.date_at(at))
    if last is not None:
        number = max(number, last.number + 1)
    return _set_call(agreement, terms, number, at=at)


def set_first_calls(agreements: Iterable[Agreement], *, at: dt.datetime) -> None:
    """Set the present month's call of agreements that have a PSAM assigned and no call yet; five statements for all."""
    running = {one.pk: one for one in agreements if one.is_in_force(at)}
    prefetch_related_objects(list(running.values()), "options")
    psams = Assignment.objects.filter(agreement__in=running, duty=Duty.PSAM)
    wanted = set(psams.values_list("agreement", flat=True))
    begun = ConferenceCall.objects.filter(agreement__in=running)
    wanted -= set(begun.values_list("agreement", flat=True))
    calls: list[ConferenceCall] = []
    settings: list[deadlines.Setting] = []
    for pk in sorted(wanted):
        agreement = running[pk]
        terms = agreement.programme.account_management
        if terms is None or not agreement.has_option(terms.option):
            continue
        number = rules.number_on(terms, agreement.effective_on, agreement.date_at(at))
        last_day = rules.last_day_of(terms, agreement.effective_on, number)
        if last_day > agreement.ends_on:
            continue
        call = ConferenceCall(
            agreement=agreement, number=number, due_at=end_of(agreement, last_day)
        )
        calls.append(call)
        settings.append(setting(call, terms))
    ConferenceCall.objects.bulk_create(calls)
    deadlines.set_deadlines(settings, at=at)


def _set_call(
    agreement: Agreement, terms: AccountManagement, number: int, *, at: dt.datetime
) -> ConferenceCall | None:
    last_day = rules.last_day_of(terms, agreement.effective_on, number)
    if last_day > agreement.ends_on:
        return None
    call = ConferenceCall.objects.create(
        agreement=agreement, number=number, due_at=end_of(agreement, last_day)
    )
    deadlines.set_deadlines([setting(call, terms)], at=at)
    return call


def end_of(agreement: Agreement, day: dt.date) -> dt.datetime:
    """The instant at which a day ends in the agreement's zone."""
    return midnight(agreement, day + dt.timedelta(days=1))


def setting(call: ConferenceCall, terms: AccountManagement) -> deadlines.Setting:
    """The deadline of a call to hold (ATSP 14.1.1)."""
    return deadlines.Setting(
        call.agreement,
        CALL,
        due_at=call.due_at,
        clause=terms.clause,
        step=call.step,
        words=rules.words(terms, call.agreement.effective_on, call.number),
        data={"number": call.number},
        remind_at=_morning_before(call),
    )


def _morning_before(call: ConferenceCall) -> dt.datetime:
    """In the morning some days before the call is due, in the agreement's zone (D-29)."""
    last_day = call.agreement.date_at(call.due_at) - dt.timedelta(days=1)
    day = last_day - REMINDED_BEFORE
    return from_wall_clock(dt.datetime.combine(day, dt.time(8)), call.agreement.zone)


@transaction.atomic
def prepare_agenda(
    call: ConferenceCall,
    *,
    text: str,
    planned_at: dt.datetime | None,
    by: User,
    at: dt.datetime,
) -> ConferenceCall:
    """Keep the agenda of a call to hold, and when it is planned; the participants of the roster read it from then on.

    Raises Refusal when nothing is written, and once the call was held.
    """
    fresh = _changing(call, by, at, "prepare the conference call")
    _require_to_hold(fresh)
    text = _said(text, field="text", what="agenda")
    first = fresh.agenda_at is None
    fresh.agenda, fresh.agenda_at, fresh.planned_at = text, at, planned_at
    fresh.save(update_fields=["agenda", "agenda_at", "planned_at"])
    _record(
        fresh,
        Verb.CALL_AGENDA_WRITTEN if first else Verb.CALL_AGENDA_CHANGED,
        f"Agenda of call {fresh.number}",
        by=by,
        at=at,
        planned_at=planned_at,
    )
    return fresh


@transaction.atomic
def record_held(
    call: ConferenceCall,
    *,
    held_at: dt.datetime,
    participants: Iterable[Contact],
    others: str = "",
    by: User,
    at: dt.datetime,
) -> ConferenceCall:
    """Record that the call took place at `held_at`: it counts by that time; its minutes fall due, and so does the next.

    Raises Refusal for a time to come or before the year, for nobody who took part, and for a call held already.
    """
    fresh = _changing(call, by, at, "record a conference call")
    _require_to_hold(fresh)
    agreement = fresh.agreement
    if held_at > at or held_at < agreement.starts_at:
        raise Refusal(
            "Record a call after it took place, within the agreement's year.",
            clause="ATSP 14.1.1",
            way_out="Give the time at which it began.",
            field="held_at",
        )
    present = list(participants)
    if not present and not others.strip():
        raise Refusal(
            "Nobody from the reseller is named as taking part.",
            clause="ATSP 14.1.1",
            way_out="Choose who took part, or name them.",
            field="participants",
        )
    fresh.held_at, fresh.held_by, fresh.others = held_at, by, others.strip()
    fresh.save(update_fields=["held_at", "held_by", "others"])
    fresh.participants.set(present)
    deadlines.meet(agreement, CALL, at=held_at, steps=[fresh.step])
    terms = agreement.programme.account_management
    assert terms is not None, "a call is set only under these terms"  # noqa: S101
    minutes = _minutes_due(agreement, terms, held_at)
    deadlines.set_deadline(
        agreement,
        MINUTES,
        due_at=minutes.at,
        clause=terms.minutes_clause,
        step=fresh.step,
        words=f"Minutes within {terms.minutes_within} of the call, the provider's own promise. {minutes.words}",
        data={"number": fresh.number},
        at=at,
        remind_at=_business(agreement).subtract(minutes.at, MINUTES_REMINDED_BEFORE),
    )
    names = ", ".join([*(one.name for one in present), *filter(None, [fresh.others])])
    _record(
        fresh, Verb.CALL_HELD, f"Call {fresh.number}, with {names}", by=by, at=at, held_at=held_at
    )
    set_next_call(agreement, at=at)
    return fresh


@transaction.atomic
def publish_minutes(
    call: ConferenceCall, *, text: str, by: User, at: dt.datetime
) -> ConferenceCall:
    """Publish the minutes of a call that was held, and mail them to those who took part. Returns the call.

    They stay as they are from then on. Raises Refusal when nothing is written, before the call, and the second time.
    """
    fresh = _changing(call, by, at, "publish minutes")
    if fresh.held_at is None:
        raise Refusal(
            f"Call {fresh.number} is not recorded as held.",
            clause="ATSP 14.1.1",
            way_out="Record when it took place and with whom; then publish its minutes.",
        )
    if fresh.minutes_published_at is not None:
        raise Refusal(
            f"The minutes of call {fresh.number} are published and stay as they are.",
            clause="ATSP 14.1.1",
            way_out="Put a correction into the minutes of the next call.",
        )
    fresh.minutes = _said(text, field="text", what="minutes")
    fresh.minutes_published_at, fresh.minutes_by = at, by
    fresh.save(update_fields=["minutes", "minutes_published_at", "minutes_by"])
    deadlines.meet(fresh.agreement, MINUTES, at=at, steps=[fresh.step])
    _record(fresh, Verb.CALL_MINUTES_PUBLISHED, f"Minutes of call {fresh.number}", by=by, at=at)
    notices.minutes_published(fresh, at=at)
    return fresh


@transaction.atomic
def agree_action(
    call: ConferenceCall,
    *,
    text: str,
    owner: str,
    due_on: dt.date | None,
    by: User,
    at: dt.datetime,
) -> CallAction:
    """Note something that a call agreed to be done, by whom and until when. Raises Refusal when either is missing."""
    fresh = _changing(call, by, at, "note an action of a call")
    action = CallAction.objects.create(
        call=fresh,
        text=_said(text, field="text", what="action"),
        owner=_said(owner, field="owner", what="name of who does it"),
        due_on=due_on,
    )
    _record(fresh, Verb.CALL_ACTION_AGREED, str(action), by=by, at=at, due_on=due_on)
    return action


@transaction.atomic
def finish_action(action: CallAction, *, by: User, at: dt.datetime) -> CallAction:
    """Record that an action of a call is done; doing it twice changes nothing."""
    call = _changing(action.call, by, at, "settle an action of a call")
    fresh = CallAction.objects.get(pk=action.pk)
    if fresh.done_at is None:
        fresh.done_at, fresh.done_by = at, by
        fresh.save(update_fields=["done_at", "done_by"])
        _record(call, Verb.CALL_ACTION_DONE, str(fresh), by=by, at=at)
    return fresh


def agenda_from_cases(call: ConferenceCall, *, at: dt.datetime) -> str:
    """Propose an agenda: what happened on the cases since the last call, section by section (ATSP 14.1.1)."""
    last = (
        call.agreement.calls.filter(held_at__isnull=False)
        .exclude(pk=call.pk)
        .order_by("-held_at")
        .first()
    )
    since = last.held_at if last and last.held_at else call.agreement.starts_at
    return agenda.text_of(call.agreement, since, at)


def _changing(call: ConferenceCall, by: User, at: dt.datetime, act: str) -> ConferenceCall:
    """The call as it is now, with its agreement's lock held, if the user may manage it."""
    require_manager(by, call.agreement, at, act)
    locks.lock(call.agreement)
    return ConferenceCall.objects.select_related("agreement__reseller").get(pk=call.pk)


def _require_to_hold(call: ConferenceCall) -> None:
    if call.held_at is not None:
        raise Refusal(
            f"Call {call.number} was held already.",
            clause="ATSP 14.1.1",
            way_out="Its minutes are what is left to do.",
        )


def _minutes_due(agreement: Agreement, terms: AccountManagement, held_at: dt.datetime) -> Due:
    """When minutes are due: in business time of the reseller's first site, else of the agreement's zone (D-6, D-7)."""
    return due(terms.minutes_within, held_at, _business(agreement))


def _business(agreement: Agreement) -> BusinessCalendar:
    site = Site.objects.filter(organisation=agreement.reseller_id).order_by("pk").first()
    programme = agreement.programme
    if site is not None:
        return calendar_of(site, programme)
    return calendar_for(programme.business_day, agreement.zone)


def _said(text: str, *, field: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(
            f"The {what} is empty.",
            clause="ATSP 14.1.1",
            way_out="Write it, then send again.",
            field=field,
        )
    return text


def _record(
    call: ConferenceCall, verb: Verb, text: str, *, by: User, at: dt.datetime, **data: object
) -> None:
    journal.record(
        call.agreement,
        verb,
        by=by,
        at=at,
        public=True,
        clause="ATSP 14.1.1",
        text=text,
        call=call.pk,
        **data,
    )
