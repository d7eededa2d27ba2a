"""Simulate what would fire, and when: a timeline in advance, for drills."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.programmes.rules.terms import Escalation
from escalation.rules.exhibit_c import PlannedStep, StepKind, plan
from escalation.rules.wording import after_t
from portal.rules.business_time import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Foretold:
    """One line of a simulation: the mark, the due time (aware, UTC), what, and who does or hears it."""

    mark: str
    due_at: datetime
    kind: StepKind
    title: str
    who: str
    hotshot: bool
    clause: str
    words: str


def simulate(
    escalation: Escalation,
    started_at: datetime,
    calendar: BusinessCalendar,
    until: timedelta = timedelta(hours=24),
) -> tuple[Foretold, ...]:
    """Everything that a case which became severity 1 at `started_at` would bring, in order of due time (ATSP Ex.C).

    The hourly updates stand up to `until`; they go on until relief, downgrade or closure (D-13).
    """
    return tuple(_told(plan(escalation, started_at, calendar, until=until)))


def _told(steps: Iterable[PlannedStep]) -> Iterable[Foretold]:
    for step in steps:
        roles = [step.role] if step.role is not None else list(step.audience)
        yield Foretold(
            mark=after_t(step.mark),
            due_at=step.due_at,
            kind=step.kind,
            title=step.title,
            who=", ".join(role.value.replace("_", " ") for role in roles),
            hotshot=step.hotshot,
            clause=step.clause,
            words=step.words,
        )
