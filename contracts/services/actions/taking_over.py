"""When somebody's posts pass to others, and back: told at once, or by a deadline at the instant it happens (D-29)."""

import datetime as dt

from contracts.services.models.assignments import Absence, Assignment
from contracts.services.standing_in import Change, tell
from contracts.services.vacancies import midnight
from portal import deadlines
from portal.deadlines import Setting

ABSENCE_BEGINS = "contracts.absence_begins"
ABSENCE_ENDS = "contracts.absence_ends"
POST_BEGINS = "contracts.post_begins"
POST_ENDS = "contracts.post_ends"
CLAUSE = "D-29"


def gone(absence: Absence, said: str) -> Change:
    """Somebody is away from now on; `said` is from when to when."""
    name = absence.user.name
    return Change(absence.user, True, f"away:{absence.pk}", f"{name} is away, {said}")


def back(absence: Absence) -> Change:
    """Somebody is there again."""
    name = absence.user.name
    return Change(absence.user, False, f"back:{absence.pk}", f"{name} is back")


def absence_entered(absence: Absence, said: str, *, at: dt.datetime) -> None:
    """Tell who stands in now if the absence runs already; else at its beginning. The person hears at its end."""
    person, step = absence.user, str(absence.pk)
    settings = [Setting(person, ABSENCE_ENDS, absence.ends_at, CLAUSE, step, said)]
    if absence.starts_at <= at:
        tell([gone(absence, said)], at=at)
    else:
        settings.append(Setting(person, ABSENCE_BEGINS, absence.starts_at, CLAUSE, step, said))
    deadlines.set_deadlines(settings, at=at)


def absence_over(absence: Absence, pk: int, *, ran: bool, at: dt.datetime) -> None:
    """An absence was called off, or ended early: nothing is to come of it. Somebody who is back hears what they owe."""
    deadlines.cancel(
        absence.user,
        at=at,
        cause="the absence was called off or ended",
        kinds=[ABSENCE_BEGINS, ABSENCE_ENDS],
        steps=[str(pk)],
    )
    if ran:
        tell([back(absence)], at=at)


def begun(assignment: Assignment) -> Change:
    """Somebody serves an agreement from now on."""
    said = f"{assignment.user.name} is {assignment.get_duty_display()} of {assignment.agreement.reseller.name}"
    return Change(assignment.user, False, f"serves:{assignment.pk}", said, assignment)


def ended(assignment: Assignment) -> Change:
    """Somebody serves an agreement no longer."""
    said = f"{assignment.user.name} is no longer {assignment.get_duty_display()}"
    key = f"served:{assignment.pk}:{assignment.ends_on}"
    return Change(
        assignment.user, True, key, f"{said} of {assignment.agreement.reseller.name}", assignment
    )


def assigned(assignment: Assignment, *, at: dt.datetime) -> None:
    """Tell somebody assigned what they owe: now, or when their first day begins; and who follows when it ends."""
    agreement = assignment.agreement
    starts_at = midnight(agreement, assignment.starts_on)
    if starts_at <= at:
        tell([begun(assignment)], at=at)
    else:
        step = str(assignment.pk)
        deadlines.set_deadline(
            agreement, POST_BEGINS, due_at=starts_at, clause=CLAUSE, step=step, at=at
        )
    _set_end(assignment, at)


def end_moved(assignment: Assignment, *, at: dt.datetime) -> None:
    """The last day of an assignment changed: whoever follows is told then, or now if it is past."""
    deadlines.supersede(
        assignment.agreement,
        at=at,
        cause="another last day",
        kinds=[POST_ENDS],
        steps=[str(assignment.pk)],
    )
    _set_end(assignment, at)


def _set_end(assignment: Assignment, at: dt.datetime) -> None:
    if assignment.ends_on is None:
        return
    agreement = assignment.agreement
    ends_at = midnight(agreement, assignment.ends_on + dt.timedelta(days=1))
    if ends_at <= at:
        tell([ended(assignment)], at=at)
        return
    step = str(assignment.pk)
    deadlines.set_deadline(agreement, POST_ENDS, due_at=ends_at, clause=CLAUSE, step=step, at=at)
