"""How often updates come, as both sides agree for a case."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.case.rebuilding import differences_of
from cases.clocks.proposing import answer_frequency, propose_frequency, withdraw_frequency
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.pages import forms, words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, journalled, status_of, told
from tests.seen import carried


@pytest.mark.clause("ATSP 4.7")
@pytest.mark.parametrize(
    ("proposer", "answerer", "told_first"),
    [
        ("technical", "engineer", "engineer@legato.example"),
        ("engineer", "alternate", "tess.ward@meridian.example"),
    ],
)
def test_a_frequency_proposed_by_one_side_holds_once_the_other_agrees(
    world: World, proposer: str, answerer: str, told_first: str
) -> None:
    case = world.reply(world.open(severity=3), NOW + MINUTE)
    weekly = status_of(case).due_at
    case = propose_frequency(case, by=world.user(proposer), at=NOW + HOUR, every="2 business days")
    assert (case.status_every, status_of(case).due_at) == ("", weekly)
    assert told(case, "case_word") == [told_first]

    case = answer_frequency(case, by=world.user(answerer), at=NOW + 2 * HOUR, agree=True)
    assert case.status_every == "2 business days"
    assert (case.proposed_status_every, case.status_every_proposed_by) == ("", "")
    row = status_of(case)
    assert (row.due_at, row.clause) == (local("2003-03-07 10:01"), "ATSP 4.7")
    assert case.next_due_at == row.due_at
    case = world.reply(case, NOW + 3 * HOUR)
    assert status_of(case).due_at == local("2003-03-07 13:00"), "it outlasts an update"
    [entry] = journalled(case, "case.frequency_answered")
    assert (entry.public, entry.clause) == (True, "ATSP 4.7")
    assert (entry.before, entry.after) == ({"every": ""}, {"every": "2 business days"})


@pytest.mark.clause("ATSP 4.7", "D-21")
def test_no_update_is_owed_in_the_past_when_they_come_more_often(world: World) -> None:
    case = world.reply(world.open(severity=3), NOW + MINUTE)
    case = propose_frequency(case, by=world.engineer, at=NOW + 2 * DAY, every="4 hours")
    answer_frequency(case, by=world.user("technical"), at=NOW + 2 * DAY, agree=True)
    assert status_of(case).due_at == NOW + 2 * DAY + 4 * HOUR


@pytest.mark.clause("ATSP 4.7", "D-11")
def test_what_is_agreed_counts_from_a_change_of_severity_after_the_last_update(
    world: World,
) -> None:
    case = world.reply(world.open(severity=2), NOW + MINUTE)
    ground, changed = DowngradeGround.IMPACT_LESSENED, NOW + 2 * HOUR
    case = downgrade(case, by=world.engineer, at=changed, to=3, ground=ground, reason="At night.")
    case = propose_frequency(case, by=world.engineer, at=NOW + 3 * HOUR, every="4 hours")
    answer_frequency(case, by=world.user("technical"), at=NOW + 3 * HOUR, agree=True)
    assert status_of(case).due_at == changed + 4 * HOUR


@pytest.mark.clause("ATSP 4.7", "ATSP 4.6")
def test_rarer_updates_that_were_agreed_end_when_the_case_is_raised(world: World) -> None:
    raised = {}
    for every in ("2 weeks", "1 day", "1 hour"):
        case = world.reply(world.open(severity=3), NOW + MINUTE)
        case = propose_frequency(case, by=world.engineer, at=NOW + HOUR, every=every)
        answer_frequency(case, by=world.user("technical"), at=NOW + 2 * HOUR, agree=True)
        confirm_call(again(case), by=world.dispatch, at=NOW + 3 * HOUR)
        raised[every] = again(case)
        assert list(differences_of([raised[every]])) == []
    ended = raised["2 weeks"]
    assert (ended.status_every, status_of(ended).clause) == ("", "ATSP 4.6")
    assert status_of(ended).due_at == NOW + MINUTE + DAY
    [entry] = journalled(ended, "case.call_confirmed")
    assert entry.text.endswith("those agreed, every 2 weeks, were rarer.")
    stays = [raised[every].status_every for every in ("1 day", "1 hour")]
    assert stays == ["1 day", "1 hour"], "what comes no later stays"
    case = propose_frequency(world.open(), by=world.engineer, at=NOW + HOUR, every="2 weeks")
    case = answer_frequency(case, by=world.user("technical"), at=NOW + 2 * HOUR, agree=True)
    ground, at = DowngradeGround.IMPACT_LESSENED, NOW + 3 * HOUR
    case = downgrade(case, by=world.engineer, at=at, to=3, ground=ground, reason="Only at night.")
    assert case.status_every == "2 weeks", "so does what was agreed for more"


@pytest.mark.clause("ATSP 4.7")
def test_declined_updates_come_as_before(world: World) -> None:
    case = world.reply(world.open(severity=3), NOW + MINUTE)
    weekly = status_of(case).due_at
    case = propose_frequency(case, by=world.engineer, at=NOW + HOUR, every="2 weeks")
    case = answer_frequency(case, by=world.user("technical"), at=NOW + 2 * HOUR, agree=False)
    assert (case.status_every, case.proposed_status_every) == ("", "")
    assert status_of(case).due_at == weekly
    assert told(case, "case_word")[1:] == ["engineer@legato.example"], "who proposed it hears"


@pytest.mark.clause("ATSP 4.7")
@pytest.mark.parametrize("every", ["1 hour", "99 days"])
def test_a_frequency_is_of_one_to_ninety_nine(world: World, every: str) -> None:
    case = propose_frequency(world.open(), by=world.engineer, at=NOW, every=every)
    assert case.proposed_status_every == every


@pytest.mark.clause("ATSP 4.7")
def test_nobody_agrees_with_themselves(world: World) -> None:
    case = propose_frequency(world.open(), by=world.engineer, at=NOW, every="4 hours")
    with pytest.raises(Refusal):
        answer_frequency(case, by=world.colleague, at=NOW, agree=True)
    with pytest.raises(Refusal, match="waits for your answer"):
        propose_frequency(case, by=world.user("technical"), at=NOW, every="2 hours")
    case = propose_frequency(case, by=world.engineer, at=NOW, every="8 hours")
    assert case.proposed_status_every == "8 hours", "a later proposal replaces one's own"
    assert again(case).status_every == ""


@pytest.mark.clause("ATSP 4.7")
def test_a_side_withdraws_the_frequency_it_proposed(world: World) -> None:
    case = world.reply(world.open(severity=3), NOW + MINUTE)
    weekly = status_of(case).due_at
    case = propose_frequency(case, by=world.user("technical"), at=NOW + HOUR, every="1 day")
    with pytest.raises(Refusal, match="reseller's proposal"):
        withdraw_frequency(case, by=world.engineer, at=NOW + HOUR)
    case = withdraw_frequency(case, by=world.user("alternate"), at=NOW + 2 * HOUR)
    assert (case.proposed_status_every, case.status_every_proposed_by) == ("", "")
    assert (case.status_every, status_of(case).due_at) == ("", weekly)
    [entry] = journalled(case, "case.frequency_withdrawn")
    assert entry.text == "The reseller withdrew an update every day; they come as before."
    assert told(case, "case_word") == ["engineer@legato.example"] * 2
    with pytest.raises(Refusal, match="No other frequency"):
        withdraw_frequency(case, by=world.user("technical"), at=NOW + 2 * HOUR)


@pytest.mark.clause("ATSP 4.7")
def test_both_sides_read_what_is_proposed_and_who_proposed_it_takes_it_back(
    world: World, as_user: Callable[[str], Client]
) -> None:
    case = propose_frequency(world.open(), by=world.user("technical"), at=NOW, every="1 day")
    contact, engineer = as_user("technical"), as_user("engineer")
    address = case.get_absolute_url()
    page = contact.get(address)
    assert "every day, proposed by the reseller" in words(page)
    assert "withdraw-frequency" in forms(page)
    page = engineer.get(address)
    assert "Agree to an update every day, or decline it" in words(page)
    assert "withdraw-frequency" not in forms(page)
    form = carried(contact.get(f"{address}?act=withdraw-frequency"), "withdraw-frequency")
    contact.post(f"{address}withdraw-frequency/", form)
    assert again(case).proposed_status_every == ""


@pytest.mark.clause("ATSP 4.7")
@pytest.mark.parametrize("every", ["", "often", "0 days", "100 days", "1 business day"])
def test_a_frequency_is_a_span_and_another_one(world: World, every: str) -> None:
    case = world.open()  # severity 2: an update every Business Day
    with pytest.raises(Refusal) as refused:
        propose_frequency(case, by=world.engineer, at=NOW, every=every)
    assert refused.value.field == "amount"
