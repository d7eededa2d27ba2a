"""Information clocks: the information of 5.2.3 must arrive in time, or the case is downgraded or closed
(ATSP 4.9.1, 4.10.8; D-8, D-9).

All of them count from reporting; for severity 1 the report is the telephone call. All instants are aware.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cases.clocks.rules.objectives import TELEPHONE_CLAUSE
from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import InformationOutcome, Programme
from portal.rules.business_time import BusinessCalendar, in_utc


@dataclass(frozen=True, slots=True)
class InformationDue:
    """When the information must be here, when the contact is warned, and what happens otherwise.

    `due_at` may lie in the past: the clock then acts at once (`already_past`). `warn_at` is None when there is no time
    left for a warning. `to_severity` is given for a downgrade, `closure_reason` for a closure. Information that
    arrives at the very instant of `due_at` is in time (D-8).
    """

    severity: int
    warn_at: datetime | None
    due_at: datetime
    already_past: bool
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
    """The information clock of a case of that severity; None when the programme has none (severity 4).

    `asked_at` is when this clock begins to matter: when the information was asked for, or the severity changed; a case
    that a clock downgraded goes on to the next one like that (ATSP 4.9.1). The
    due time counts from `reported_at` all the same; for a severity reported by telephone only it counts from
    `called_at`, where the case became severity 1 after its report (D-9). A warning whose time has passed is given at
    `asked_at`, never dropped.
    """
    clock = programme.information_clock(severity)
    if clock is None:
        return None
    by_telephone = programme.severity(severity).by_telephone_only
    origin = called_at if by_telephone and called_at is not None else reported_at
    result = due(clock.within, origin, calendar)
    warn_at = max(result.at - clock.warn_before.length, asked_at) if asked_at < result.at else None
    report = f"reporting, which is the telephone call ({TELEPHONE_CLAUSE}, D-9)"
    words = [
        f"The information of 5.2.3 is due within {clock.within} of {report if by_telephone else 'reporting'}.",
        result.words,
    ]
    already_past = result.at < asked_at
    if already_past:
        words.append("That moment has passed, so it takes effect at once.")
    return InformationDue(
        severity=severity,
        warn_at=in_utc(warn_at) if warn_at is not None else None,
        due_at=result.at,
        already_past=already_past,
        outcome=clock.outcome,
        to_severity=clock.to_severity,
        closure_reason=clock.closure_reason,
        clause=clock.clause,
        words=" ".join(words),
        consequence=_consequence(clock.outcome, clock.to_severity),
        data={"severity": severity, "within": str(clock.within), "sum": result.data},
    )


def missing_words(missing: Sequence[str]) -> str:
    """What is still missing as a sentence, for warnings and pages: "Still missing: the trace, the server log."."""
    return f"Still missing: {', '.join(missing)}." if missing else "Nothing is missing."


def _consequence(outcome: InformationOutcome, to_severity: int | None) -> str:
    if outcome is InformationOutcome.CLOSE:
        return (
            "Otherwise the case closes for want of information; it can be reopened with a reason."
        )
    return f"Otherwise the case becomes severity {to_severity}."
