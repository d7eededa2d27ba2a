"""Information clocks: the information of 5.2.3 that a report lacks must arrive in time, or the case is downgraded or
closed (ATSP 4.9.1, 4.10.8; D-8, D-9, D-20).

All of them count from reporting; for severity 1 the report is the telephone call. All instants are aware.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.clocks.rules.objectives import TELEPHONE_CLAUSE
from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import InformationOutcome, Programme
from portal.rules.business_time import BusinessCalendar, in_utc


@dataclass(frozen=True, slots=True)
class InformationDue:
    """When the information must be here, when the contact is warned, and what happens otherwise.

    `to_severity` is given for a downgrade, `closure_reason` for a closure. Information that arrives at the very instant
    of `due_at` is in time (D-8). The clock acts only on a contact who was warned at least `warned_for` before (D-20).
    """

    severity: int
    warn_at: datetime
    due_at: datetime
    warned_for: timedelta
    outcome: InformationOutcome
    to_severity: int | None
    closure_reason: str | None
    clause: str
    words: str
    consequence: str
    data: Mapping[str, object] = field(default_factory=dict, hash=False)


def information_due(
    programme: Programme,
    severity: int,
    reported_at: datetime,
    asked_at: datetime,
    calendar: BusinessCalendar,
    *,
    called_at: datetime | None = None,
) -> InformationDue | None:
    """The information clock of a case of that severity, asked for at `asked_at`; None where none runs.

    None runs where the programme has none (severity 4), and where less than its notice was left when the information
    was asked for, or when the severity changed: it is then an ordinary request, without a consequence of its own
    (D-20). The due time counts from `reported_at` all the same; for a severity reported by telephone only it counts
    from `called_at`, where the case became severity 1 after its report (D-9). A warning whose time has passed is given
    at `asked_at`.
    """
    clock = programme.information_clock(severity)
    if clock is None:
        return None
    by_telephone = programme.severity(severity).by_telephone_only
    origin = called_at if by_telephone and called_at is not None else reported_at
    result = due(clock.within, origin, calendar)
    if asked_at > result.at - clock.least:
        return None
    report = f"reporting, which is the telephone call ({TELEPHONE_CLAUSE}, D-9)"
    return InformationDue(
        severity=severity,
        warn_at=in_utc(max(result.at - clock.warn_before.length, asked_at)),
        due_at=result.at,
        warned_for=clock.least / 2,
        outcome=clock.outcome,
        to_severity=clock.to_severity,
        closure_reason=clock.closure_reason,
        clause=clock.clause,
        words=f"The information of 5.2.3 is due within {clock.within} of {report if by_telephone else 'reporting'}. "
        f"{result.words}",
        consequence=_consequence(clock.outcome, clock.to_severity),
        data={"severity": severity, "within": str(clock.within), "sum": result.data},
    )


def acts_at(
    due_at: datetime, warned_at: datetime | None, warned_for: timedelta, now: datetime
) -> datetime:
    """When a clock that is due acts: at once, or once the contact has been warned for long enough (D-20).

    `warned_at` is when they were; None for not yet, so that they are warned `now`.
    """
    return max(due_at, (warned_at or now) + warned_for)


def missing_words(missing: Sequence[str]) -> str:
    """What is still missing as a sentence, for warnings and pages: "Still missing: the trace, the server log."."""
    return f"Still missing: {', '.join(missing)}." if missing else "Nothing is missing."


def _consequence(outcome: InformationOutcome, to_severity: int | None) -> str:
    if outcome is InformationOutcome.CLOSE:
        return (
            "Otherwise the case closes for want of information; it can be reopened with a reason."
        )
    return f"Otherwise the case becomes severity {to_severity}."
