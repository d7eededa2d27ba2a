"""A proposal to close: agreed, declined, answered by silence, or off."""

import datetime as dt

import pytest

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information, reply
from cases.conversation.page import conversation
from cases.handling.actions import hand_over
from cases.information.actions import request_information
from cases.resolution.actions.closing import (
    close,
    closure_choices,
    fail_relief,
    give_relief,
    reopen,
)
from cases.resolution.actions.findings import determine
from cases.resolution.actions.proposing import (
    answer_closing,
    close_as_duplicate,
    propose_closing,
    withdraw_closing,
)
from cases.severity.actions import downgrade, propose_severity
from cases.severity.rules import DowngradeGround
from contracts.prepaid.actions.ledger import balances
from portal.models import Deadline, Notice
from portal.notices.rendering import render
from portal.rules.refusal import Refusal
from scorecard.history import histories_of
from tests.atsp import local
from tests.cases.world import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    World,
    again,
    journalled,
    status_of,
    swept,
    told,
)
from tests.contracts.factories import make_organisation

TESS = "tess.ward@meridian.example"
CLOSES = local("2003-03-12 10:00")  # five Business Days after a Wednesday, 10:00
REMINDED = local("2003-03-07 10:00"), local("2003-03-11 10:00")


def relieved(world: World, **report: object) -> Case:
    case = world.open(NOW - 2 * HOUR, **report)  # type: ignore[arg-type]
    return give_relief(case, by=world.engineer, at=NOW - HOUR, body="Load the patch.")


def proposed(
    world: World, case: Case | None = None, reason: str = "solution", **more: object
) -> Case:
    return propose_closing(
        case or relieved(world),
        by=world.engineer,
        at=NOW,
        reason=reason,
        body="It has run for a week.",
        **more,  # type: ignore[arg-type]
    )


def clocks(case: Case) -> list[dt.datetime]:
    rows = Deadline.objects.about(case).filter(kind__startswith="cases.closing").pending()
    return sorted(rows.values_list("due_at", flat=True))


@pytest.mark.clause("D-27", "ATSP 4.10")
def test_a_proposal_is_told_and_waits_with_two_reminders_and_the_closing(world: World) -> None:
    case = proposed(world)
    assert (case.state, case.closing_proposed_at, case.closing_due_at) == ("relieved", NOW, CLOSES)
    assert clocks(case) == [*REMINDED, CLOSES]
    assert told(case, "case_closing") == [TESS]
    [entry] = journalled(case, "case.closing_proposed")
    assert (entry.public, entry.clause) == (True, "ATSP 4.10, D-27")
    assert entry.text.endswith("after the proposal, unless the contact answers."), "not the sum"
    assert status_of(case).state == "pending", "no clock pauses"
    assert (told(case, "case_closing"), told(case, "case_message")) == ([TESS], [TESS]), (
        "one mail for the relief before, and one for the proposal"
    )


@pytest.mark.clause("D-27")
def test_silence_closes_the_case_after_two_reminders_and_not_a_second_before(world: World) -> None:
    case = proposed(world)
    for number, at in enumerate(REMINDED, 1):
        swept(at - SECOND)
        assert told(case, "case_closing") == [TESS] * number
        swept(at)
        assert told(case, "case_closing") == [TESS] * (number + 1)
    swept(CLOSES - SECOND)
    assert again(case).is_open
    swept(CLOSES)
    case = again(case)
    assert (case.state, case.closure_reason, case.closed_at) == ("closed", "solution", CLOSES)
    assert (case.closing_proposed_at, case.closing_due_at) == (None, None)
    [entry] = journalled(case, "case.closed")
    assert (entry.by_id, entry.clause) == (None, "ATSP 4.10.1")
    assert told(case, "case_closed") == [TESS, "engineer@legato.example"]
    assert not Deadline.objects.about(case).pending().exists()


