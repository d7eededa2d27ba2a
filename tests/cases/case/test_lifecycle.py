"""The states of a case, and when it may close."""

import pytest

from cases.case.rules.lifecycle import (
    ClosureFacts,
    Move,
    allowed_moves,
    closure,
    closure_choices,
    closure_refusals,
    moved,
)
from cases.case.rules.vocabulary import Side, State
from portal.rules.refusal import Refusal
from tests.atsp import atsp

LIFE = [
    # state, the provider's moves with their targets
    (
        State.NEW,
        {
            Move.TAKE_UP: State.IN_PROGRESS,
            Move.WAIT_FOR_RESELLER: State.WAITING_FOR_RESELLER,
            Move.WAIT_FOR_ENGINEERING: State.WAITING_FOR_ENGINEERING,
            Move.GIVE_RELIEF: State.RELIEVED,
            Move.CLOSE: State.CLOSED,
        },
    ),
    (
        State.IN_PROGRESS,
        {
            Move.WAIT_FOR_RESELLER: State.WAITING_FOR_RESELLER,
            Move.WAIT_FOR_ENGINEERING: State.WAITING_FOR_ENGINEERING,
            Move.GIVE_RELIEF: State.RELIEVED,
            Move.CLOSE: State.CLOSED,
        },
    ),
    (
        State.WAITING_FOR_RESELLER,
        {
            Move.WAIT_FOR_ENGINEERING: State.WAITING_FOR_ENGINEERING,
            Move.RESUME: State.IN_PROGRESS,
            Move.GIVE_RELIEF: State.RELIEVED,
            Move.CLOSE: State.CLOSED,
        },
    ),
    (
        State.WAITING_FOR_ENGINEERING,
        {
            Move.WAIT_FOR_RESELLER: State.WAITING_FOR_RESELLER,
            Move.RESUME: State.IN_PROGRESS,
            Move.GIVE_RELIEF: State.RELIEVED,
            Move.CLOSE: State.CLOSED,
        },
    ),
    (State.RELIEVED, {Move.FAIL_RELIEF: State.IN_PROGRESS, Move.CLOSE: State.CLOSED}),
    (State.CLOSED, {Move.REOPEN: State.IN_PROGRESS}),
]


@pytest.mark.clause("ATSP 4.10", "ATSP Ex.B")
@pytest.mark.parametrize(("state", "targets"), LIFE, ids=[state for state, _ in LIFE])
def test_every_state_allows_its_moves_and_no_other(
    state: State, targets: dict[Move, State]
) -> None:
    assert set(allowed_moves(state, Side.PROVIDER)) == set(targets)
    for move in Move:
        if move in targets:
            assert moved(state, move, side=Side.PROVIDER, reason="It hangs again.") is targets[move]
        else:
            with pytest.raises(Refusal) as refused:
                moved(state, move, side=Side.PROVIDER, reason="It hangs again.")
            assert refused.value.clause
            assert refused.value.way_out


@pytest.mark.clause("ATSP 4.10")
@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (State.NEW, {Move.WAIT_FOR_ENGINEERING}),
        (State.IN_PROGRESS, {Move.WAIT_FOR_ENGINEERING}),
        (State.WAITING_FOR_RESELLER, {Move.WAIT_FOR_ENGINEERING, Move.RESUME}),
        (State.WAITING_FOR_ENGINEERING, {Move.RESUME}),
        (State.RELIEVED, {Move.FAIL_RELIEF}),
        (State.CLOSED, {Move.REOPEN}),
    ],
)
def test_the_reseller_moves_a_case_only_where_it_is_theirs_to_move(
    state: State, moves: set[Move]
) -> None:
    assert set(allowed_moves(state, Side.RESELLER)) == moves


@pytest.mark.clause("ATSP 1.3", "ATSP 4.10")
@pytest.mark.parametrize(
    ("state", "move", "way_out"),
    [
        (State.CLOSED, Move.REOPEN, "A distinct Problem is a new case"),
        (State.RELIEVED, Move.FAIL_RELIEF, "Say how the relief failed"),
    ],
)
@pytest.mark.parametrize("reason", ["", " \n"])
def test_reopening_and_a_failed_relief_need_a_reason(
    state: State, move: Move, way_out: str, reason: str
) -> None:
    with pytest.raises(Refusal, match="needs a reason") as refused:
        moved(state, move, side=Side.RESELLER, reason=reason)

    assert refused.value.field == "reason"
    assert way_out in refused.value.way_out


