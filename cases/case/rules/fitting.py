"""When a deed fits a case as it stands, as rules of the table of deeds (`deeds.DEEDS`).

Each answers with what stands against the deed for somebody of a side, a Refusal with the way out; None for nothing.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from cases.case.rules.vocabulary import Side, State
from cases.clocks.rules.wording import frequency
from cases.severity.rules import SeverityState
from contracts.programmes.rules.terms import Programme, Span
from portal.rules.refusal import Refusal


class Standing(Protocol):
    """A case as it stands, as far as the rules ask."""

    @property
    def number(self) -> str: ...  # noqa: D102
    @property
    def programme(self) -> Programme: ...  # noqa: D102
    @property
    def standing(self) -> SeverityState: ...  # noqa: D102

    state: str
    closure_reason: str
    information_asked_at: dt.datetime | None
    relieved_at: dt.datetime | None
    replicated_by_provider_at: dt.datetime | None
    workaround_agreed_at: dt.datetime | None
    closing_proposed_at: dt.datetime | None
    proposed_status_every: str
    status_every_proposed_by: str
    merged_at: dt.datetime | None
    open_sub_cases: int
    limitations: Sequence[Mapping[str, str]]


Rule = Callable[[Standing, Side], Refusal | None]


def always(case: Standing, side: Side) -> Refusal | None:
    """At any time."""
    return None


def while_open(case: Standing, side: Side) -> Refusal | None:
    """While the case is open."""
    if case.state != State.CLOSED:
        return None
    paper = case.programme.paper
    return Refusal(
        f"Case {case.number} is closed.",
        clause=paper.cite("ATSP 4.10"),
        way_out="Reopen it with a reason if the same Problem is back; a distinct Problem is a new case"
        f"{paper.cited['ATSP 1.3']}.",
    )


def _and_open(fits: Rule) -> Rule:
    """While the case is open, and the rule has nothing against it."""

    def both(case: Standing, side: Side) -> Refusal | None:
        return while_open(case, side) or fits(case, side)

    return both


def _against(
    case: Standing, holds: bool, sentence: str, clause: str, way_out: str
) -> Refusal | None:
    if holds:
        return None
    return Refusal(sentence, clause=case.programme.paper.cite(clause), way_out=way_out)


def asked(case: Standing, side: Side) -> Refusal | None:
    """While information of 5.2.3 is asked for, or once its clock closed the case (D-23)."""
    if case.state == State.CLOSED:
        reason = case.programme.closure_reason(case.closure_reason)
        return None if reason.by_clock else while_open(case, side)
    return _against(
        case,
        case.information_asked_at is not None,
        "No information is asked for on this case.",
        "ATSP 5.2.3",
        "Ask for what is missing first.",
    )


@_and_open
def proposed_by_other(case: Standing, side: Side) -> Refusal | None:
    """While the other side proposes a severity."""
    proposal = case.standing.proposal
    if proposal is None:
        return _nothing_proposed(case)
    return _against(
        case,
        proposal.side is not side,
        f"The {side} proposed severity {proposal.to} itself; the {side.other} answers it.",
        "ATSP 4.3",
        "Wait for the answer, or withdraw the proposal.",
    )


@_and_open
def proposed_by_own(case: Standing, side: Side) -> Refusal | None:
    """While the own side proposes a severity, or what it asked for awaits the call."""
    standing = case.standing
    if standing.proposal is None and (standing.awaits_call is None or side is Side.PROVIDER):
        return _nothing_proposed(case)
    return _against(
        case,
        standing.proposal is None or standing.proposal.side is side,
        f"The proposal is the {side.other}'s.",
        "ATSP 4.3",
        "Agree to it or decline it.",
    )


def _nothing_proposed(case: Standing) -> Refusal:
    return Refusal(
        "No change of severity is proposed.",
        clause=case.programme.paper.cite("ATSP 4.3"),
        way_out="Propose one, with a reason.",
    )


@_and_open
def not_highest(case: Standing, side: Side) -> Refusal | None:
    """Below the highest severity."""
    highest = min(term.level for term in case.programme.severities)
    return _against(
        case,
        case.standing.level != highest,
        f"The case is severity {highest} already.",
        "ATSP 4.5",
        "Log the call on the case instead.",
    )


@_and_open
def unconfirmed(case: Standing, side: Side) -> Refusal | None:
    """While the severity is not confirmed."""
    standing = case.standing
    if standing.proposal is not None and standing.proposal.side is not side:
        return Refusal(
            f"The {side.other} proposed severity {standing.proposal.to}, which waits for your answer.",
            clause=case.programme.paper.cite("ATSP 4.3"),
            way_out="Agree to the proposal or decline it.",
        )
    return _against(
        case,
        not standing.confirmed,
        f"Severity {standing.level} is confirmed already.",
        "ATSP 4.3",
        "Propose another severity if it no longer fits.",
    )


@_and_open
def nothing_waits(case: Standing, side: Side) -> Refusal | None:
    """While no severity is proposed."""
    waiting = case.standing.proposal
    if waiting is None:
        return None
    return Refusal(
        f"Severity {waiting.to}, proposed by the {waiting.side}, waits for an answer.",
        clause=case.programme.paper.cite("ATSP 4.3"),
        way_out="Withdraw your proposal first."
        if waiting.side is side
        else "Agree to it or decline it first.",
        field="severity",
    )


@_and_open
def may_sink(case: Standing, side: Side) -> Refusal | None:
    """Above the lowest severity."""
    lowest = max(term.level for term in case.programme.severities)
    return _against(
        case,
        case.standing.level < lowest,
        f"Severity {lowest} is the lowest.",
        "ATSP 4.9",
        "There is nothing to lower.",
    )


@_and_open
def unrelieved(case: Standing, side: Side) -> Refusal | None:
    """Before relief is given."""
    return _against(
        case,
        case.state != State.RELIEVED,
        "Relief is given already.",
        "ATSP Ex.B",
        "Say that it did not hold before you give another.",
    )


@_and_open
def relieved(case: Standing, side: Side) -> Refusal | None:
    """Once relief is given."""
    return _against(
        case,
        case.relieved_at is not None,
        "No relief is recorded on this case.",
        "ATSP 4.10.3",
        "Wait for the engineer's workaround."
        if side is Side.RESELLER
        else "Give relief first, with the time at which it was given.",
    )


@_and_open
def relief_to_agree(case: Standing, side: Side) -> Refusal | None:
    """Once relief is given, and before it is agreed to."""
    return relieved(case, side) or _against(
        case,
        case.workaround_agreed_at is None,
        "The workaround is agreed already.",
        "ATSP 4.10.3",
        "Say that the relief did not hold if it does not.",
    )


@_and_open
def no_closing_waits(case: Standing, side: Side) -> Refusal | None:
    """While no proposal to close waits."""
    return _against(
        case,
        case.closing_proposed_at is None,
        "A proposal to close waits for the contact's answer already.",
        "ATSP 4.10, D-27",
        "Withdraw it first, or close the case with what the contact said in a call.",
    )


@_and_open
def closing_waits(case: Standing, side: Side) -> Refusal | None:
    """While a proposal to close waits (D-27)."""
    return _against(
        case,
        case.closing_proposed_at is not None,
        "No proposal to close waits for an answer.",
        "ATSP 4.10, D-27",
        "Write on the case that it may close; the engineer then proposes it."
        if side is Side.RESELLER
        else "Propose to close the case first.",
    )


@_and_open
def frequency_free(case: Standing, side: Side) -> Refusal | None:
    """While the other side proposes no frequency of updates."""
    return _against(
        case,
        case.status_every_proposed_by in ("", side),
        f"The {side.other} proposed other updates, {_proposed(case)}, and waits for your answer.",
        "ATSP 4.7",
        "Agree to it or decline it first.",
    )


def _proposed(case: Standing) -> str:
    return frequency(Span.parse(case.proposed_status_every)) if case.proposed_status_every else ""


@_and_open
def frequency_of_other(case: Standing, side: Side) -> Refusal | None:
    """While the other side proposes a frequency of updates."""
    return _against(
        case,
        case.status_every_proposed_by == side.other,
        f"The {side.other} answers the frequency that the {side} proposed."
        if case.proposed_status_every
        else "No other frequency of updates is proposed.",
        "ATSP 4.7",
        "Wait for the answer, or propose another one.",
    )


@_and_open
def frequency_of_own(case: Standing, side: Side) -> Refusal | None:
    """While the own side proposes a frequency of updates."""
    return _against(
        case,
        case.status_every_proposed_by == side,
        f"The frequency is the {side.other}'s proposal."
        if case.proposed_status_every
        else "No other frequency of updates is proposed.",
        "ATSP 4.7",
        "Agree to it or decline it." if case.proposed_status_every else "Propose one.",
    )


@_and_open
def limited(case: Standing, side: Side) -> Refusal | None:
    """Where something limits the support of the case."""
    return _against(
        case,
        bool(case.limitations),
        "Nothing limits the support of this case.",
        "ATSP 4.8",
        "Correct the report if its release, platform or software is another one.",
    )


def sub_case_open(case: Standing, side: Side) -> Refusal | None:
    """While a sub-case is open."""
    return _against(
        case,
        case.open_sub_cases > 0,
        "No sub-case is open.",
        "ATSP Ex.C",
        "Open one to engage another team.",
    )


def closed(case: Standing, side: Side) -> Refusal | None:
    """Once the case is closed."""
    return _against(
        case,
        case.state == State.CLOSED,
        f"Case {case.number} is open.",
        "ATSP 1.3",
        "Write on the case what happens.",
    )


def merged(case: Standing, side: Side) -> Refusal | None:
    """Once the case is merged into another; how long ago is the act's to ask."""
    return _against(
        case,
        case.merged_at is not None,
        f"Case {case.number} is not merged into another.",
        "ATSP 1.3, D-27",
        "Reopen it with a reason if the same Problem is back.",
    )


def determines(case: Standing, side: Side) -> Refusal | None:
    """Where the programme counts cases."""
    return _against(
        case,
        bool(case.programme.determinations),
        "This programme counts no cases, so there is nothing to determine.",
        "ATSP 2.3",
        "Record on the case what the Problem is.",
    )


def unreplicated(case: Standing, side: Side) -> Refusal | None:
    """Before the provider replicated the Problem."""
    return _against(
        case,
        case.replicated_by_provider_at is None,
        "The replication is recorded already.",
        "ATSP Ex.B",
        "There is nothing more to record.",
    )


@_and_open
def sells_work(case: Standing, side: Side) -> Refusal | None:
    """Where the programme sells work by the day."""
    return _against(
        case,
        bool(case.programme.work_rates),
        "This programme sells no work by the day.",
        "ATSP 16",
        "Ask the account manager for another agreement.",
    )


@_and_open
def knows_other_errors(case: Standing, side: Side) -> Refusal | None:
    """Where the programme knows work on what is not the Software."""
    return _against(
        case,
        case.programme.notifies_other_cause,
        "This programme knows no work on what is not the Software.",
        "ATSP 7.1",
        "Tell the contact in a reply.",
    )