@pytest.mark.clause("D-27")
def test_a_late_last_reminder_leaves_its_time_before_the_case_closes(world: World) -> None:
    case = proposed(world)
    outage_ends = CLOSES + 2 * HOUR
    swept(outage_ends)
    case = again(case)
    assert case.is_open, "told and reminded of twice, and not all at once"
    assert told(case, "case_closing") == [TESS] * 3
    later = local("2003-03-13 12:00")  # a Business Day after the last reminder
    assert (case.closing_due_at, clocks(case)) == (later, [later])
    swept(later)
    assert not again(case).is_open


@pytest.mark.clause("D-27", "ATSP 4.10")
def test_the_contact_agrees_on_the_portal(world: World) -> None:
    case = answer_closing(
        proposed(world),
        by=world.user("technical"),
        at=NOW + DAY,
        agree=True,
        words="It holds.",
        channel=Channel.EMAIL,
    )
    assert (case.state, case.closed_at) == ("closed", NOW + DAY)
    [entry] = journalled(case, "case.closing_agreed")
    assert entry.text == "Tess Ward agreed by e-mail. It holds."
    assert told(case, "case_closed") == [TESS, "engineer@legato.example"]
    assert clocks(case) == []


@pytest.mark.clause("D-27", "ATSP 4.10.3")
def test_agreeing_to_close_for_a_workaround_agrees_to_it_and_silence_does_not(world: World) -> None:
    case = proposed(world, reason="workaround")
    assert (case.closing_due_at, clocks(case)) == (None, [])
    swept(CLOSES + 30 * DAY)
    assert again(case).is_open
    case = answer_closing(case, by=world.user("technical"), at=CLOSES, agree=True)
    assert (case.state, case.workaround_agreed_at) == ("closed", CLOSES)


@pytest.mark.clause("D-27", "ATSP 4.10", "ATSP Ex.B")
def test_a_no_takes_the_relief_back_and_the_case_goes_back_to_work(world: World) -> None:
    case = proposed(world)
    with pytest.raises(Refusal) as refused:
        answer_closing(case, by=world.user("technical"), at=NOW + HOUR, agree=False, words=" ")
    assert refused.value.field == "words"
    case = answer_closing(
        case, by=world.user("technical"), at=NOW + HOUR, agree=False, words="It stops on Sundays."
    )
    assert (case.state, case.relieved_at, case.closing_proposed_at) == ("in_progress", None, None)
    assert clocks(case) == []
    assert told(case, "case_activity") == ["engineer@legato.example"]
    swept(CLOSES + 30 * DAY)
    assert again(case).is_open


@pytest.mark.clause("ATSP 4.10", "ATSP 1.3")
def test_the_conversation_says_each_reason_once(world: World) -> None:
    contact = world.user("technical")
    case = fail_relief(relieved(world), by=contact, at=NOW, reason="It stops on Mondays.")
    case = give_relief(case, by=world.engineer, at=NOW + HOUR, body="Load the other patch.")
    case = proposed(world, case)
    case = answer_closing(
        case, by=contact, at=NOW + 2 * HOUR, agree=False, words="It stops on Sundays."
    )
    case = close(
        case, by=world.engineer, at=NOW + DAY, reason="other-vendor", agreed_by="Tess Ward"
    )
    case = reopen(case, by=contact, at=NOW + 2 * DAY, reason="It stops every day.")
    read = "\n".join(
        f"{line.body or getattr(line.entry, 'text', '')}" for line in conversation(case, contact)
    )
    for reason in ("It stops on Mondays.", "It stops on Sundays.", "It stops every day."):
        assert read.count(reason) == 1, reason


@pytest.mark.clause("D-27", "ATSP Ex.B")
def test_days_from_relief_to_closure_count_from_the_relief_that_held(world: World) -> None:
    case = proposed(world)
    answer_closing(case, by=world.user("technical"), at=NOW + DAY, agree=False, words="Again.")
    second = NOW + 2 * DAY
    case = give_relief(case, by=world.engineer, at=second, body="Load the next patch.")
    propose_closing(case, by=world.engineer, at=second, reason="fix", body="Does it hold now?")
    for days in (10, 20, 30):
        swept(second + days * DAY)
    case = again(case)
    history = histories_of(Case.objects.filter(pk=case.pk))[case.pk]
    [closure] = history.closures
    assert (closure.relieved_at, closure.closed_at) == (second, case.closed_at)


