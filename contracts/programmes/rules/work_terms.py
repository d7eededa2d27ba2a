"""The terms of work that is charged by the day, or by time and materials, as frozen values (ATSP 7.1, 16, Ex.D)."""

from dataclasses import dataclass

from contracts.programmes.rules.values import ClauseId, Code, Money


@dataclass(frozen=True, slots=True)
class WorkRate:
    """A kind of work charged by the day (ATSP 16-18, Ex.D). `exhibit` is the one that governs it on site."""

    code: Code
    name: str
    per_day: Money
    plus_expenses: bool
    clause: ClauseId
    exhibit: ClauseId | None = None


@dataclass(frozen=True, slots=True)
class OtherCause:
    """The provider notifies where a Problem may not be in the Software, and nothing is asked or charged (BL 3.1.6)."""

    clause: ClauseId


@dataclass(frozen=True, slots=True)
class OtherErrors:
    """Work on what may not be a Problem in the Software: the clause of each answer to who pays (ATSP 7.1, 7.2, 7.3).

    `name` says what such work is. The clauses: that the provider notifies and the reseller chooses; that what was
    instructed is paid by time and materials; and what is not paid, for the Software is the cause, nobody instructed
    it, or the reseller's notice to stop was received.
    """

    name: str
    clause: ClauseId
    paid_clause: ClauseId
    software_clause: ClauseId
    uninstructed_clause: ClauseId
    stopped_clause: ClauseId
