"""The terms of renewal and end as frozen values (REN; ATSP 9.2, 9.4, 9.5)."""

from dataclasses import dataclass

from contracts.programmes.rules.values import ClauseId, Code, Points, Span


@dataclass(frozen=True, slots=True)
class RenewalPercentage:
    """The percentage of a new contract year after a year of that performance status (REN)."""

    status: Code  # a status of the scorecard, by code
    percent: Points
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Renewal:
    """When the proposal of the next year is opened, and what the past year's performance status brings (REN).

    `opens_before` is the portal's own choice: so many days before the anniversary. A status that no percentage names
    has none: no paper says one.
    """

    opens_before: Span
    clause: ClauseId
    percentages: tuple[RenewalPercentage, ...] = ()

    def percentage_for(self, status: str) -> RenewalPercentage | None:
        """The percentage that a status brings; None when the paper names none."""
        return next((one for one in self.percentages if one.status == status), None)


@dataclass(frozen=True, slots=True)
class Ending:
    """What is given back when the agreement ends before its time, and what goes on to bind (ATSP 9.4, 9.5)."""

    clause: ClauseId
    survival_clause: ClauseId
    surviving: tuple[str, ...]  # the sections by number and heading, as the paper lists them
    cure: Span | None = None  # of a breach, after receipt of written notice (SCL 10.1)
