"""What the contact's silence on a proposal to close comes to (ATSP 4.10; D-27)."""

from dataclasses import dataclass
from datetime import datetime

from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import ClosureReason, Programme, Span
from portal.rules.business_time import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Silence:
    """When the contact is reminded of a proposal to close, and when the case closes without an answer. All UTC.

    `last_notice` is the time that the last reminder leaves them at least; `clause` the term's, `rule` what it says in a
    sentence, `words` the same with the sum.
    """

    closes_at: datetime
    remind_at: tuple[datetime, ...]
    last_notice: Span
    clause: str
    rule: str
    words: str


def silence(
    programme: Programme, proposed_at: datetime, calendar: BusinessCalendar
) -> Silence | None:
    """What silence comes to after a proposal at `proposed_at`, in the Business Day of the case; None without the term.

    Raises ValueError for a naive `proposed_at`.
    """
    term = programme.closing
    if term is None:
        return None
    closes = due(term.silence, proposed_at, calendar)
    reminded = term.reminders[-1].amount if term.reminders else 0
    rule = f"The case closes {term.silence} after the proposal, unless the contact answers."
    return Silence(
        closes.at,
        tuple(due(span, proposed_at, calendar).at for span in term.reminders),
        Span(term.silence.amount - reminded, term.silence.unit),
        programme.paper.cite(f"ATSP 4.10, {term.clause}"),
        rule,
        f"{rule} {closes.words}",
    )


def after_late_reminder(
    found: Silence, reminded_at: datetime, calendar: BusinessCalendar
) -> datetime:
    """When the case closes whose last reminder went out at `reminded_at` only: it leaves its notice all the same."""
    return max(found.closes_at, due(found.last_notice, reminded_at, calendar).at)


def speaks_against(
    programme: Programme, reason: ClosureReason, severity: int, *, agreed: bool, relieved: bool
) -> str:
    """Why silence cannot close a case for the reason, as a sentence; "" when it can.

    A Workaround is mutually agreed (ATSP 4.10.3), and a severity 1 that got no relief (ATSP 4.10.4 to 4.10.7) closes on
    the contact's word alone.
    """
    if programme.closing is None:
        return "This programme closes no case by silence."
    if reason.by_agreement and not agreed:
        return "It must be mutually agreed, so it closes when the contact agrees and not before."
    highest = min(term.level for term in programme.severities)
    if severity == highest and not relieved:
        return (
            f"Severity {severity} closes without relief only on the contact's word, and not before."
        )
    return ""