@pytest.mark.clause("D-27")
def test_whatever_the_contact_writes_is_a_no(world: World) -> None:
    case = proposed(world)
    case = add_information(case, by=world.user("alternate"), at=NOW + DAY, body="Wait, please.")
    assert (case.closing_proposed_at, clocks(case)) == (None, [])
    assert case.relieved_at == NOW - HOUR, "only a no to the relief takes it back"
    case = proposed(world, again(case))
    propose_severity(case, by=world.user("technical"), at=NOW + DAY, to=3, reason="It can wait.")
    assert again(case).closing_proposed_at is None
    [first, _second] = journalled(case, "case.closing_off")
    assert first.text == "The contact goes on with the case. The proposal to close is off."
    swept(CLOSES + 30 * DAY)
    assert again(case).is_open


@pytest.mark.clause("D-27")
def test_a_change_of_state_ends_the_proposal_and_a_reply_of_the_engineer_does_not(
    world: World,
) -> None:
    case = proposed(world)
    case = reply(case, by=world.engineer, at=NOW + HOUR, body="May we?")
    assert case.closing_proposed_at == NOW
    case = fail_relief(case, by=world.engineer, at=NOW + DAY, reason="Our test fails.")
    assert (case.closing_proposed_at, clocks(case)) == (None, [])


@pytest.mark.clause("D-27", "ATSP 4.10.4")
def test_without_relief_the_case_waits_for_the_contact_who_writes_it_back_to_work(
    world: World,
) -> None:
    case = proposed(world, world.open(NOW - HOUR), reason="other-vendor")
    assert case.state == "waiting_for_reseller"
    case = add_information(case, by=world.user("technical"), at=NOW + HOUR, body="It is yours.")
    assert (case.state, case.closing_proposed_at) == ("in_progress", None)


@pytest.mark.clause("D-27", "ATSP 4.10.4", "ATSP 4.10.5", "ATSP 4.10.6", "ATSP 4.10.7")
@pytest.mark.parametrize(
    "reason", ["other-vendor", "documentation-bug", "future-release", "enhancement-request"]
)
def test_a_severity_1_without_relief_closes_on_the_contacts_word_alone(
    world: World, reason: str
) -> None:
    case = world.open(NOW - HOUR, channel=Channel.TELEPHONE, severity=1)
    with pytest.raises(Refusal):
        close(case, by=world.engineer, at=NOW, reason=reason)
    case = proposed(world, case, reason=reason)
    assert (case.closing_due_at, clocks(case)) == (None, [])
    assert "only on the contact's word" in journalled(case, "case.closing_proposed")[0].text
    swept(NOW + 20 * DAY)
    assert again(case).is_open


@pytest.mark.clause("D-27")
def test_what_silence_cannot_close_any_more_stays_open_when_its_time_comes(world: World) -> None:
    case = proposed(world, world.open(NOW - HOUR), reason="other-vendor")
    world.technical.left_at = NOW + HOUR
    world.technical.save()
    for at in (*REMINDED, CLOSES):
        swept(at)
    case = again(case)
    assert (case.is_open, case.closing_proposed_at) == (True, None)
    assert journalled(case, "case.closing_off")


@pytest.mark.clause("D-27")
def test_silence_means_nothing_where_nobody_can_be_told(world: World) -> None:
    case = world.open(NOW - HOUR, contact=world.silent, channel=Channel.TELEPHONE)
    case = proposed(world, case, reason="other-vendor")
    assert (case.closing_due_at, clocks(case)) == (None, [])


@pytest.mark.clause("D-27", "ATSP 5.2.2")
def test_whoever_the_case_is_handed_to_is_asked_anew(world: World) -> None:
    case = proposed(world)
    case = hand_over(
        case, to=world.alternate, by=world.user("technical"), at=local("2003-03-10 10:00")
    )
    later = local("2003-03-17 10:00")
    assert (case.closing_proposed_at, case.closing_due_at) == (NOW, later)
    assert clocks(case)[-1] == later
    assert told(case, "case_closing")[-1] == "alma.reed@meridian.example"


