"""When the provider's people are away: entered by themselves or their management (ATSP 14.2)."""

import datetime as dt
import zoneinfo

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.services.actions import taking_over
from contracts.services.actions.vacancies import CLAUSE, refresh_cover
from contracts.services.models.assignments import Absence
from contracts.services.permissions import MANAGEMENT, colleagues_of
from contracts.services.vacancies import served_by
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import SubjectKey, User, key_of
from portal.rules.refusal import Refusal


@transaction.atomic
def enter_absence(
    user: User,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Absence:
    """Record that a person is away from an instant up to another. Returns the absence.

    From its first minute the alternate has the PSAM's duties and notices, and an ESS's incoming cases go to the queue
    (ATSP 14.2, 15.1); whoever stands in is told then what they owe (D-29). A time in which nobody is left in a PSAM's
    place is alarmed at once, and again when it begins.
    Raises Refusal for an end before the beginning, an absence that is over, and one that overlaps another.
    """
    _require_may_enter(by, user)
    agreements = served_by(user)
    _lock(user, agreements)
    if ends_at <= starts_at:
        raise Refusal(
            "The absence ends before it begins.",
            clause=CLAUSE,
            way_out="Choose a later end.",
            field="ends_on",
        )
    if ends_at <= at:
        raise Refusal(
            "The absence is over already.",
            clause=CLAUSE,
            way_out="Enter absences to come; who was told what in the past stays as it was.",
            field="ends_on",
        )
    _refuse_overlap(user, starts_at, ends_at)
    absence = Absence.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )
    journal.record(
        user,
        Verb.ABSENCE_ENTERED,
        by=by,
        at=at,
        clause=CLAUSE,
        text=f"{user.name} away {in_words(absence)}",
        after={"starts_at": starts_at, "ends_at": ends_at, "reason": absence.reason},
    )
    refresh_cover(agreements, by=by, at=at)
    taking_over.absence_entered(absence, in_words(absence), at=at)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: User, at: dt.datetime) -> Absence | None:
    """The person is back: a running absence ends now, one to come is called off. Returns what is left of it.

    Raises Refusal for one that is over.
    """
    _require_may_enter(by, absence.user)
    agreements = served_by(absence.user)
    _lock(absence.user, agreements)
    fresh = Absence.objects.select_related("user").filter(pk=absence.pk).first()
    if fresh is None or fresh.ends_at <= at:
        raise Refusal(
            f"That absence of {absence.user.name} is over, or was called off already.",
            clause=CLAUSE,
            way_out="Look at the calendar as it stands now.",
        )
    left: Absence | None = fresh
    pk, ran = fresh.pk, fresh.starts_at < at
    before = {"starts_at": fresh.starts_at, "ends_at": fresh.ends_at}
    said = in_words(fresh)
    if fresh.starts_at >= at:
        fresh.delete()
        left = None
        verb, text = Verb.ABSENCE_CALLED_OFF, f"{absence.user.name} is there {said} after all"
    else:
        fresh.ends_at = at
        fresh.save(update_fields=["ends_at"])
        verb, text = Verb.ABSENCE_ENDED, f"{absence.user.name} is back before the end of {said}"
    journal.record(absence.user, verb, by=by, at=at, clause=CLAUSE, text=text, before=before)
    refresh_cover(agreements, by=by, at=at)
    taking_over.absence_over(fresh, pk, ran=ran, at=at)
    return left


def in_words(absence: Absence) -> str:
    """From when to when, in the person's zone: "10 to 14 Mar 2003" in whole days, with times where it is not."""
    zone = zoneinfo.ZoneInfo(absence.user.zone)
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    if start.time() == end.time() == dt.time():
        last = end - dt.timedelta(days=1)
        if start.date() == last.date():
            return f"{start:%-d %b %Y}"
        return f"{start:%-d %b} to {last:%-d %b %Y}"
    return f"{start:%-d %b %Y %H:%M} to {end:%-d %b %Y %H:%M %Z}"


def may_enter(by: User, user: User) -> bool:
    """Whether somebody may enter a person's absence: they themselves, and management."""
    if by.pk == user.pk:
        return by.is_provider
    return by.has_role(*MANAGEMENT) and colleagues_of(by).filter(pk=user.pk).exists()


def _require_may_enter(by: User, user: User) -> None:
    if not user.is_provider:
        raise Refusal(
            f"{user.name} is not one of the provider's people.",
            clause=CLAUSE,
            way_out="Choose one of them.",
            field="user",
        )
    if not may_enter(by, user):
        raise Refusal(
            f"You may not say when {user.name} is away.",
            clause=CLAUSE,
            way_out="They enter it themselves, or their management does.",
        )


def _lock(user: User, agreements: list[Agreement]) -> None:
    keys: list[SubjectKey] = [key_of(user), *(key_of(one) for one in agreements)]
    locks.lock_all(keys)


def _refuse_overlap(user: User, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    other = user.absences.between(starts_at, ends_at).select_related("user").first()
    if other is not None:
        raise Refusal(
            f"{user.name} is away {in_words(other)} already.",
            clause=CLAUSE,
            way_out="Choose other days, or call that absence off first.",
            field="starts_on",
        )
