"""The terms of renewal and end as frozen values (REN; ATSP 9.2, 9.4, 9.5)."""

from dataclasses import dataclass
from typing import Annotated

from contracts.programmes.rules.choices import PartySide, TransferNeeds
from contracts.programmes.rules.values import ClauseId, Code, Points, Span, Written


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
class TerminationGround:
    """A further cause for which one party may terminate on written notice (SCL 10.2)."""

    code: Code
    name: str
    side: PartySide
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way in which a notice goes, and how many days after it counts as delivered (SCL 18)."""

    code: Code
    name: str
    deemed_after: Annotated[Span, Written.MARK]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a party may transfer the agreement: to whom, and what the other party must have before (ATSP 19.3, SCL 19.1).

    `to` are the kinds of successor that the paper allows, empty where it does not say.
    """

    side: PartySide
    needs: TransferNeeds
    clause: ClauseId
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What is given back when the agreement ends before its time, and what goes on to bind (ATSP 9.4, 9.5).

    With a `cure` it ends by a breach that is not cured within it after receipt of written notice (SCL 10.1), or for
    one of the `grounds` (SCL 10.2); without, together with the reseller agreement (ATSP 9.4).
    """

    clause: ClauseId
    survival_clause: ClauseId
    surviving: tuple[str, ...]  # the sections by number and heading, as the paper lists them
    cure: Span | None = None
    grounds: tuple[TerminationGround, ...] = ()
