"""Severity: requested by the reseller, confirmed by the provider, re-assigned as both agree (ATSP 4.3, 4.5, 4.9; D-9).

A case's `SeverityState` goes in, an act changes it, and a `SeverityChange` comes out. What the act may not do raises
Refusal. Level 1 is the highest severity.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from cases.case.rules.vocabulary import Channel, Side
from contracts.programmes.rules.terms import Programme, Severity
from portal.rules.refusal import Refusal

ASSIGNED_CLAUSE = "ATSP 4.3"
TELEPHONE_CLAUSE = "ATSP 4.5"
DOWNGRADE_CLAUSE = "ATSP 4.9"


class DowngradeGround(StrEnum):
    """Why the provider alone may downgrade (ATSP 4.9)."""

    IMPACT_LESSENED = "impact_lessened"
    NOT_COOPERATING = "not_cooperating"

    @property
    def label(self) -> str:
        """The ground in the agreement's words."""
        if self is DowngradeGround.IMPACT_LESSENED:
            return "solutions provided lessen the Problem's impact"
        return "the contact does not engage cooperatively in resolution efforts"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of severity that one side proposed and the other has not answered (ATSP 4.3)."""

    to: int
    side: Side
    reason: str


@dataclass(frozen=True, slots=True)
class SeverityState:
    """The severity of a case as it stands.

    `level` is in force and runs the clocks. `confirmed` tells whether the provider confirmed it. `awaits_call` is the
    severity that was asked for without the telephone call it needs (D-9). `proposal` waits for the other side.
    """

    level: int
    confirmed: bool = False
    awaits_call: int | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class SeverityChange:
    """What an act did: the standing after it, the clause, and a sentence for the journal and the reader."""

    before: int | None  # None when the case was opened with it
    standing: SeverityState
    clause: str
    words: str

    @property
    def raised(self) -> bool:
        """Whether the severity in force went up (towards 1)."""
        return self.before is not None and self.standing.level < self.before

    @property
    def lowered(self) -> bool:
        """Whether the severity in force went down."""
        return self.before is not None and self.standing.level > self.before


def on_report(programme: Programme, requested: int, channel: Channel) -> SeverityChange:
    """The severity that a new case begins with (ATSP 4.3, 4.5; D-9).

    A severity that must be reported by telephone, asked for by another channel, is taken at once as the next lower one
    and awaits the call. Raises Refusal for a severity that the programme does not have.
    """
    term = _known(programme, requested)
    if not term.by_telephone_only or channel is Channel.TELEPHONE:
        return SeverityChange(
            None,
            SeverityState(requested),
            term.clause,
            f"Reported as severity {requested}, {term.name}; the provider confirms it.",
        )
    taken = _highest_without_call(programme)
    return SeverityChange(
        None,
        SeverityState(taken.level, awaits_call=requested),
        TELEPHONE_CLAUSE,
        f"Taken as severity {taken.level}, {taken.name}. Severity {requested} awaits your call: it must be reported by "
        f"telephone, and its clocks start at the call (D-9).",
    )


def on_call(programme: Programme, standing: SeverityState, requested: int = 1) -> SeverityChange:
    """Dispatch confirmed the telephone call that reports the case as `requested` (ATSP 4.5, D-9).

    The severity is in force from the call, whether it was awaited or not; the provider's confirmation of the severity
    itself (ATSP 4.3) stays a separate act. Raises Refusal when the case is of that severity already.
    """
    term = _known(programme, requested)
    if standing.level == requested:
        raise Refusal(
            f"The case is severity {requested} already.",
            clause=TELEPHONE_CLAUSE,
            way_out="Log the call on the case instead.",
        )
    return SeverityChange(
        standing.level,
        SeverityState(requested),
        TELEPHONE_CLAUSE,
        f"Reported by telephone as severity {requested}, {term.name}; its clocks start at the call (D-9).",
    )


def on_reopening(programme: Programme, standing: SeverityState) -> SeverityChange | None:
    """The severity with which a closed case is open again; None where it keeps its own (ATSP 4.5, D-9).

    One that must be reported by telephone awaits the call like any other, and is the next lower one until then.
    """
    if not programme.severity(standing.level).by_telephone_only:
        return None
    taken = _highest_without_call(programme)
    return SeverityChange(
        standing.level,
        SeverityState(taken.level, awaits_call=standing.level),
        TELEPHONE_CLAUSE,
        f"Open again as severity {taken.level}, {taken.name}. Severity {standing.level} awaits the call: it must be "
        "reported by telephone, and its clocks start at the call (D-9).",
    )


def confirm(programme: Programme, standing: SeverityState) -> SeverityChange:
    """The provider confirmed the severity in force (ATSP 4.3). No clock changes.

    Raises Refusal when it is confirmed already, or a proposal of the reseller waits for an answer.
    """
    if standing.proposal is not None and standing.proposal.side is Side.RESELLER:
        raise Refusal(
            f"The reseller proposed severity {standing.proposal.to}, which waits for your answer.",
            clause=ASSIGNED_CLAUSE,
            way_out="Agree to the proposal or decline it.",
        )
    if standing.confirmed:
        raise Refusal(
            f"Severity {standing.level} is confirmed already.",
            clause=ASSIGNED_CLAUSE,
            way_out="Propose another severity if it no longer fits.",
        )
    term = programme.severity(standing.level)
    return SeverityChange(
        standing.level,
        replace(standing, confirmed=True),
        ASSIGNED_CLAUSE,
        f"The provider confirmed severity {term.level}, {term.name}.",
    )


def propose(
    programme: Programme,
    standing: SeverityState,
    to: int,
    *,
    side: Side,
    reason: str,
    channel: Channel = Channel.WEB,
) -> SeverityChange:
    """One side proposed another severity; it waits for the other side's answer (ATSP 4.3). No clock changes yet.

    A reseller that asks for severity 1 by another way than the telephone needs no answer but the call (D-9); by
    telephone, pass the call to `on_call`. Raises Refusal for an unknown or the same severity, no reason, or when a
    proposal or the same severity's call waits already.
    """
    term = _known(programme, to)
    if to == standing.level:
        raise Refusal(
            f"The case is severity {to} already.",
            clause=ASSIGNED_CLAUSE,
            way_out="Choose another severity, or leave it as it is.",
            field="severity",
        )
    if standing.proposal is not None:
        waiting = standing.proposal
        raise Refusal(
            f"Severity {waiting.to}, proposed by the {waiting.side}, waits for an answer.",
            clause=ASSIGNED_CLAUSE,
            way_out="Withdraw your proposal first."
            if waiting.side is side
            else "Agree to it or decline it first.",
            field="severity",
        )
    if to == standing.awaits_call:
        raise Refusal(
            f"Severity {to} is asked for already, and awaits the call.",
            clause=TELEPHONE_CLAUSE,
            way_out="Call and quote the case, or withdraw it first."
            if side is Side.RESELLER
            else "Call the contact, then confirm the call.",
            field="severity",
        )
    said = _reason(reason, "Say what changed, so that the other side can answer.", ASSIGNED_CLAUSE)
    if side is Side.RESELLER and term.by_telephone_only:
        if channel is Channel.TELEPHONE:
            return on_call(programme, standing, to)
        return SeverityChange(
            standing.level,
            replace(standing, awaits_call=to),
            TELEPHONE_CLAUSE,
            f"The reseller asks for severity {to}: {_ended(said)} It awaits the call, for it must be reported by "
            f"telephone (D-9). Until then the case is severity {standing.level}.",
        )
    return SeverityChange(
        standing.level,
        replace(standing, proposal=Proposal(to, side, said)),
        ASSIGNED_CLAUSE,
        f"The {side} proposed severity {to}, {term.name}: {_ended(said)} It waits for the {side.other}'s answer; until "
        f"then the case is severity {standing.level}.",
    )


def answer(
    programme: Programme, standing: SeverityState, *, side: Side, agree: bool
) -> SeverityChange:
    """The other side agreed to the proposal, or declined it (ATSP 4.3).

    Agreed, the proposed severity is in force and confirmed, for both sides agreed to it; one that must be reported by
    telephone awaits the call like any other, whichever side calls (D-24). Declined, it stays as it was.
    Raises Refusal when nothing was proposed, or the same side answers itself.
    """
    proposal = _proposal(standing)
    if proposal.side is side:
        raise Refusal(
            f"The {side} proposed severity {proposal.to} itself; the {side.other} answers it.",
            clause=ASSIGNED_CLAUSE,
            way_out="Wait for the answer, or withdraw the proposal.",
        )
    if not agree:
        return SeverityChange(
            standing.level,
            replace(standing, proposal=None),
            ASSIGNED_CLAUSE,
            f"The {side} declined severity {proposal.to}; the case stays severity {standing.level}.",
        )
    if programme.severity(proposal.to).by_telephone_only:
        return SeverityChange(
            standing.level,
            replace(standing, awaits_call=proposal.to, proposal=None),
            TELEPHONE_CLAUSE,
            f"Both sides agree to severity {proposal.to}. It awaits the telephone call, whichever side calls, and its "
            f"clocks start at the call (D-24); until then the case is severity {standing.level}.",
        )
    return SeverityChange(
        standing.level,
        SeverityState(proposal.to, confirmed=True),
        ASSIGNED_CLAUSE,
        f"Re-assigned from severity {standing.level} to {proposal.to}, as both sides agreed.",
    )


def withdraw(standing: SeverityState, *, side: Side) -> SeverityChange:
    """The side that proposed took its proposal back, or the reseller what awaited its call (ATSP 4.3, 4.5).

    Raises Refusal when it has none.
    """
    if standing.proposal is None and standing.awaits_call is not None and side is Side.RESELLER:
        return SeverityChange(
            standing.level,
            replace(standing, awaits_call=None),
            TELEPHONE_CLAUSE,
            f"Severity {standing.awaits_call} is not asked for any more; the case stays severity {standing.level}.",
        )
    proposal = _proposal(standing)
    if proposal.side is not side:
        raise Refusal(
            f"The proposal of severity {proposal.to} is the {proposal.side}'s.",
            clause=ASSIGNED_CLAUSE,
            way_out="Agree to it or decline it.",
        )
    return SeverityChange(
        standing.level,
        replace(standing, proposal=None),
        ASSIGNED_CLAUSE,
        f"The {side} withdrew its proposal of severity {proposal.to}.",
    )


def downgrade(
    programme: Programme,
    standing: SeverityState,
    to: int,
    *,
    side: Side,
    ground: DowngradeGround,
    reason: str,
) -> SeverityChange:
    """The provider alone lowered the severity, with a reason (ATSP 4.9). It ends any proposal and awaited call.

    Raises Refusal when the reseller tries it, without a reason, or when `to` is not a lower severity.
    """
    if side is not Side.PROVIDER:
        raise Refusal(
            "Only the provider may downgrade a case by itself.",
            clause=DOWNGRADE_CLAUSE,
            way_out="Propose the lower severity; it holds once the provider agrees"
            f"{programme.paper.cited[ASSIGNED_CLAUSE]}.",
        )
    term = _known(programme, to)
    if to <= standing.level:
        raise Refusal(
            f"Severity {to} is not lower than severity {standing.level}: a downgrade only lowers it.",
            clause=DOWNGRADE_CLAUSE,
            way_out=f"Propose the severity to the reseller, who answers it{programme.paper.cited[ASSIGNED_CLAUSE]}.",
            field="severity",
        )
    said = _reason(
        reason, "Say what lessens the impact, or what the contact did not do.", DOWNGRADE_CLAUSE
    )
    return SeverityChange(
        standing.level,
        SeverityState(to, confirmed=True),
        DOWNGRADE_CLAUSE,
        f"Downgraded from severity {standing.level} to {to}, {term.name}, because {ground.label}: {said}",
    )


def downgrade_by_clock(
    programme: Programme, standing: SeverityState, to: int, clause: str
) -> SeverityChange:
    """The information clock lowered the severity (ATSP 4.9.1): `to` and `clause` are that clock's.

    Raises ValueError when `to` is not lower: the clock then belongs to another severity and was not superseded.
    """
    if to <= standing.level:
        raise ValueError(f"an information clock cannot lower severity {standing.level} to {to}")
    term = programme.severity(to)
    return SeverityChange(
        standing.level,
        SeverityState(to, confirmed=True),
        clause,
        f"Downgraded from severity {standing.level} to {to}, {term.name}: the information of 5.2.3 was not received "
        f"in time.",
    )


def _known(programme: Programme, level: int) -> Severity:
    try:
        return programme.severity(level)
    except KeyError:
        levels = ", ".join(str(term.level) for term in programme.severities)
        raise Refusal(
            f"There is no severity {level}.",
            clause=ASSIGNED_CLAUSE,
            way_out=f"Choose one of {levels}.",
            field="severity",
        ) from None


def _highest_without_call(programme: Programme) -> Severity:
    return min(
        (term for term in programme.severities if not term.by_telephone_only),
        key=lambda term: term.level,
    )


def _proposal(standing: SeverityState) -> Proposal:
    if standing.proposal is None:
        raise Refusal(
            "No change of severity is proposed.",
            clause=ASSIGNED_CLAUSE,
            way_out="Propose one, with a reason.",
        )
    return standing.proposal


def _ended(said: str) -> str:
    """What somebody wrote as a sentence, before another one."""
    return said if said.endswith((".", "!", "?", "…", ":")) else f"{said}."


def _reason(reason: str, way_out: str, clause: str) -> str:
    said = reason.strip()
    if not said:
        raise Refusal(
            "A change of severity needs a reason.", clause=clause, way_out=way_out, field="reason"
        )
    return said
