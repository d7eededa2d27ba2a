"""Correcting a report, and deciding on what limits its support."""

from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.case.rules.vocabulary import Channel, State
from cases.information.actions import request_information
from cases.report.actions import correct_report, decide_limitation
from cases.resolution.actions.proposing import propose_closing
from portal.rules.refusal import Refusal
from tests.cases.pages import forms, words
from tests.cases.world import (
    HOUR,
    MINUTE,
    NOW,
    World,
    again,
    information_of,
    journalled,
    told,
)
from tests.seen import carried

OLD = {"release": "5.5.0"}  # neither the current Release nor the prior minor one


@pytest.mark.clause("ATSP 5.2.3")
@pytest.mark.parametrize("who", ["technical", "engineer"])
def test_a_report_is_put_right_and_the_journal_keeps_both(world: World, who: str) -> None:
    case = world.open()
    told_now = {"title": "Label fails on a jukebox", "platform": "HP 9000", "release": "6.1.3"}
    case = correct_report(case, by=world.user(who), at=NOW + HOUR, told=told_now)

    assert (case.title, case.platform) == ("Label fails on a jukebox", "HP 9000")
    [entry] = journalled(case, "case.report_corrected")
    assert (entry.public, entry.clause) == (True, "ATSP 5.2.3")
    assert entry.before == {
        "title": "Index corrupt after the upgrade",
        "platform": "Sun Enterprise 450",
    }
    assert entry.after == {"title": "Label fails on a jukebox", "platform": "HP 9000"}
    assert "platform Sun Enterprise 450 → HP 9000" in entry.text, "read without the journal"
    assert [*Case.objects.matching("jukebox")] == [case]
    assert not Case.objects.matching("upgrade")


@pytest.mark.clause("ATSP 5.2.3", "ATSP 4.9.1")
def test_blanks_of_a_telephone_report_filled_in_by_the_contact_are_information_received(
    world: World,
) -> None:
    blank = dict.fromkeys(("platform", "operating_system", "level_1_work"), "")
    case = world.open(channel=Channel.TELEPHONE, **blank)
    case = request_information(case, by=world.engineer, at=NOW + MINUTE, missing=["the platform"])
    case = correct_report(
        case, by=world.user("technical"), at=NOW + HOUR, told={"platform": "HP 9000"}
    )
    assert case.information_received_at == NOW + HOUR
    assert information_of(case).state == "met"
    assert "the platform" not in case.not_told


@pytest.mark.clause("ATSP 5.2.3", "ATSP 4.9.1", "D-20")
def test_blanks_that_an_engineer_fills_in_are_not_asked_for_any_more(world: World) -> None:
    blank = dict.fromkeys(("platform", "level_1_work"), "")
    case = world.open(channel=Channel.TELEPHONE, **blank)
    assert case.information_missing == ["the platform", "the Level 1 work done"]

    told_first = {"platform": "HP 9000"}
    case = correct_report(case, by=world.engineer, at=NOW + MINUTE, told=told_first)
    assert case.information_missing == ["the Level 1 work done"]
    assert information_of(case).state == "pending"

    told_then = {"level_1_work": "Logs gathered."}
    case = correct_report(case, by=world.engineer, at=NOW + HOUR, told=told_then)
    assert (case.information_received_at, information_of(case).state) == (NOW + HOUR, "met")


@pytest.mark.clause("ATSP 5.2.3", "ATSP 4.9.1")
@pytest.mark.parametrize("who", ["technical", "engineer"])
def test_a_case_whose_last_blank_is_filled_in_waits_for_the_reseller_no_more(
    world: World, who: str
) -> None:
    case = world.open(channel=Channel.TELEPHONE, platform="")
    case = request_information(
        case, by=world.engineer, at=NOW + MINUTE, missing=["the platform"], body="Which one?"
    )
    assert case.state == State.WAITING_FOR_RESELLER

    told = {"platform": "HP 9000"}
    case = correct_report(case, by=world.user(who), at=NOW + 2 * MINUTE, told=told)

    assert case.state == State.IN_PROGRESS
    assert list(differences_of([again(case)])) == []


@pytest.mark.clause("D-27")
def test_a_case_that_awaits_an_answer_on_its_closing_waits_on_when_a_blank_is_filled_in(
    world: World,
) -> None:
    case = world.open(channel=Channel.TELEPHONE, platform="")
    propose_closing(
        case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", body="Is it solved?"
    )
    told = {"platform": "HP 9000"}
    case = correct_report(case, by=world.user("technical"), at=NOW + 2 * HOUR, told=told)
    assert case.state == State.WAITING_FOR_RESELLER


@pytest.mark.clause("ATSP 5.2.3", "ATSP 1.15")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"platform": "Sun Enterprise 450 "}, None),
        ({"platform": " "}, "platform"),
        ({"replication": "unsuccessful"}, "replication_evidence"),
    ],
)
def test_a_correction_takes_no_answer_away(
    world: World, change: dict[str, Any], field: str | None
) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        correct_report(case, by=world.engineer, at=NOW + HOUR, told=change)
    assert refused.value.field == field
    assert again(case).platform == "Sun Enterprise 450"


