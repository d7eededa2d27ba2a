"""Handlers for the deadlines of an agreement's services (ATSP 14.1.1, 14.2)."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Directory, Staff
from contracts.parties.presence import Presence
from contracts.services import notices
from contracts.services.actions import calls, taking_over, vacancies
from contracts.services.actions.absences import in_words
from contracts.services.models.assignments import Absence, Assignment
from contracts.services.models.calls import ConferenceCall
from contracts.services.rules import calls as call_rules
from contracts.services.standing_in import tell
from contracts.verbs import Verb
from portal import alarms, deadlines, journal
from portal.deadlines import DeadlineKind, Due, Setting, register
from portal.notices import outbox
from portal.roles import Role


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(calls.CALL, "Monthly conference call", True, call_missed, remind=call_near)
    )
    register(
        DeadlineKind(
            calls.MINUTES,
            "Minutes of the conference call",
            True,
            minutes_missed,
            remind=minutes_near,
        )
    )
    register(DeadlineKind(taking_over.ABSENCE_BEGINS, "Absence begins", False, absence_begins))
    register(DeadlineKind(taking_over.ABSENCE_ENDS, "Absence ends", False, absence_ends))
    register(DeadlineKind(taking_over.POST_BEGINS, "Assignment begins", False, post_begins))
    register(DeadlineKind(taking_over.POST_ENDS, "Assignment ends", False, post_ends))
    register(DeadlineKind(vacancies.GAP, "Nobody in the PSAM's place", False, gap_begins))


def call_near(rows: Sequence[Due], now: dt.datetime) -> None:
    """Calls are due soon: remind whoever owes them at this moment (ATSP 14.1.1; D-29)."""
    _remind(rows, "conference call", now)


def minutes_near(rows: Sequence[Due], now: dt.datetime) -> None:
    """Minutes are due soon: remind whoever owes them at this moment (ATSP 14.1.1; D-29)."""
    _remind(rows, "minutes of call", now)


def _remind(rows: Sequence[Due], what: str, now: dt.datetime) -> None:
    agreements = _agreements(rows)
    directory = Directory(agreements.values(), now)
    dispatch = Staff(Role.DISPATCH, at=now)
    drafts = []
    for row in rows:
        agreement = agreements[row.subject_id]
        whose = directory.psams_of(agreement) or dispatch.of(agreement)
        drafts.append(notices.near(agreement, row, what, whose))
    outbox.post_many(drafts, at=now)


def call_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Record a month without its call (ATSP 14.1.1), tell whoever owes it, and set the next month's deadline.

    The missed one stays to be held, late.
    """
    agreements = _agreements(rows)
    _told(rows, agreements, now, "conference call", Verb.CALL_MISSED)
    _set_following(rows, agreements, now)


def minutes_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Record that minutes are late (ATSP 14.1.1), and tell whoever owes them."""
    _told(rows, _agreements(rows), now, "minutes of call", Verb.CALL_MINUTES_MISSED)


def gap_begins(rows: Sequence[Due], now: dt.datetime) -> None:
    """A time begins in which nobody is in the PSAM's place (ATSP 14.2): alarm it if nobody is there indeed."""
    agreements = _agreements(rows)
    directory = Directory(agreements.values(), now)
    empty = [row for row in rows if not directory.psams_of(agreements[row.subject_id])]
    if not empty:
        return
    to = Staff(*alarms.AUDIENCE, Role.SUPPORT_MANAGEMENT, at=now)
    outbox.post_many(
        [
            notices.gap_began(agreement, row, to.of(agreement))
            for row in empty
            if (agreement := agreements[row.subject_id])
        ],
        at=now,
    )
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.AGREEMENT_COVER_GAP_BEGAN,
            by=None,
            at=now,
            clause=row.clause,
            text=row.words,
            late=row.late,
        )
        for row in empty
    )


def absence_begins(rows: Sequence[Due], now: dt.datetime) -> None:
    """People are away from now on: whoever stands in is told what they owe (D-29)."""
    absences = _absences(rows)
    running = [one for one in absences if one.starts_at <= now < one.ends_at]
    tell([taking_over.gone(one, in_words(one)) for one in running], at=now)


def absence_ends(rows: Sequence[Due], now: dt.datetime) -> None:
    """People are back: they are told what they owe again, unless another absence follows at once (D-29)."""
    presence = Presence(now)
    over = [one for one in _absences(rows) if presence.can_act(one.user)]
    tell([taking_over.back(one) for one in over], at=now)


def post_begins(rows: Sequence[Due], now: dt.datetime) -> None:
    """People serve agreements from now on: they are told what they owe (D-29)."""
    tell([taking_over.begun(one) for one in _assignments(rows)], at=now)


def post_ends(rows: Sequence[Due], now: dt.datetime) -> None:
    """People serve agreements no longer: whoever follows is told what they owe (D-29)."""
    tell([taking_over.ended(one) for one in _assignments(rows)], at=now)


def _told(
    rows: Sequence[Due],
    agreements: dict[int, Agreement],
    now: dt.datetime,
    what: str,
    verb: Verb,
) -> None:
    directory = Directory(agreements.values(), now)
    management = Staff(Role.SUPPORT_MANAGEMENT, at=now)
    outbox.post_many(
        [
            notices.late(agreement, row, what, directory, management.of(agreement))
            for row in rows
            if (agreement := agreements[row.subject_id])
        ],
        at=now,
    )
    journal.record_many(
        journal.entry(
            row.subject,
            verb,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text=f"The {what} {row.data['number']} was not in time.",
            due_at=row.due_at,
            late=row.late,
        )
        for row in rows
    )


def _set_following(rows: Sequence[Due], agreements: dict[int, Agreement], now: dt.datetime) -> None:
    """Set the call of the month after each that was missed, in two statements."""
    following: list[ConferenceCall] = []
    settings: list[Setting] = []
    known = set(
        ConferenceCall.objects.filter(agreement__in=agreements).values_list("agreement", "number")
    )
    for row in rows:
        agreement = agreements[row.subject_id]
        terms = agreement.programme.account_management
        number = int(row.data["number"]) + 1
        if terms is None or (agreement.pk, number) in known:
            continue
        last_day = call_rules.last_day_of(terms, agreement.effective_on, number)
        if last_day > agreement.ends_on or agreement.ended_on is not None:
            continue
        known.add((agreement.pk, number))
        due_at = calls.end_of(agreement, last_day)
        call = ConferenceCall(agreement=agreement, number=number, due_at=due_at)
        following.append(call)
        settings.append(calls.setting(call, terms))
    ConferenceCall.objects.bulk_create(following)
    deadlines.set_deadlines(settings, at=now)


def _absences(rows: Sequence[Due]) -> list[Absence]:
    """The absences the rows are about that were not called off, with whose they are; one statement."""
    found = Absence.objects.select_related("user").in_bulk([int(row.step) for row in rows])
    return [found[int(row.step)] for row in rows if int(row.step) in found]


def _assignments(rows: Sequence[Due]) -> list[Assignment]:
    """The assignments the rows are about, with person and agreement; one statement."""
    related = Assignment.objects.select_related("user", "agreement__reseller")
    found = related.in_bulk([int(row.step) for row in rows])
    return [found[int(row.step)] for row in rows if int(row.step) in found]


def _agreements(rows: Sequence[Due]) -> dict[int, Agreement]:
    """The agreements the rows are about, in one statement."""
    return Agreement.objects.select_related("reseller").in_bulk({row.subject_id for row in rows})
