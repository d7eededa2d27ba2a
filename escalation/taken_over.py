"""The duties of running escalations that pass with a post: whoever takes over hears the next ones (D-29, ATSP 14.2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cases.case.models import Case
from contracts.parties.models.provider_people import places_among
from contracts.parties.people import Directory
from contracts.programmes.rules.terms import Role
from contracts.services.standing_in import Change, Owed, account_takers
from escalation.models import Step, Timeline
from escalation.notices import page_of
from escalation.people import ROLE_NAMES, Bearers
from portal.models import User

NEXT = 4
"""So many of the next duties of a role are named for each escalation."""


def duties(changes: Sequence[Change], at: dt.datetime) -> Iterator[tuple[Change, Owed]]:
    """The next duties of the escalations that run, for those who bear them by a change and did not before.

    The number of statements does not grow with changes, escalations or duties.
    """
    timelines = {one.pk: one for one in Timeline.objects.with_case().running()}
    if not timelines:
        return
    people = Bearers(timelines.values(), at)
    agreements = {one.case.agreement_id: one.case.agreement for one in timelines.values()}
    directory = Directory(agreements.values(), at)
    open_duties = next_duties(timelines, at)
    places = places_among([one.person for one in changes])
    for change in changes:
        for timeline in timelines.values():
            for role, steps in open_duties[timeline.pk].items():
                if role is not Role.PSAM and not places.serves(
                    change.person, timeline.case.agreement.provider
                ):
                    continue
                for taker in _takers(change, role, timeline.case, people, directory):
                    vacant = people.is_vacant(role, timeline.case)
                    for step in steps:
                        yield change, owed(step, timeline.case, taker, vacant=vacant)


def next_duties(
    timelines: dict[int, Timeline], at: dt.datetime
) -> defaultdict[int, dict[Role, list[Step]]]:
    """The next open duties of each timeline by role, the first due in front; one statement."""
    found: defaultdict[int, dict[Role, list[Step]]] = defaultdict(dict)
    rows = Step.objects.open_duties().filter(timeline__in=timelines).recent(at).in_order()
    for step in rows:
        listed = found[step.timeline_id].setdefault(Role(step.role), [])
        if len(listed) < NEXT and not (step.commitment and any(one.commitment for one in listed)):
            listed.append(step)
    return found


def owed(step: Step, case: Case, taker: User, *, vacant: bool = False) -> Owed:
    """A duty as something that somebody owes from now on."""
    what = f"case {case.number}, {case.reseller.name}, as {ROLE_NAMES[Role(step.role)]}"
    return Owed(taker, what, page_of(case), step.title, step.due_at, vacant=vacant)


def _takers(
    change: Change, role: Role, case: Case, people: Bearers, directory: Directory
) -> Sequence[User]:
    """Who bears the role on the case by the change and did not before."""
    person, now = change.person, people.of(role, case)
    if role is Role.PSAM:
        takers, nobody = account_takers(change, case.agreement, directory)
        return now if nobody else takers
    if change.assignment is not None:
        return ()
    if not change.gone:
        return [one for one in now if one == person]
    if role is Role.CSE:
        return now if case.owner == person else ()
    return now if role.value in person.roles and people.is_vacant(role, case) else ()
