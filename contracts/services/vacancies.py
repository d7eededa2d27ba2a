"""The coming gaps in which nobody serves as PSAM, by agreement (ATSP 14.2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.programmes.rules.terms import OptionKind
from contracts.services.models.assignments import Absence, Assignment, Duty
from contracts.services.rules.vacancies import Gap, Stretch, gaps
from portal.models import User
from portal.rules.business_time import from_wall_clock

ACCOUNT_MANAGERS = (Duty.PSAM, Duty.ALTERNATE_PSAM)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A time in which an agreement with a PSAM has nobody to turn to."""

    agreement: Agreement
    start: dt.datetime
    end: dt.datetime
    away: tuple[User, ...]

    @property
    def step(self) -> str:
        """How its deadline is named on the agreement."""
        return f"gap:{self.start.isoformat()}"

    @property
    def why(self) -> str:
        """Why nobody is there, in words."""
        if not self.away:
            return "nobody is assigned"
        names = " and ".join(user.name for user in self.away)
        return f"{names} {'is' if len(self.away) == 1 else 'are'} away, and nobody stands in"


def served_by(user: User) -> list[Agreement]:
    """The agreements whose PSAM's place a person shares, now or in days to come."""
    return list(
        Agreement.objects.filter(
            state=AgreementState.IN_FORCE,
            pk__in=user.assignments.filter(duty__in=ACCOUNT_MANAGERS).values("agreement"),
        ).select_related("reseller")
    )


def midnight(agreement: Agreement, day: dt.date) -> dt.datetime:
    """The instant at which a day begins in the agreement's zone."""
    return from_wall_clock(dt.datetime.combine(day, dt.time()), agreement.zone)


def uncovered(agreements: Iterable[Agreement], at: dt.datetime) -> dict[int, list[Uncovered]]:
    """The gaps that run at `at` or come later in each agreement's year, by its id.

    Only agreements that took the PSAM option have any: the others have nobody to miss. Three queries, however many
    agreements there are. A gap keeps its beginning while it runs.
    """
    running = [one for one in agreements if one.is_in_force(at)]
    prefetch_related_objects(running, "options")
    wanted = [one for one in running if one.has_option(OptionKind.PSAM, one.date_at(at))]
    if not wanted:
        return {}
    assigned: dict[int, list[Assignment]] = defaultdict(list)
    for each in Assignment.objects.filter(
        agreement__in=[one.pk for one in wanted], duty__in=ACCOUNT_MANAGERS
    ).select_related("user"):
        assigned[each.agreement_id].append(each)
    people = {each.user_id: each.user for rows in assigned.values() for each in rows}
    away: dict[Hashable, list[Stretch]] = defaultdict(list)
    for absence in Absence.objects.filter(user__in=people):
        away[absence.user_id].append(Stretch(absence.starts_at, absence.ends_at))
    return {one.pk: _of(one, assigned[one.pk], people, away, at) for one in wanted}


def _of(
    agreement: Agreement,
    assigned: list[Assignment],
    people: dict[int, User],
    away: dict[Hashable, list[Stretch]],
    at: dt.datetime,
) -> list[Uncovered]:
    taken_on = min(o.taken_on for o in agreement.options.all() if o.kind == OptionKind.PSAM)
    start = midnight(agreement, max(taken_on, agreement.effective_on))
    end = midnight(agreement, agreement.anniversary)
    serving = [
        (each.user_id, Stretch(*_time(agreement, each, end)))
        for each in assigned
        if each.user.is_active
    ]
    found: list[Gap] = gaps(serving, away, Stretch(start, end))
    return [
        Uncovered(
            agreement,
            gap.stretch.start,
            gap.stretch.end,
            tuple(people[pk] for pk in gap.away if isinstance(pk, int)),
        )
        for gap in found
        if gap.stretch.end > at
    ]


def _time(
    agreement: Agreement, assignment: Assignment, end: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    last = assignment.ends_on
    until = midnight(agreement, last + dt.timedelta(days=1)) if last else end
    return midnight(agreement, assignment.starts_on), until
