"""What may be done to a case: by whom, and when (ATSP 4.1, 5.2.2). Forms, API, mail and telephone all ask here.

Who may do a deed is a row of `DEEDS`; when it fits is a rule of the case as it stands, which answers with a Refusal
that names the way out. Of what was typed nothing is known here: that is the rules' of its noun.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from cases.case.rules.vocabulary import Side, State
from cases.severity.rules import SeverityState
from contracts.programmes.rules.terms import Programme
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


class Deed(StrEnum):
    """A deed: its value is its name in addresses."""

    REPLY = "reply"
    ADD = "add"
    CALL = "call"
    NOTE = "note"
    ACCEPT = "accept"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    CONFIRM_CALL = "confirm-call"
    REFUSE_CALLER = "refuse-caller"
    CONFIRM_SEVERITY = "confirm-severity"
    PROPOSE = "propose"
    DOWNGRADE = "downgrade"
    FREQUENCY = "frequency"
    RELIEF = "relief"
    AGREE = "agree"
    FAIL = "fail"
    CLOSE = "close"
    REOPEN = "reopen"
    DETERMINE = "determine"
    ARTICLE = "article"
    REPLICATED = "replicated"
    WORK = "work"
    NOT_SOFTWARE = "not-software"
    TAKE = "take"
    ASSIGN = "assign"
    HAND_OVER = "hand-over"
    SUB_CASE = "sub-case"


Rule = Callable[[Standing, Side], Refusal | None]


class Who(StrEnum):
    """What a person is to a case."""

    ENGINEER = "engineer"
    DISPATCH = "dispatch"
    CONTACT = "contact"
    ADMINISTRATIVE = "administrative"

    @property
    def side(self) -> Side:
        """The side on which they act."""
        return Side.PROVIDER if self in (Who.ENGINEER, Who.DISPATCH) else Side.RESELLER


@dataclass(frozen=True, slots=True)
class Terms:
    """Of one deed: the words after "may not", its clause, who may do it, and when it fits.

    What a contact asks for by a deed that `assists` waits until they are past the waiting time (ATSP 5.2.1).
    """

    words: str
    clause: str
    who: tuple[Who, ...]
    fits: Rule
    assists: bool = False

    def of_side(self, side: Side) -> bool:
        """Whether it is anybody's of that side."""
        return any(each.side is side for each in self.who)


def refusal(deed: Deed, case: Standing, side: Side) -> Refusal | None:
    """What stands against doing it now, whoever of that side does it; None when it fits."""
    return DEEDS[deed].fits(case, side)


def _always(case: Standing, side: Side) -> Refusal | None:
    return None


def _open(case: Standing, side: Side) -> Refusal | None:
    if case.state != State.CLOSED:
        return None
    paper = case.programme.paper
    return Refusal(
        f"Case {case.number} is closed.",
        clause=paper.cite("ATSP 4.10"),
        way_out="Reopen it with a reason if the same Problem is back; a distinct Problem is a new case"
        f"{paper.cited['ATSP 1.3']}.",
    )


def _while_open(fits: Rule) -> Rule:
    """While the case is open, and the rule has nothing against it."""

    def both(case: Standing, side: Side) -> Refusal | None:
        return _open(case, side) or fits(case, side)

    return both


def _against(
    case: Standing, holds: bool, sentence: str, clause: str, way_out: str
) -> Refusal | None:
    if holds:
        return None
    return Refusal(sentence, clause=case.programme.paper.cite(clause), way_out=way_out)


def _asked(case: Standing, side: Side) -> Refusal | None:
    if case.state == State.CLOSED:
        reason = case.programme.closure_reason(case.closure_reason)
        return None if reason.by_clock else _open(case, side)
    return _against(
        case,
        case.information_asked_at is not None,
        "No information is asked for on this case.",
        "ATSP 5.2.3",
        "Ask for what is missing first.",
    )


@_while_open
def _proposed_by_other(case: Standing, side: Side) -> Refusal | None:
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


@_while_open
def _proposed_by_own(case: Standing, side: Side) -> Refusal | None:
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


@_while_open
def _not_highest(case: Standing, side: Side) -> Refusal | None:
    highest = min(term.level for term in case.programme.severities)
    return _against(
        case,
        case.standing.level != highest,
        f"The case is severity {highest} already.",
        "ATSP 4.5",
        "Log the call on the case instead.",
    )


@_while_open
def _unconfirmed(case: Standing, side: Side) -> Refusal | None:
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


@_while_open
def _nothing_waits(case: Standing, side: Side) -> Refusal | None:
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


@_while_open
def _may_sink(case: Standing, side: Side) -> Refusal | None:
    lowest = max(term.level for term in case.programme.severities)
    return _against(
        case,
        case.standing.level < lowest,
        f"Severity {lowest} is the lowest.",
        "ATSP 4.9",
        "There is nothing to lower.",
    )


@_while_open
def _unrelieved(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        case.state != State.RELIEVED,
        "Relief is given already.",
        "ATSP Ex.B",
        "Say that it did not hold before you give another.",
    )


@_while_open
def _relieved(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        case.relieved_at is not None,
        "No relief is recorded on this case.",
        "ATSP 4.10.3",
        "Wait for the engineer's workaround."
        if side is Side.RESELLER
        else "Give relief first, with the time at which it was given.",
    )


