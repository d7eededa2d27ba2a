"""Which acts on a case are the likeliest next: those that a page keeps in sight, the others being under "More".

A rule of the case as it stands and of the side that looks. It decides nothing about what may be done: that is `deeds`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Side, State

IN_SIGHT = 3
"""How many are kept in sight at the most."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What of a case says which act is next: its `state` and `severity`, and what has happened on it."""

    state: State
    severity: int
    is_owned: bool
    is_confirmed: bool
    is_answered: bool
    is_relieved: bool
    awaits_call: bool
    awaits_information: bool


def likeliest(offered: Collection[Deed], moment: Moment, side: Side) -> list[Deed]:
    """The likeliest of the acts `offered`, the first the likeliest; at most `IN_SIGHT`.

    First comes an answer that somebody waits for, then what the state of the case calls for.
    """
    order = dict.fromkeys((*_answers(moment), *_next(moment, side)))
    return [deed for deed in order if deed in offered][:IN_SIGHT]


def _answers(moment: Moment) -> Iterator[Deed]:
    """What only waits for somebody's word; each is offered only to the side that owes it."""
    if moment.awaits_call:
        yield Deed.CONFIRM_CALL
    yield from (Deed.ANSWER_CLOSING, Deed.ANSWER, Deed.ANSWER_FREQUENCY, Deed.AGREE, Deed.ACCEPT)


def _next(moment: Moment, side: Side) -> Iterator[Deed]:
    """What the state of the case calls for."""
    if moment.state is State.CLOSED:
        yield Deed.REOPEN
        if side is Side.PROVIDER:
            yield from (Deed.ARTICLE, Deed.DETERMINE)
        return
    if side is Side.RESELLER:
        if moment.is_relieved:
            yield Deed.FAIL
        yield from (Deed.PROPOSE, Deed.CORRECT, Deed.HAND_OVER, Deed.WORK)
        return
    if not moment.is_owned:
        yield from (Deed.TAKE, Deed.ASSIGN)
    if not moment.is_confirmed:
        yield Deed.CONFIRM_SEVERITY
    if moment.is_relieved:
        yield from (Deed.PROPOSE_CLOSING, Deed.ARTICLE, Deed.DETERMINE)
    elif moment.severity == 1 and moment.is_answered:
        yield from (Deed.RELIEF, Deed.SUB_CASE)
    if not moment.awaits_information:
        yield Deed.ASK
    yield from (Deed.RELIEF, Deed.ASSIGN, Deed.PROPOSE_CLOSING, Deed.HAND_OVER)
