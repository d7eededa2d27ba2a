"""The terms of the severity-1 escalation as frozen values (ATSP Ex.C)."""

from dataclasses import dataclass
from typing import Annotated

from contracts.programmes.rules.choices import Act, OptionKind, Role
from contracts.programmes.rules.values import ClauseId, Code, Span, Written


@dataclass(frozen=True, slots=True)
class EscalationDuty:
    """Something a person must do by a mark of Exhibit C, and the portal tracks."""

    code: Code
    title: str
    at: Span
    or_next_business_opening: bool  # "6 hours or next business day" (D-14)
    role: Role
    act: Act
    if_necessary: bool  # may be waived with a note (D-14)
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class EscalationNotice:
    """Something the portal sends at a mark of Exhibit C, once to each recipient."""

    code: Code
    title: str
    at: Annotated[Span, Written.MARK]
    audience: tuple[Role, ...]
    hotshot: bool
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Commitment:
    """The update owed at every hour until relief, closure or downgrade (ATSP Ex.C; D-13, D-15).

    An update made `served_by_update_within` before a mark meets that mark.
    """

    every: Span
    served_by_update_within: Span
    role: Role
    act: Act
    title: str
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Escalation:
    """The time-based escalation of one severity for agreements with an option (ATSP Ex.C).

    Duties and notices stand in the order of their marks, which count elapsed time from T: the
    moment the case became that severity.
    """

    severity: int
    option: OptionKind
    commitment: Commitment
    duties: tuple[EscalationDuty, ...]
    notices: tuple[EscalationNotice, ...]
    clause: ClauseId