@_while_open
def _relief_to_agree(case: Standing, side: Side) -> Refusal | None:
    return _relieved(case, side) or _against(
        case,
        case.workaround_agreed_at is None,
        "The workaround is agreed already.",
        "ATSP 4.10.3",
        "Say that the relief did not hold if it does not.",
    )


def _closed(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        case.state == State.CLOSED,
        f"Case {case.number} is open.",
        "ATSP 1.3",
        "Write on the case what happens.",
    )


def _determines(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        bool(case.programme.determinations),
        "This programme counts no cases, so there is nothing to determine.",
        "ATSP 2.3",
        "Record on the case what the Problem is.",
    )


def _unreplicated(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        case.replicated_by_provider_at is None,
        "The replication is recorded already.",
        "ATSP Ex.B",
        "There is nothing more to record.",
    )


@_while_open
def _sells_work(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        bool(case.programme.work_rates),
        "This programme sells no work by the day.",
        "ATSP 16",
        "Ask the account manager for another agreement.",
    )


@_while_open
def _knows_other_errors(case: Standing, side: Side) -> Refusal | None:
    return _against(
        case,
        case.programme.notifies_other_cause,
        "This programme knows no work on what is not the Software.",
        "ATSP 7.1",
        "Tell the contact in a reply.",
    )


_ENGINEER = (Who.ENGINEER,)
_INTAKE = (Who.ENGINEER, Who.DISPATCH)
_CONTACT = (Who.CONTACT,)
_BOTH = (Who.ENGINEER, Who.CONTACT)
_OWN_SIDE = (Who.CONTACT, Who.ADMINISTRATIVE)

DEEDS: Mapping[Deed, Terms] = MappingProxyType(
    {
        Deed.REPLY: Terms("reply to the contact", "ATSP 4.6", _ENGINEER, _open),
        Deed.ADD: Terms("add information to a case", "ATSP 5.2.7", _CONTACT, _open),
        Deed.CALL: Terms("log a call with the contact", "ATSP 4.6", _ENGINEER, _open),
        Deed.NOTE: Terms("write an internal note", "ATSP 4.1", _INTAKE, _always),
        Deed.ACCEPT: Terms("accept information", "ATSP 5.2.3", _ENGINEER, _asked),
        Deed.ASK: Terms("ask for information", "ATSP 5.2.3", _ENGINEER, _open),
        Deed.ANSWER: Terms("answer a proposed severity", "ATSP 4.3", _BOTH, _proposed_by_other),
        Deed.WITHDRAW: Terms("withdraw a proposal", "ATSP 4.3", _BOTH, _proposed_by_own),
        Deed.CONFIRM_CALL: Terms("confirm a telephone report", "ATSP 4.5", _INTAKE, _not_highest),
        Deed.REFUSE_CALLER: Terms("refuse a caller", "ATSP 5.2.2", _INTAKE, _open),
        Deed.CONFIRM_SEVERITY: Terms("confirm a severity", "ATSP 4.3", _ENGINEER, _unconfirmed),
        Deed.PROPOSE: Terms("propose a severity", "ATSP 4.3", _BOTH, _nothing_waits),
        Deed.DOWNGRADE: Terms("downgrade a case", "ATSP 4.9", _ENGINEER, _may_sink),
        Deed.FREQUENCY: Terms("agree how often to update", "ATSP 4.7", _ENGINEER, _open),
        Deed.RELIEF: Terms("give relief", "ATSP Ex.B", _ENGINEER, _unrelieved),
        Deed.AGREE: Terms("agree to a workaround", "ATSP 4.10.3", _CONTACT, _relief_to_agree),
        Deed.FAIL: Terms("report that the relief failed", "ATSP 4.10", _BOTH, _relieved),
        Deed.CLOSE: Terms("close a case", "ATSP 4.10", _ENGINEER, _open),
        Deed.REOPEN: Terms("reopen a case", "ATSP 1.3", _BOTH, _closed, assists=True),
        Deed.DETERMINE: Terms("determine what a case is", "ATSP 2.3", _ENGINEER, _determines),
        Deed.ARTICLE: Terms("link an article", "ATSP Ex.B", _ENGINEER, _always),
        Deed.REPLICATED: Terms("record a replication", "ATSP Ex.B", _ENGINEER, _unreplicated),
        Deed.WORK: Terms(
            "ask for work", "ATSP 16, 17, 18", (Who.ENGINEER, *_OWN_SIDE), _sells_work
        ),
        Deed.NOT_SOFTWARE: Terms(
            "notify that it may not be the Software", "ATSP 7.1", _ENGINEER, _knows_other_errors
        ),
        Deed.TAKE: Terms("take a case", "ATSP 4.1", _ENGINEER, _open),
        Deed.ASSIGN: Terms("assign a case", "ATSP 4.1", _INTAKE, _open),
        Deed.HAND_OVER: Terms(
            "hand the case over to another contact", "ATSP 5.2.2", (*_INTAKE, *_OWN_SIDE), _open
        ),
        Deed.SUB_CASE: Terms("open a sub-case", "ATSP Ex.C", _ENGINEER, _open),
    }
)
"""What each deed's row says."""
