"""Missed promises: recorded at their own times, followed by the next update, told until made up for (ATSP 4.6; D-22).

The sweep calls these handlers in its own transaction. Each takes any number of rows with the same number of statements.
A status update that is missed is followed by the next at once, in the same sweep where that is past due too: an outage
leaves no day out. Of updates missed in a row the first stays unfinished, as what is still owed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from cases.case.in_words import CaseInWords, in_words
from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.clocks import notices
from cases.clocks import setting as clocks
from cases.clocks.rules.missing import Heard, heard_by, in_a_row, next_alarm, next_morning
from cases.clocks.rules.wording import moment
from cases.verbs import Verb
from contracts.parties.calendars import CalendarBook
from contracts.parties.on_duty import OnDuty
from portal import deadlines, journal
from portal.deadlines import Due, Setting
from portal.models import Deadline, DeadlineState, SubjectKey, User
from portal.notices import outbox
from portal.prepared import Rows, among

SEVERITY_1 = 1
A_DAY = dt.timedelta(days=1)
IN_DIGESTS = 3
"""The digest of the morning tells of so many updates missed in a row, or more."""

_CASES = Rows(
    lambda: (
        Case.objects.filter(among("pk", "keys"))
        .select_related("site")
        .only(
            "programme_version_id",
            "severity",
            "state",
            "status_every",
            "site__zone",
            "site__region",
        )
        .order_by()
    )
)


@dataclass(frozen=True, slots=True)
class _Miss:
    """A missed promise: which in a row, and whether the next has been missed too by now."""

    row: Due
    case: Case
    title: str
    words: str
    number: int = 1
    overtaken: bool = False


def first_response_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Record missed first responses (ATSP 4.6) and tell whoever owes them. They still have to be made."""
    cases = _CASES.in_bulk({row.subject_id for row in rows})
    title = "first technical response"
    _write(
        [_Miss(row, cases[row.subject_id], title, f"The {title} was missed.") for row in rows], now
    )


def status_update_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Record missed status updates (ATSP 4.6), set the next ones a period on, and tell whoever owes them (D-22)."""
    cases = _CASES.in_bulk({row.subject_id for row in rows})
    book = CalendarBook()
    misses, settings = [], []
    for row in rows:
        case = cases[row.subject_id]
        number = int(row.data.get(clocks.MISSED, 0)) + 1
        business = book.of(case.site, case.programme)
        promise = clocks.next_update(case, row.due_at, business)
        due = moment(row.due_at, case.site.zone)
        words = f"The status update due {due} was missed{in_a_row(number)}."
        misses.append(_Miss(row, case, "status update", words, number, promise.due_at < now))
        settings.append(
            Setting(
                row.subject,
                clocks.STATUS_UPDATE,
                promise.due_at,
                promise.clause,
                words=f"{words} The next is due a period later. {promise.words}",
                data={**promise.data, clocks.MISSED: number},
                remind_at=clocks.reminder_of(case, promise, business, now) if number == 1 else None,
            )
        )
    deadlines.set_deadlines(settings, at=now)
    further = [miss.row.pk for miss in misses if miss.number > 1]
    if further:
        Deadline.objects.filter(pk__in=further).update(unfinished=False)
    _write(misses, now)


def still_overdue(rows: Sequence[Due], now: dt.datetime) -> None:
    """An hour on, a promise of a severity 1 case is still owed: tell again, and in an hour once more (D-22)."""
    ids = {row.subject_id for row in rows}
    cases, said = _CASES.in_bulk(ids), in_words(ids)
    owed: dict[int, Deadline] = {}
    missed = Deadline.objects.about_any(clocks.CASE, ids).unfinished().soonest_first()
    for one in missed.filter(kind__in=clocks.OBJECTIVES, state=DeadlineState.MISSED):
        owed.setdefault(one.subject_id, one)
    duty = OnDuty({case.agreement_id for case in said.values()}, now)
    drafts, settings = [], []
    for row in rows:
        promise = owed.get(row.subject_id)
        if promise is None or not _alarming(cases[row.subject_id]):
            continue
        case = said[row.subject_id]
        drafts.append(notices.still_overdue(case, promise, row, _everybody(case, duty), at=now))
        settings.append(_alarm(case.key, promise.due_at, promise.clause, now))
    deadlines.set_deadlines(settings, at=now)
    outbox.post_many(drafts, at=now)


def mornings_come(rows: Sequence[Due], now: dt.datetime) -> None:
    """It is 08:00 somewhere: tell the people of that zone once which of their cases miss update upon update (D-22).

    A digest tells of all cases for which this morning was set, also those that other workers settle: whoever comes
    first writes it, and the outbox keeps it from being written twice. Who has come to act for a case since, in a zone
    for which no morning was set, hears with the others (D-29).
    """
    mornings = {(row.step, row.due_at) for row in rows}
    others = Deadline.objects.pending().filter(
        kind=clocks.DIGEST,
        fires_at__in={due_at for _, due_at in mornings},
        step__in={zone for zone, _ in mornings},
    )
    found: dict[tuple[str, dt.datetime], set[int]] = defaultdict(set)
    for row in rows:
        found[row.step, row.due_at].add(row.subject_id)
    for pk, zone, due_at in others.values_list("subject_id", "step", "due_at"):
        if (zone, due_at) in mornings:
            found[zone, due_at].add(pk)
    ids = set().union(*found.values())
    runs, armed = _runs(ids), _zones(ids, since=min(due_at for _, due_at in mornings) - A_DAY)
    said = in_words(runs)
    duty = OnDuty((), now)
    late = {(row.step, row.due_at): row.late for row in rows}
    drafts = []
    for morning, keys in sorted(found.items()):
        told: dict[int, tuple[User, list[notices.Run]]] = {}
        for pk in sorted(keys & runs.keys()):
            case, run = said[pk], runs[pk]
            for person in _both(case, duty):
                if person.zone == morning[0] or person.zone not in armed[pk]:
                    told.setdefault(person.pk, (person, []))[1].append(notices.Run(case, *run))
        drafts += [
            notices.digest(person, cases, *morning, late=late[morning])
            for _, (person, cases) in sorted(told.items())
        ]
    outbox.post_many(drafts, at=now)


def _zones(ids: Iterable[int], *, since: dt.datetime) -> dict[int, set[str]]:
    """The zones for which mornings later than an instant were set, of each of those cases."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Deadline.objects.about_any(clocks.CASE, list(ids)).filter(kind=clocks.DIGEST)
    for pk, zone in rows.filter(due_at__gt=since).values_list("subject_id", "step"):
        found[pk].add(zone)
    return found


