"""The life of an agreement: its states, the moves between them, and the clause of each end (ATSP page 1, 2; 9.4)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.agreements.rules.agreement_file import State
from contracts.programmes.rules.terms import Programme
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


class Cause(StrEnum):
    """Why an agreement ends; the values are those of ``contracts.models.EndCause``."""

    EXPIRED = "expired"
    CASES_SPENT = "cases_spent"
    TERMINATED = "terminated"


_WORDS = {Cause.CASES_SPENT: "all cases are spent", Cause.TERMINATED: "terminated with cause"}

MOVES: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.SIGNED,),
    State.SIGNED: (State.IN_FORCE, State.ENDED),
    State.IN_FORCE: (State.ENDED,),
    State.ENDED: (),
}
"""Where an agreement may go from each state. A draft that comes to nothing is deleted; an end is for good."""

_WAYS_OUT = {
    State.DRAFT: "Sign it first.",
    State.SIGNED: "It comes in force by itself on its Effective Date.",
    State.IN_FORCE: "A change of its terms is a new agreement after its end.",
    State.ENDED: "Draw up a new agreement.",
}


def require_move(before: State, after: State, *, contract: str) -> None:
    """Raise Refusal unless an agreement may go from a state to another; it names the way out of the state it is in."""
    if after not in MOVES[before]:
        said = before.value.replace("_", " ")
        raise Refusal(
            f"Agreement {contract} is {'a draft' if before is State.DRAFT else said}: "
            f"it cannot become {after.value.replace('_', ' ')}.",
            way_out=_WAYS_OUT[before],
        )


def clause_of_end(cause: Cause, programme: Programme) -> str:
    """The clause that an end of this cause rests on: the term for an expired one and for spent cases (ATSP page 1,
    2.a; SCL 8.2), the termination for a terminated one (ATSP 9.4; SCL 10.1). Empty where the programme has none.
    """
    if cause is not Cause.TERMINATED:
        return programme.term_clause
    if programme.term is not None and programme.term.termination_clause:
        return programme.term.termination_clause
    return programme.ending.clause if programme.ending else ""


def words_of_end(cause: Cause, programme: Programme) -> str:
    """Why it ended, as its paper has it: "the contract year is over", "support without cost is over"."""
    return programme.over if cause is Cause.EXPIRED else _WORDS[cause]


def begins_at(effective_on: date, zone: str) -> datetime:
    """The instant, UTC, from which an agreement is in force: its Effective Date's first, in its zone."""
    return from_wall_clock(datetime.combine(effective_on, datetime.min.time()), zone)


def expires_at(ends_on: date, zone: str) -> datetime:
    """The instant, UTC, from which the year is over: its anniversary's first, in its zone (ATSP page 1, 2.a)."""
    return begins_at(ends_on + timedelta(days=1), zone)


def require_day_of_end(
    cause: Cause,
    on: date,
    *,
    effective_on: date,
    ends_on: date,
    today: date,
    programme: Programme,
) -> None:
    """Raise Refusal unless `on` may be the first day without the agreement.

    It lies in the year from the Effective Date to the anniversary, and not after tomorrow: an end is recorded when it
    is there. A termination comes before the anniversary: on that day the agreement expires, and nothing of the year is
    left to refund (ATSP 9.4). All dates are the agreement's own.
    """
    clause = clause_of_end(cause, programme)
    anniversary = ends_on + timedelta(days=1)
    last = ends_on if cause is Cause.TERMINATED else anniversary
    if on < effective_on:
        raise Refusal(
            f"{day_words(on)} is before the Effective Date, {day_words(effective_on)}.",
            clause=clause,
            way_out=f"Name a day from {day_words(effective_on)} to {day_words(last)}.",
            field="on",
        )
    if on > last:
        day = day_words(anniversary)
        which = f"the day after {day_words(ends_on)}" if on == anniversary else f"after {day}"
        raise Refusal(
            f"{day_words(on)} is {which}, when {programme.over} anyway.",
            clause=clause,
            way_out=f"Name a day up to {day_words(last)}, or do nothing: the agreement expires by itself.",
            field="on",
        )
    if cause is Cause.EXPIRED and on != anniversary:
        raise Refusal(
            f"The agreement runs through {day_words(ends_on)}; it cannot expire on {day_words(on)}.",
            clause=clause,
            way_out="For an earlier end name another cause.",
            field="on",
        )
    if on > today + timedelta(days=1):
        raise Refusal(
            f"{day_words(on)} is still to come.",
            clause=clause,
            way_out="Record the end on its day, or on the day before.",
            field="on",
        )


def require_reason(cause: Cause, reason: str, clause: str) -> None:
    """Raise Refusal for a termination without a reason (ATSP 9.4)."""
    if cause is Cause.TERMINATED and not reason.strip():
        raise Refusal(
            "A termination needs a reason.",
            clause=clause,
            way_out="Say why: the reseller agreement was terminated for cause on …",
            field="reason",
        )


def require_counted(cause: Cause, programme: Programme) -> None:
    """Raise Refusal for an end by spent cases where the programme counts none (SCL 8.2)."""
    if cause is Cause.CASES_SPENT and not programme.tiers:
        raise Refusal(
            "This agreement counts no cases, so they cannot be expended.",
            clause=clause_of_end(cause, programme),
            way_out="It ends on its last day, or by termination.",
        )


def require_spent(
    cause: Cause, left: int, provisional: int, clause: str, *, extension_awaits: bool = False
) -> None:
    """Raise Refusal for an end by spent cases while some are left or may come (ATSP page 1, 2.a; 9.1; D-47)."""
    if cause is not Cause.CASES_SPENT:
        return
    which = [
        f"{cases} case{' is' if cases == 1 else 's are'} {what}"
        for cases, what in ((left, "left"), (provisional, "provisional"))
        if cases
    ]
    if which or extension_awaits:
        why = " and ".join(which) or "An extension awaits its decision"
        raise Refusal(
            f"{why}, so the cases are not expended.",
            clause=clause,
            way_out="It ends when all are charged and no extension is asked for, or on its anniversary.",
            field="on",
        )
