"""The states of a case, who may move it, and when it may close (ATSP 1.3, 4.10, Ex.B).

new → in progress ⇄ waiting for reseller / waiting for engineering → relieved → closed; a failed relief goes back to
work, and a closed case is reopened with a reason. No state stops a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cases.case.rules.vocabulary import WORKING, Side, State
from contracts.programmes.rules.terms import ClosureReason, Programme
from portal.rules.refusal import Refusal

CLOSURE_CLAUSE = "ATSP 4.10"
WORKAROUND_CLAUSE = "ATSP 4.10.3"
DISTINCT_PROBLEM_CLAUSE = "ATSP 1.3"
RELIEF_CLAUSE = "ATSP Ex.B"


class Move(StrEnum):
    """An act that changes the state of a case."""

    TAKE_UP = "take_up"
    WAIT_FOR_RESELLER = "wait_for_reseller"
    WAIT_FOR_ENGINEERING = "wait_for_engineering"
    RESUME = "resume"
    GIVE_RELIEF = "give_relief"
    FAIL_RELIEF = "fail_relief"
    CLOSE = "close"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        """The act as a reader wants it: "wait for reseller"."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class _Rule:
    sources: tuple[State, ...]
    target: State
    sides: tuple[Side, ...]
    needs_reason: bool
    clause: str


_BOTH = (Side.RESELLER, Side.PROVIDER)
_PROVIDER = (Side.PROVIDER,)
_UNRELIEVED = (State.NEW, *WORKING)  # an engineer who acts on a new case takes it up by that act

_RULES: Mapping[Move, _Rule] = MappingProxyType(
    {
        Move.TAKE_UP: _Rule((State.NEW,), State.IN_PROGRESS, _PROVIDER, False, "ATSP 4.6"),
        Move.WAIT_FOR_RESELLER: _Rule(
            (State.NEW, State.IN_PROGRESS, State.WAITING_FOR_ENGINEERING),
            State.WAITING_FOR_RESELLER,
            _PROVIDER,
            False,
            "ATSP 5.2.3",
        ),
        Move.WAIT_FOR_ENGINEERING: _Rule(
            (State.NEW, State.IN_PROGRESS, State.WAITING_FOR_RESELLER),
            State.WAITING_FOR_ENGINEERING,
            _BOTH,
            False,
            "ATSP 4.7",
        ),
        Move.RESUME: _Rule(
            (State.WAITING_FOR_RESELLER, State.WAITING_FOR_ENGINEERING),
            State.IN_PROGRESS,
            _BOTH,
            False,
            "ATSP 4.7",
        ),
        Move.GIVE_RELIEF: _Rule(_UNRELIEVED, State.RELIEVED, _PROVIDER, False, RELIEF_CLAUSE),
        Move.FAIL_RELIEF: _Rule((State.RELIEVED,), State.IN_PROGRESS, _BOTH, True, CLOSURE_CLAUSE),
        Move.CLOSE: _Rule(
            (*_UNRELIEVED, State.RELIEVED), State.CLOSED, _PROVIDER, False, CLOSURE_CLAUSE
        ),
        Move.REOPEN: _Rule(
            (State.CLOSED,), State.IN_PROGRESS, _BOTH, True, DISTINCT_PROBLEM_CLAUSE
        ),
    }
)


def allowed_moves(state: State, side: Side) -> tuple[Move, ...]:
    """The moves that a side may make from a state, in the order of the case's life. Closing also needs `closure`."""
    return tuple(
        move for move, rule in _RULES.items() if state in rule.sources and side in rule.sides
    )