def _runs(ids: Iterable[int]) -> dict[int, tuple[int, dt.datetime]]:
    """Of those cases the ones that miss update upon update: how many so far, and since when one is owed."""
    owed = Deadline.objects.about_any(clocks.CASE, list(ids)).unfinished().soonest_first()
    numbers: dict[int, int] = {}
    since: dict[int, dt.datetime] = {}
    for pk, due_at, data in owed.filter(kind=clocks.STATUS_UPDATE).values_list(
        "subject_id", "due_at", "data"
    ):
        since.setdefault(pk, due_at)
        numbers[pk] = int(data.get(clocks.MISSED, 0))
    return {pk: (n, since[pk]) for pk, n in numbers.items() if n >= IN_DIGESTS}


def _write(misses: Sequence[_Miss], now: dt.datetime) -> None:
    """Journal missed promises, and tell of them those who are to hear now; set when the others hear."""
    said = in_words({miss.row.subject_id for miss in misses})
    duty = OnDuty({case.agreement_id for case in said.values()}, now)
    closely = [
        miss.row.subject_id for miss in misses if _alarming(miss.case) or miss.number >= IN_DIGESTS
    ]
    watched, waiting = _seen_to(closely)
    drafts, settings = [], []
    for miss in misses:
        case = said[miss.row.subject_id]
        alarming = _alarming(miss.case) and case.pk not in watched
        heard = heard_by(miss.number, alarming=alarming, overtaken=miss.overtaken)
        if heard in (Heard.OWNER, Heard.BOTH):
            to = _owner(case, duty) if heard is Heard.OWNER else _both(case, duty)
            to = _everybody(case, duty) if alarming else to
            drafts.append(notices.promise_missed(case, miss.row, miss.title, to, miss.number))
        if alarming and not miss.overtaken and (case.pk, clocks.OVERDUE, "") not in waiting:
            settings.append(_alarm(case.key, miss.row.due_at, miss.row.clause, now))
        if heard is Heard.MORNING:
            zones = {person.zone for person in _both(case, duty)}
            settings += [
                _morning(miss.row, zone, now)
                for zone in sorted(zones)
                if (case.pk, clocks.DIGEST, zone) not in waiting
            ]
    deadlines.set_deadlines(settings, at=now)
    outbox.post_many(drafts, at=now)
    journal.record_many(
        journal.entry(
            miss.row.subject,
            Verb.CASE_PROMISE_MISSED,
            by=None,
            at=now,
            public=True,
            clause=miss.row.clause,
            text=miss.words,
            kind=miss.row.kind,
            due_at=miss.row.due_at,
            late=miss.row.late,
            number=miss.number,
        )
        for miss in misses
    )


def _seen_to(ids: Sequence[int]) -> tuple[set[int], set[tuple[int, str, str]]]:
    """Which of the cases an outer room watches over, by promises of its own; and what will tell of them already."""
    if not ids:
        return set(), set()
    promised = Q(unfinished=True, data__has_key=clocks.PROMISED)
    set_already = Q(state=DeadlineState.PENDING, kind__in=[clocks.OVERDUE, clocks.DIGEST])
    rows = Deadline.objects.about_any(clocks.CASE, ids).filter(promised | set_already)
    watched, waiting = set(), set()
    for pk, kind, step in rows.values_list("subject_id", "kind", "step"):
        if kind in (clocks.OVERDUE, clocks.DIGEST):
            waiting.add((pk, kind, step))
        else:
            watched.add(pk)
    return watched, waiting


def _alarming(case: Case) -> bool:
    """Whether a case is severity 1 and worked on: relief ends the haste, as it ends Exhibit C."""
    return case.severity == SEVERITY_1 and case.state != State.RELIEVED


def _alarm(key: SubjectKey, due_at: dt.datetime, clause: str, now: dt.datetime) -> Setting:
    return Setting(key, clocks.OVERDUE, next_alarm(due_at, now), clause)


def _morning(row: Due, zone: str, now: dt.datetime) -> Setting:
    return Setting(row.subject, clocks.DIGEST, next_morning(now, zone), row.clause, step=zone)


def _owner(case: CaseInWords, duty: OnDuty) -> list[User]:
    return duty.acting_for(case.owner, case.provider_id)


def _both(case: CaseInWords, duty: OnDuty) -> list[User]:
    people = [*_owner(case, duty), *duty.management(case.provider_id)]
    return list({person.pk: person for person in people}.values())


def _everybody(case: CaseInWords, duty: OnDuty) -> list[User]:
    """Who hears of a severity 1 case at once: owner and management, and whoever can take it while nobody has."""
    if case.owner and duty.can_act(case.owner):
        return _both(case, duty)
    return duty.everybody(case.agreement_id, case.provider_id)