def test_a_refusal_names_the_way_out() -> None:
    with pytest.raises(Refusal) as refused:
        moved(State.CLOSED, Move.GIVE_RELIEF, side=Side.PROVIDER)

    assert refused.value.sentence == "A case that is closed cannot give relief."
    assert refused.value.way_out == "From here you can: reopen."


def test_the_reseller_cannot_do_the_providers_acts() -> None:
    with pytest.raises(Refusal, match="that is the provider's to do"):
        moved(State.IN_PROGRESS, Move.CLOSE, side=Side.RESELLER)


@pytest.mark.clause("ATSP 4.6")
def test_only_a_closed_case_is_not_open() -> None:
    assert [state for state in State if not state.is_open] == [State.CLOSED]


WORKED_ON = ClosureFacts(State.IN_PROGRESS, relief_given=False)
RELIEVED = ClosureFacts(State.RELIEVED, relief_given=True)
AGREED = ClosureFacts(State.RELIEVED, relief_given=True, reseller_agreed=True)
BY_CLOCK = ClosureFacts(State.WAITING_FOR_RESELLER, relief_given=False, by_clock=True)


@pytest.mark.clause(
    "ATSP 4.10.1",
    "ATSP 4.10.2",
    "ATSP 4.10.3",
    "ATSP 4.10.4",
    "ATSP 4.10.5",
    "ATSP 4.10.6",
    "ATSP 4.10.7",
    "ATSP 4.10.8",
)
@pytest.mark.parametrize(
    ("reason", "clause", "facts", "said"),
    [
        ("solution", "ATSP 4.10.1", RELIEVED, None),
        ("solution", "ATSP 4.10.1", WORKED_ON, "needs a relief"),
        ("fix", "ATSP 4.10.2", RELIEVED, None),
        ("fix", "ATSP 4.10.2", WORKED_ON, "needs a relief"),
        ("workaround", "ATSP 4.10.3", AGREED, None),
        ("workaround", "ATSP 4.10.3", RELIEVED, "must be mutually agreed"),
        ("other-vendor", "ATSP 4.10.4", WORKED_ON, None),
        ("documentation-bug", "ATSP 4.10.5", WORKED_ON, None),
        ("future-release", "ATSP 4.10.6", WORKED_ON, None),
        ("future-release", "ATSP 4.10.6", RELIEVED, None),
        ("enhancement-request", "ATSP 4.10.7", WORKED_ON, None),
        ("information-not-received", "ATSP 4.10.8", BY_CLOCK, None),
        ("information-not-received", "ATSP 4.10.8", WORKED_ON, "Only the information clock"),
        ("other-vendor", "ATSP 4.10.4", BY_CLOCK, "cannot close a case"),
    ],
)
def test_a_case_closes_for_one_of_the_reasons_under_its_condition(
    reason: str, clause: str, facts: ClosureFacts, said: str | None
) -> None:
    if said is None:
        assert closure(atsp(), reason, facts).clause == clause
        return
    with pytest.raises(Refusal, match=said) as refused:
        closure(atsp(), reason, facts)
    assert refused.value.clause == clause
    assert refused.value.way_out


@pytest.mark.clause("ATSP 4.10.3")
def test_every_objection_to_a_workaround_is_named_at_once() -> None:
    refusals = closure_refusals(atsp(), "workaround", WORKED_ON)

    needs_relief, needs_agreement = refusals
    assert "needs a relief" in needs_relief.sentence
    assert "mutually agreed" in needs_agreement.sentence
    with pytest.raises(Refusal) as refused:
        closure(atsp(), "workaround", WORKED_ON)
    assert refused.value.all == refusals


@pytest.mark.clause("ATSP 4.10")
@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "exactly one of the agreement's reasons"), ("tired", "'tired' is not")],
)
def test_no_reason_or_an_unknown_one_is_refused(reason: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        closure(atsp(), reason, RELIEVED)

    assert (refused.value.clause, refused.value.field) == ("ATSP 4.10", "reason")


def test_a_closed_case_does_not_close_again() -> None:
    with pytest.raises(Refusal, match="closed already"):
        closure(atsp(), "solution", ClosureFacts(State.CLOSED, relief_given=True))


@pytest.mark.clause("ATSP 4.10")
@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (WORKED_ON, ["other-vendor", "documentation-bug", "future-release", "enhancement-request"]),
        (
            AGREED,
            [
                "solution",
                "fix",
                "workaround",
                "other-vendor",
                "documentation-bug",
                "future-release",
                "enhancement-request",
            ],
        ),
        (BY_CLOCK, ["information-not-received"]),
    ],
)
def test_only_the_reasons_that_hold_are_offered(facts: ClosureFacts, codes: list[str]) -> None:
    assert [reason.code for reason in closure_choices(atsp(), facts)] == codes
