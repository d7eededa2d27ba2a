"""Severity: requested, confirmed, proposed, answered, downgraded."""

import pytest

from cases.case.rules.vocabulary import Channel, Side
from cases.severity.rules import (
    DowngradeGround,
    Proposal,
    SeverityState,
    answer,
    confirm,
    downgrade,
    downgrade_by_clock,
    on_call,
    on_report,
    propose,
    withdraw,
)
from portal.rules.refusal import Refusal
from tests.atsp import atsp

AWAITING_CALL = SeverityState(2, awaits_call=1)
PROPOSED = SeverityState(3, proposal=Proposal(2, Side.RESELLER, "Backups fail now."))


@pytest.mark.clause("ATSP 4.5", "D-9")
@pytest.mark.parametrize("channel", [Channel.WEB, Channel.EMAIL, Channel.API])
def test_severity_1_by_another_way_than_the_telephone_is_taken_as_2_and_awaits_the_call(
    channel: Channel,
) -> None:
    change = on_report(atsp(), 1, channel)

    assert change.standing == AWAITING_CALL
    assert change.clause == "ATSP 4.5"
    assert "Severity 1 awaits your call" in change.words
    assert not change.raised
    assert not change.lowered


@pytest.mark.clause("ATSP 4.3", "ATSP 4.5")
@pytest.mark.parametrize(
    ("requested", "channel"),
    [
        (1, Channel.TELEPHONE),
        (2, Channel.WEB),
        (3, Channel.EMAIL),
        (4, Channel.API),
        (2, Channel.TELEPHONE),
    ],
)
def test_any_other_report_has_the_severity_that_the_reseller_assigned(
    requested: int, channel: Channel
) -> None:
    change = on_report(atsp(), requested, channel)

    assert change.standing == SeverityState(requested)
    assert change.clause == f"ATSP 4.3.{requested}"


def test_a_report_of_an_unknown_severity_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        on_report(atsp(), 5, Channel.WEB)

    assert refused.value.field == "severity"
    assert refused.value.way_out == "Choose one of 1, 2, 3, 4."


@pytest.mark.clause("D-9")
@pytest.mark.parametrize("standing", [AWAITING_CALL, SeverityState(4, confirmed=True), PROPOSED])
def test_the_call_puts_severity_1_in_force(standing: SeverityState) -> None:
    change = on_call(atsp(), standing)

    assert change.standing == SeverityState(1)
    assert change.raised
    assert change.before == standing.level


def test_a_call_about_a_severity_1_case_changes_nothing() -> None:
    with pytest.raises(Refusal, match="severity 1 already"):
        on_call(atsp(), SeverityState(1))


@pytest.mark.clause("ATSP 4.3")
def test_the_provider_confirms_once() -> None:
    change = confirm(atsp(), SeverityState(2))

    assert change.standing == SeverityState(2, confirmed=True)
    assert not change.raised
    assert not change.lowered
    with pytest.raises(Refusal, match="confirmed already"):
        confirm(atsp(), change.standing)


@pytest.mark.clause("ATSP 4.3")
def test_a_proposal_of_the_reseller_is_answered_not_confirmed_over() -> None:
    with pytest.raises(Refusal, match="waits for your answer"):
        confirm(atsp(), PROPOSED)


@pytest.mark.clause("D-9")
def test_confirming_the_interim_severity_keeps_the_awaited_call() -> None:
    assert confirm(atsp(), AWAITING_CALL).standing.awaits_call == 1


@pytest.mark.clause("ATSP 4.3")
@pytest.mark.parametrize(
    ("side", "to"), [(Side.RESELLER, 2), (Side.PROVIDER, 4), (Side.PROVIDER, 1)]
)
def test_a_proposed_change_waits_for_the_other_side(side: Side, to: int) -> None:
    change = propose(atsp(), SeverityState(3), to, side=side, reason=" Backups fail now. ")

    assert change.standing.level == 3
    assert change.standing.proposal == Proposal(to, side, "Backups fail now.")
    assert f"waits for the {side.other}'s answer" in change.words


@pytest.mark.clause("D-9", "ATSP 4.5")
def test_a_reseller_that_asks_for_severity_1_in_writing_is_asked_to_call() -> None:
    change = propose(
        atsp(),
        SeverityState(3),
        1,
        side=Side.RESELLER,
        reason="All is down.",
        channel=Channel.EMAIL,
    )

    assert change.standing == SeverityState(3, awaits_call=1)
    assert change.clause == "ATSP 4.5"
    assert "severity 1: All is down. It awaits" in change.words, "the reason is kept"


@pytest.mark.clause("D-9", "D-24")
@pytest.mark.parametrize(
    ("side", "way_out"),
    [(Side.RESELLER, "quote the case"), (Side.PROVIDER, "confirm the call")],
)
def test_a_severity_that_awaits_its_call_is_not_asked_for_again(side: Side, way_out: str) -> None:
    with pytest.raises(Refusal, match="awaits the call") as refused:
        propose(atsp(), AWAITING_CALL, 1, side=side, reason="Still down.")
    assert way_out in refused.value.way_out
    assert refused.value.clause == "ATSP 4.5"