@pytest.mark.clause("D-27")
def test_a_proposal_is_withdrawn_with_a_reason_that_the_contact_is_told(world: World) -> None:
    case = withdraw_closing(
        proposed(world), by=world.engineer, at=NOW + HOUR, reason="The lab finds more."
    )
    assert (case.closing_proposed_at, clocks(case)) == (None, [])
    assert told(case, "case_word") == [TESS]
    with pytest.raises(Refusal, match="No proposal to close waits"):
        answer_closing(case, by=world.user("technical"), at=NOW + DAY, agree=True)


@pytest.mark.clause("D-27")
@pytest.mark.parametrize(
    ("asked", "state"), [(False, "in_progress"), (True, "waiting_for_reseller")]
)
def test_once_a_proposal_is_withdrawn_the_case_waits_only_for_what_is_still_asked(
    world: World, asked: bool, state: str
) -> None:
    case = world.reply(world.open(), NOW)
    if asked:
        request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
    case = propose_closing(
        case, by=world.engineer, at=NOW + HOUR, reason="documentation-bug", body="Filed."
    )
    assert case.state == "waiting_for_reseller"
    case = withdraw_closing(case, by=world.engineer, at=NOW + HOUR, reason="Not yet.")
    assert again(case).state == state


@pytest.mark.clause("D-27")
@pytest.mark.parametrize("who", ["engineer", "administrative", "foreign", "dispatch"])
def test_only_a_technical_contact_of_the_reseller_answers(world: World, who: str) -> None:
    case = proposed(world)
    with pytest.raises(Refusal):
        answer_closing(case, by=world.user(who), at=NOW + HOUR, agree=True)
    assert again(case).is_open


@pytest.mark.clause("D-27")
def test_one_proposal_waits_at_a_time_and_none_on_a_reopened_case(world: World) -> None:
    case = proposed(world)
    with pytest.raises(Refusal, match="waits for the contact's answer already"):
        proposed(world, case)
    case = close(case, by=world.engineer, at=NOW, reason="fix", agreed_by="Tess Ward")
    case = reopen(case, by=world.user("technical"), at=NOW + DAY, reason="Again.")
    assert (case.closing_proposed_at, clocks(case)) == (None, [])


# duplicates


def us_pool(world: World) -> int:
    return next(each.left for each in balances(world.agreement) if each.pool == "us")


@pytest.mark.clause("D-27", "ATSP 1.3", "ATSP 2.3", "ATSP 4.10.1")
def test_a_duplicate_names_its_original_is_given_back_and_closes_against_it(world: World) -> None:
    original, case = world.open(NOW - 2 * HOUR), world.open(NOW - HOUR, title="Dumps core again")
    assert us_pool(world) == 98
    case = close_as_duplicate(
        case, original, by=world.engineer, at=NOW, body="Both dump core in the same scan."
    )
    assert (case.duplicate_of, case.determination, case.charge) == (
        original,
        "duplicate",
        "given_back",
    )
    assert us_pool(world) == 99
    [asked] = journalled(case, "case.closing_proposed")
    assert asked.text.startswith(
        f"Duplicate of case {original.number}, which goes on (ATSP 4.10.1)."
    )
    mail = Notice.objects.about(case).get(template="case_closing", channel="email")
    assert f"The reason: Duplicate of case {original.number}, which goes on." in render(mail).text
    case = answer_closing(case, by=world.user("technical"), at=NOW + DAY, agree=True)
    assert (case.state, case.closure_reason) == ("closed", "solution")
    assert (
        f"Closed: Duplicate of case {original.number}, which goes on."
        in journalled(case, "case.closed")[0].text
    )
    assert [*original.duplicates.all()] == [case]
    assert len(journalled(original, "case.has_duplicate")) == 1
    history = histories_of(Case.objects.filter(pk=case.pk))[case.pk]
    assert history.closures[0].relieved_at is None, "it counts no days from a relief"