def moved(state: State, move: Move, *, side: Side, reason: str = "") -> State:
    """The state after the move (ATSP 4.10, 1.3). Closing is checked by `closure` as well.

    Raises Refusal when the state does not allow it, the side may not do it, or a failed relief or a reopening has no
    reason.
    """
    rule = _RULES[move]
    if side not in rule.sides:
        raise Refusal(
            f"The {side} cannot {move.label}: that is the {side.other}'s to do.",
            clause=rule.clause,
            way_out="Write on the case what you need; the engineer sees it at once.",
        )
    if state not in rule.sources:
        raise Refusal(
            f"A case that is {state.label} cannot {move.label}.",
            clause=rule.clause,
            way_out=_way_on(state, side),
        )
    if rule.needs_reason and not reason.strip():
        raise Refusal(
            f"To {move.label} needs a reason.",
            clause=rule.clause,
            way_out="Say what still happens, and since when. A distinct Problem is a new case."
            if move is Move.REOPEN
            else "Say how the relief failed.",
            field="reason",
        )
    return rule.target


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """What decides whether a case may close.

    `relief_given` tells whether a solution, Fix or Workaround stands given (not failed since); `reseller_agreed`
    whether the reseller agreed to the workaround, and `by_clock` whether the information clock closes it. The answer to
    a case closed `against_original`, as its duplicate, is given there.
    """

    state: State
    relief_given: bool
    reseller_agreed: bool = False
    by_clock: bool = False
    against_original: bool = False


def closure_refusals(
    programme: Programme, reason_code: str, facts: ClosureFacts
) -> tuple[Refusal, ...]:
    """All that stands against closing the case for that reason (ATSP 4.10.1-4.10.8); empty when it may close."""
    if facts.state is State.CLOSED:
        return (
            Refusal(
                "The case is closed already.",
                clause=CLOSURE_CLAUSE,
                way_out="Reopen it with a reason if the Problem is back.",
            ),
        )
    try:
        reason = programme.closure_reason(reason_code)
    except KeyError:
        return (
            Refusal(
                "A case closes for exactly one of the agreement's reasons."
                if not reason_code
                else f"{reason_code!r} is not a reason for closing a case.",
                clause=CLOSURE_CLAUSE,
                way_out="Choose the reason that holds.",
                field="reason",
            ),
        )
    return tuple(_against(reason, facts))


def closure(programme: Programme, reason_code: str, facts: ClosureFacts) -> ClosureReason:
    """The reason for which the case closes. Raises Refusal, with all that stands against it, when it may not."""
    refusal = Refusal.joined(closure_refusals(programme, reason_code, facts))
    if refusal is not None:
        raise refusal
    return programme.closure_reason(reason_code)


def closure_choices(programme: Programme, facts: ClosureFacts) -> tuple[ClosureReason, ...]:
    """The reasons that a person may choose now, in the agreement's order: those with nothing against them."""
    return tuple(
        reason
        for reason in programme.closure_reasons
        if not closure_refusals(programme, reason.code, facts)
    )


def answering_reason(programme: Programme) -> ClosureReason:
    """The reason for which a duplicate closes: its answer is its original's (ATSP 4.10.1, 1.3)."""
    return next(
        reason
        for reason in programme.closure_reasons
        if reason.is_relief and not reason.by_agreement
    )


def _against(reason: ClosureReason, facts: ClosureFacts) -> list[Refusal]:
    against = []
    if reason.by_clock and not facts.by_clock:
        against.append(
            Refusal(
                f"Only the information clock closes a case for the reason “{reason.name}”.",
                clause=reason.clause,
                way_out="Ask for the missing information; the clock closes the case if it does not come in time.",
                field="reason",
            )
        )
    if facts.by_clock and not reason.by_clock:
        against.append(
            Refusal(
                f"The information clock cannot close a case for the reason “{reason.name}”.",
                clause=reason.clause,
                way_out="A person closes the case for that reason.",
            )
        )
    if reason.is_relief and not (facts.relief_given or facts.against_original):
        against.append(
            Refusal(
                f"“{reason.name}” needs a relief, and no relief is recorded on this case.",
                clause=reason.clause,
                way_out="Record the relief first, with the time at which it was given.",
                field="reason",
            )
        )
    if reason.by_agreement and not facts.reseller_agreed:
        against.append(
            Refusal(
                f"“{reason.name}” must be mutually agreed, and the reseller has not agreed yet.",
                clause=reason.clause,
                way_out="Propose the workaround to the contact; the case can close once they agree to it.",
                field="reason",
            )
        )
    return against


def _way_on(state: State, side: Side) -> str:
    moves = [move.label for move in allowed_moves(state, side)]
    if not moves:
        return "Write on the case what you need; the engineer sees it at once."
    return f"From here you can: {', '.join(moves)}."