@pytest.mark.clause("ATSP 4.3")
@pytest.mark.parametrize("reason", ["Backups fail", "Backups fail."])
def test_the_reason_of_a_proposal_is_told_as_a_sentence(reason: str) -> None:
    change = propose(atsp(), SeverityState(3), 2, side=Side.RESELLER, reason=reason)
    assert "Serious: Backups fail. It waits" in change.words
    assert change.standing.proposal == Proposal(2, Side.RESELLER, reason)


@pytest.mark.clause("D-9")
def test_a_reseller_that_asks_for_severity_1_by_telephone_has_it() -> None:
    change = propose(
        atsp(),
        SeverityState(3),
        1,
        side=Side.RESELLER,
        reason="All is down.",
        channel=Channel.TELEPHONE,
    )

    assert change.standing == SeverityState(1)


@pytest.mark.clause("ATSP 4.3")
@pytest.mark.parametrize(
    ("name", "standing", "to", "reason", "said"),
    [
        ("the same", SeverityState(3), 3, "x", "severity 3 already"),
        ("unknown", SeverityState(3), 9, "x", "no severity 9"),
        ("without a reason", SeverityState(3), 2, "  ", "needs a reason"),
        ("while one waits", PROPOSED, 1, "x", "waits for an answer"),
    ],
)
def test_a_proposal_is_refused(
    name: str, standing: SeverityState, to: int, reason: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        propose(atsp(), standing, to, side=Side.PROVIDER, reason=reason)

    assert refused.value.clause == "ATSP 4.3"
    assert refused.value.way_out


@pytest.mark.clause("ATSP 4.3")
def test_agreed_the_proposed_severity_is_in_force_and_confirmed() -> None:
    change = answer(atsp(), PROPOSED, side=Side.PROVIDER, agree=True)

    assert change.standing == SeverityState(2, confirmed=True)
    assert change.raised


@pytest.mark.clause("ATSP 4.3")
def test_declined_the_case_stays_as_it_was() -> None:
    change = answer(atsp(), PROPOSED, side=Side.PROVIDER, agree=False)

    assert change.standing == SeverityState(3)
    assert not change.raised


@pytest.mark.clause("ATSP 4.3")
def test_nobody_answers_their_own_proposal_or_one_that_is_not_there() -> None:
    with pytest.raises(Refusal, match="proposed severity 2 itself"):
        answer(atsp(), PROPOSED, side=Side.RESELLER, agree=True)
    with pytest.raises(Refusal, match="No change of severity is proposed"):
        answer(atsp(), SeverityState(3), side=Side.RESELLER, agree=True)


@pytest.mark.clause("ATSP 4.3")
def test_a_proposal_is_withdrawn_by_the_side_that_made_it() -> None:
    assert withdraw(PROPOSED, side=Side.RESELLER).standing == SeverityState(3)
    with pytest.raises(Refusal, match="is the reseller's"):
        withdraw(PROPOSED, side=Side.PROVIDER)


@pytest.mark.clause("ATSP 4.9")
@pytest.mark.parametrize("ground", list(DowngradeGround))
def test_the_provider_alone_downgrades_with_a_reason(ground: DowngradeGround) -> None:
    change = downgrade(
        atsp(),
        SeverityState(1, confirmed=True, proposal=Proposal(2, Side.PROVIDER, "Workaround.")),
        2,
        side=Side.PROVIDER,
        ground=ground,
        reason="The Workaround holds.",
    )

    assert change.standing == SeverityState(2, confirmed=True)
    assert change.lowered
    assert change.clause == "ATSP 4.9"
    assert ground.label in change.words


@pytest.mark.clause("ATSP 4.9", "ATSP 4.3")
@pytest.mark.parametrize(
    ("name", "side", "to", "reason", "said", "way_out"),
    [
        (
            "by the reseller",
            Side.RESELLER,
            3,
            "x",
            "Only the provider",
            "Propose the lower severity",
        ),
        ("upwards", Side.PROVIDER, 1, "x", "not lower", "Propose the severity to the reseller"),
        ("to the same", Side.PROVIDER, 2, "x", "not lower", "Propose the severity to the reseller"),
        ("without a reason", Side.PROVIDER, 3, "", "needs a reason", "Say what lessens"),
    ],
)
def test_a_downgrade_is_refused(
    name: str, side: Side, to: int, reason: str, said: str, way_out: str
) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        downgrade(
            atsp(),
            SeverityState(2),
            to,
            side=side,
            ground=DowngradeGround.IMPACT_LESSENED,
            reason=reason,
        )

    assert refused.value.clause == "ATSP 4.9"
    assert way_out in refused.value.way_out


@pytest.mark.clause("ATSP 4.9.1")
def test_the_information_clock_downgrades_under_its_own_clause() -> None:
    change = downgrade_by_clock(atsp(), SeverityState(1), 2, "ATSP 4.9.1")

    assert change.standing.level == 2
    assert change.lowered
    assert change.clause == "ATSP 4.9.1"


def test_a_clock_left_over_from_a_higher_severity_cannot_raise_the_case() -> None:
    with pytest.raises(ValueError, match="cannot lower severity 3 to 2"):
        downgrade_by_clock(atsp(), SeverityState(3), 2, "ATSP 4.9.1")