@pytest.mark.clause("ATSP 4.8")
def test_a_corrected_release_is_limited_no_more_and_what_was_decided_stays(world: World) -> None:
    case = world.open(modified_software=True, **OLD)
    assert len(case.limitations) == 2
    modified = next(n for n, one in enumerate(case.limitations) if "odified" in one["words"])
    case = decide_limitation(
        case, by=world.engineer, at=NOW, number=modified, supported=True, reason="A small patch."
    )
    case = correct_report(case, by=world.engineer, at=NOW + HOUR, told={"release": "6.1.3"})
    [left] = case.limitations
    assert left["decision"] == "supported all the same"


@pytest.mark.clause("ATSP 4.8")
@pytest.mark.parametrize(
    ("supported", "decision"), [(True, "supported all the same"), (False, "not supported")]
)
def test_an_engineer_decides_on_a_limitation_and_nothing_is_refused_by_it(
    world: World, supported: bool, decision: str
) -> None:
    case = world.open(**OLD)
    case = decide_limitation(
        case, by=world.engineer, at=NOW, number=0, supported=supported, reason="The site moves up."
    )
    assert (case.limitations[0]["decision"], case.is_open) == (decision, True)
    assert told(case, "case_word") == ["tess.ward@meridian.example"]
    [entry] = journalled(case, "case.limitation_decided")
    assert (entry.public, entry.clause) == (True, "ATSP 4.8")
    assert entry.text.endswith(f"{decision.capitalize()}: The site moves up.")


@pytest.mark.clause("ATSP 4.8")
def test_a_later_decision_takes_the_place_of_the_one_before_which_stays_on_record(
    world: World,
) -> None:
    case = world.open(**OLD)
    for supported, at in ((False, NOW), (True, NOW + HOUR)):
        case = decide_limitation(
            case, by=world.engineer, at=at, number=0, supported=supported, reason="So."
        )
    assert case.limitations[0]["decision"] == "supported all the same"
    before = [one.before for one in journalled(case, "case.limitation_decided")]
    assert before == [{"decision": ""}, {"decision": "not supported"}]


@pytest.mark.clause("ATSP 4.8")
def test_the_contact_is_told_of_each_of_two_decisions_of_the_same_moment(world: World) -> None:
    case = world.open(modified_software=True, **OLD)
    for number in (0, 1):
        case = decide_limitation(
            case, by=world.engineer, at=NOW, number=number, supported=True, reason="So."
        )
    assert told(case, "case_word") == ["tess.ward@meridian.example"] * 2


@pytest.mark.clause("ATSP 4.8")
def test_a_decision_on_a_limitation_has_a_reason_and_a_limitation(world: World) -> None:
    case = world.open(**OLD)
    for number, reason in ((0, " "), (1, "So it is."), (-1, "So it is.")):
        with pytest.raises(Refusal):
            decide_limitation(
                case, by=world.engineer, at=NOW, number=number, supported=True, reason=reason
            )
    with pytest.raises(Refusal):
        decide_limitation(
            case, by=world.user("technical"), at=NOW, number=0, supported=True, reason="Please."
        )
    with pytest.raises(Refusal, match="Nothing limits"):
        decide_limitation(
            world.open(), by=world.engineer, at=NOW, number=0, supported=True, reason="So."
        )


@pytest.mark.clause("ATSP 4.8")
def test_the_contact_reads_what_is_flagged_and_then_what_was_decided(
    world: World, as_user: Any
) -> None:
    case = world.open(**OLD)
    client: Client = as_user("technical")
    flagged = case.limitations[0]["words"]
    assert flagged in words(client.get(case.get_absolute_url())), "as while it was typed (ADR 69)"
    page = as_user("engineer").get(f"{case.get_absolute_url()}?act=limitation")
    as_user("engineer").post(
        f"{case.get_absolute_url()}limitation/",
        {
            **carried(page, "limitation"),
            "limitation-number": "0",
            "limitation-supported": "no",
            "limitation-reason": "It is two Releases old.",
        },
    )
    shown = words(client.get(case.get_absolute_url()))
    assert flagged in shown
    assert "Not supported: It is two Releases old." in shown


@pytest.mark.clause("ATSP 5.2.3", "D-28")
def test_a_correction_of_a_report_that_changed_meanwhile_is_refused_and_kept(
    world: World, as_user: Any
) -> None:
    case = world.open()
    client: Client = as_user("technical")
    page = client.get(f"{case.get_absolute_url()}?act=correct")
    assert "correct" in forms(page)
    correct_report(case, by=world.engineer, at=NOW, told={"platform": "HP 9000"})
    typed = {f"correct-{name}": value for name, value in world.typed().items()}
    typed |= {**carried(page, "correct"), "correct-release": "6.1.0"}
    answer = client.post(f"{case.get_absolute_url()}correct/", typed)
    assert answer.status_code == 409
    assert "The report was corrected since you opened this page." in words(answer)
    assert 'value="6.1.0"' in answer.content.decode()
    assert again(case).platform == "HP 9000"
