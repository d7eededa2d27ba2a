"""Which acts a case page keeps in sight."""

from dataclasses import replace

import pytest

from cases.case.rules.deeds import Deed
from cases.case.rules.likeliest import IN_SIGHT, Moment, likeliest
from cases.case.rules.vocabulary import Side, State

FRESH = Moment(
    state=State.NEW,
    severity=2,
    is_owned=False,
    is_confirmed=False,
    is_answered=False,
    is_relieved=False,
    awaits_call=False,
    awaits_information=False,
)
WORKED = replace(FRESH, state=State.IN_PROGRESS, is_owned=True, is_confirmed=True, is_answered=True)
RELIEVED = replace(WORKED, state=State.RELIEVED, is_relieved=True)
CLOSED = replace(RELIEVED, state=State.CLOSED)
ALL = frozenset(Deed) - {
    Deed.ANSWER_CLOSING,
    Deed.ANSWER,
    Deed.ANSWER_FREQUENCY,
    Deed.AGREE,
    Deed.ACCEPT,
}


@pytest.mark.parametrize(
    ("moment", "side", "offered", "first"),
    [
        (FRESH, Side.PROVIDER, ALL, [Deed.TAKE, Deed.ASSIGN, Deed.CONFIRM_SEVERITY]),
        (replace(FRESH, awaits_call=True), Side.PROVIDER, ALL, [Deed.CONFIRM_CALL, Deed.TAKE, Deed.ASSIGN]),
        (WORKED, Side.PROVIDER, ALL, [Deed.ASK, Deed.RELIEF, Deed.ASSIGN]),
        (replace(WORKED, awaits_information=True), Side.PROVIDER, ALL,
         [Deed.RELIEF, Deed.ASSIGN, Deed.PROPOSE_CLOSING]),
        (replace(WORKED, severity=1), Side.PROVIDER, ALL, [Deed.RELIEF, Deed.SUB_CASE, Deed.ASK]),
        (RELIEVED, Side.PROVIDER, ALL, [Deed.PROPOSE_CLOSING, Deed.ARTICLE, Deed.DETERMINE]),
        (WORKED, Side.PROVIDER, ALL | {Deed.ANSWER}, [Deed.ANSWER, Deed.ASK, Deed.RELIEF]),
        (CLOSED, Side.PROVIDER, ALL, [Deed.REOPEN, Deed.ARTICLE, Deed.DETERMINE]),
        (CLOSED, Side.RESELLER, ALL, [Deed.REOPEN]),
        (WORKED, Side.RESELLER, ALL | {Deed.ANSWER_CLOSING}, [Deed.ANSWER_CLOSING, Deed.PROPOSE, Deed.CORRECT]),
        (RELIEVED, Side.RESELLER, ALL | {Deed.AGREE}, [Deed.AGREE, Deed.FAIL, Deed.PROPOSE]),
        (WORKED, Side.RESELLER, {Deed.WORK}, [Deed.WORK]),
        (WORKED, Side.PROVIDER, set(), []),
    ],
)  # fmt: skip
def test_what_is_waited_for_comes_first_then_what_the_state_calls_for(
    moment: Moment, side: Side, offered: frozenset[Deed], first: list[Deed]
) -> None:
    found = likeliest(offered, moment, side)
    assert found == first
    assert len(found) <= IN_SIGHT
