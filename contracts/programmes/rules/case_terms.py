"""The terms of a case, from its severity to its charge, as frozen values (ATSP 2.3, 4.3, 4.8, 4.10, 5.2.3)."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.programmes.rules.choices import InformationOutcome
from contracts.programmes.rules.values import ClauseId, Code, Prose, Span


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity in the agreement's own meaning, with its objectives (ATSP 4.3, 4.5, 4.6; D-10)."""

    level: int
    name: str
    meaning: Prose
    clause: ClauseId
    by_telephone_only: bool
    first_response: Span
    status_every: Span
    status_in_business_time: bool
    resolution: str
    objective_clause: ClauseId

    @property
    def round_the_clock(self) -> bool:
        """Whether its first response runs 24x365 rather than in business time (ATSP 4.5)."""
        return not self.first_response.unit.is_business


@dataclass(frozen=True, slots=True)
class InformationClock:
    """The time within which the information of 5.2.3 must arrive, counted from reporting.

    It runs only when asked for with at least `notice` of it left, and acts only when the contact was warned half of
    that before (D-20); a programme that names none gives the time of the warning.
    """

    severity: int
    within: Span
    warn_before: Span
    outcome: InformationOutcome
    to_severity: int | None
    closure_reason: str | None
    clause: ClauseId
    notice: Span | None = None

    @property
    def least(self) -> timedelta:
        """The notice as a length."""
        return (self.notice or self.warn_before).length


@dataclass(frozen=True, slots=True)
class Limitation:
    """What the provider has no obligation to support; flagged, and the engineer decides (ATSP 4.8)."""

    code: Code
    name: str
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class ClosureReason:
    """One of the conditions under which a case closes (ATSP 4.10)."""

    code: Code
    name: str
    clause: ClauseId
    by_agreement: bool  # a Workaround must be mutually agreed (4.10.3)
    is_relief: bool  # a solution, Fix or Workaround was given, so relief precedes it (Ex.B)
    by_clock: bool  # only the information clock uses it (4.10.8)


@dataclass(frozen=True, slots=True)
class Closing:
    """What a proposal to close comes to when the contact is silent (ATSP 4.10; D-27). All spans count from it.

    The case closes after `silence`, and the contact is reminded after each of `reminders`. A programme without it
    closes nothing by silence.
    """

    silence: Span
    reminders: tuple[Span, ...]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Determination:
    """What a case turned out to be, and whether it is charged (ATSP 2.3, D-3)."""

    code: Code
    name: str
    charged: bool
    clause: ClauseId