@pytest.mark.clause("D-27", "ATSP 1.3")
def test_an_original_is_another_case_of_the_reseller_and_no_duplicate(world: World) -> None:
    case, first = world.open(NOW - HOUR), world.open(NOW - HOUR)
    foreign = world.open(NOW - HOUR, contact=world.foreign)
    second = close_as_duplicate(
        world.open(NOW - HOUR), first, by=world.engineer, at=NOW, body="The same."
    )
    elsewhere = world.open(NOW - HOUR)
    Case.objects.filter(pk=elsewhere.pk).update(provider=make_organisation(kind="provider"))
    for wrong in (case, foreign, second, again(elsewhere)):
        with pytest.raises(Refusal) as refused:
            close_as_duplicate(case, wrong, by=world.engineer, at=NOW, body="The same.")
        assert refused.value.field == "original"
    assert again(case).duplicate_of is None


@pytest.mark.clause("D-27", "ATSP 1.3")
def test_a_case_is_no_duplicate_without_its_original_and_none_once_determined_otherwise(
    world: World,
) -> None:
    case = world.open(NOW - HOUR)
    with pytest.raises(Refusal, match="names its original") as refused:
        determine(case, by=world.engineer, at=NOW, determination="duplicate")
    assert "Close as a duplicate" in refused.value.way_out
    original = world.open(NOW - HOUR)
    case = close_as_duplicate(case, original, by=world.engineer, at=NOW, body="The same.")
    case = determine(case, by=world.engineer, at=NOW + HOUR, determination="known-defect")
    assert (case.duplicate_of, case.closing_proposed_at, case.charge) == (None, None, "charged")
    assert journalled(case, "case.determined")[-1].before["duplicate_of"] == original.pk
    assert len(journalled(case, "case.closing_off")) == 1


@pytest.mark.clause("D-27", "ATSP 2.3")
def test_a_closed_duplicate_that_is_determined_otherwise_had_no_proposal_to_take_off(
    world: World,
) -> None:
    case, original = world.open(NOW - HOUR), world.open(NOW - HOUR)
    case = close_as_duplicate(case, original, by=world.engineer, at=NOW, body="The same.")
    case = answer_closing(case, by=world.user("technical"), at=NOW + HOUR, agree=True)
    case = determine(case, by=world.engineer, at=NOW + DAY, determination="known-defect")
    assert (case.duplicate_of, case.is_open) == (None, False)
    assert journalled(case, "case.closing_off") == []


@pytest.mark.clause("D-27", "ATSP 1.3", "ATSP 2.3")
def test_a_duplicate_that_the_contact_declines_has_no_original_and_is_worked_on(
    world: World,
) -> None:
    original, case = world.open(NOW - HOUR), world.open(NOW - HOUR)
    case = close_as_duplicate(case, original, by=world.engineer, at=NOW, body="The same.")
    case = answer_closing(
        case, by=world.user("technical"), at=NOW + HOUR, agree=False, words="Ours is another host."
    )
    assert (case.state, case.duplicate_of) == ("in_progress", None)
    [entry] = journalled(case, "case.closing_declined")
    assert entry.text == f"Ours is another host.\nIt is no duplicate of case {original.number}."
    assert not original.duplicates.exists()
    assert (case.closing_proposed_at, journalled(case, "case.closing_off")) == (None, [])
    assert "solution" not in [one.code for one in closure_choices(case)], "none was given"
    case = determine(case, by=world.engineer, at=NOW + DAY, determination="known-defect")
    assert (case.charge, us_pool(world)) == ("charged", 98)


@pytest.mark.clause("D-27")
def test_a_lower_severity_lets_no_silence_run_that_did_not(world: World) -> None:
    case = world.open(NOW - HOUR, channel=Channel.TELEPHONE, severity=1)
    case = proposed(world, case, reason="other-vendor")
    downgrade(
        case,
        by=world.engineer,
        at=NOW + HOUR,
        to=3,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="It runs.",
    )
    swept(CLOSES + 20 * DAY)
    assert again(case).is_open
