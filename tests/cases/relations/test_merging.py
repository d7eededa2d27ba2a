"""Merging keeps everything, charges nothing twice, and is taken back within a day."""

import datetime as dt

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.conversation.actions import note
from cases.handling.actions import open_sub_case
from cases.relations.actions import relate, unrelate
from cases.relations.merging import merge, undo_merge
from cases.relations.models import Kind, Relation
from cases.resolution.actions.closing import reopen
from cases.severity.actions import confirm_call
from cases.sub_cases.models import Team
from contracts.prepaid.actions import ledger
from portal.models import Deadline
from portal.rules.refusal import Refusal
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, status_of, swept, told

pytestmark = pytest.mark.django_db


def _left(world: World) -> int:
    return ledger.balances(world.agreement)[0].left


def _pending(case: Case) -> set[str]:
    return set(Deadline.objects.about(case).pending().values_list("kind", flat=True))


def _merged(world: World, at: dt.datetime = NOW + HOUR, **more: object) -> tuple[Case, Case]:
    case, original = world.open(title="Second report"), world.open()
    merge(case, original, by=world.engineer, at=at, agreed_by="Tess Ward", **more)  # type: ignore[arg-type]
    return again(case), again(original)


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3", "ATSP 4.10", "D-27")
def test_a_merged_case_is_closed_given_back_and_owes_nothing(world: World) -> None:
    left = _left(world)
    case, original = _merged(world)
    assert (case.state, case.duplicate_of_id, case.charge) == ("closed", original.pk, "given_back")
    assert _pending(case) == set()
    assert _pending(original) >= {"cases.status_update", "cases.first_response"}
    assert _left(world) == left - 1
    assert list(differences_of([case, original])) == []
    assert world.technical.email in told(case, "case_closed")
    assert told(original, "case_word") != []


@pytest.mark.clause("D-27")
def test_an_engineer_merges_only_with_the_contacts_word(world: World) -> None:
    case, original = world.open(), world.open()
    with pytest.raises(Refusal, match="needs the contact"):
        merge(case, original, by=world.engineer, at=NOW)
    with pytest.raises(Refusal, match="not a Technical Contact"):
        merge(case, original, by=world.engineer, at=NOW, agreed_by="Fritz Kolb")
    merge(case, original, by=world.technical.user, at=NOW)
    assert again(case).state == "closed"


def test_what_cannot_be_merged_is_refused_with_its_reason(world: World) -> None:
    case, original = world.open(severity=2), world.open(severity=3)
    foreign = world.open(contact=world.foreign)
    with pytest.raises(Refusal, match="two resellers"):
        merge(case, foreign, by=world.engineer, at=NOW, agreed_by="Tess Ward")
    with pytest.raises(Refusal, match="lose the promises"):
        merge(case, original, by=world.engineer, at=NOW, agreed_by="Tess Ward")
    with pytest.raises(Refusal, match="not its own"):
        merge(case, case, by=world.engineer, at=NOW, agreed_by="Tess Ward")
    open_sub_case(original, by=world.engineer, at=NOW, team=Team.PSE, request="Look.")
    with pytest.raises(Refusal, match="Another team"):
        merge(again(original), case, by=world.engineer, at=NOW, agreed_by="Tess Ward")
    merged, into = _merged(world)
    with pytest.raises(Refusal, match="closed"):
        merge(again(case), merged, by=world.engineer, at=NOW + HOUR, agreed_by="Tess Ward")
    assert again(into).is_open


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3", "D-27")
def test_taking_a_merge_back_restores_state_clocks_and_charge(world: World) -> None:
    case, original = world.open(title="Second report"), world.open()
    world.reply(case, NOW + MINUTE)
    before, due, left = again(case), status_of(case).due_at, _left(world)
    merge(again(case), original, by=world.technical.user, at=NOW + HOUR)
    undo_merge(again(case), by=world.engineer, at=NOW + 3 * HOUR)
    after = again(case)
    same = ("state", "charge", "determination", "duplicate_of_id", "merged_at", "closed_at")
    assert {n: getattr(after, n) for n in same} == {n: getattr(before, n) for n in same}
    assert status_of(case).due_at == due
    assert _left(world) == left
    assert list(differences_of([after, again(original)])) == []
    swept(NOW + 20 * DAY)
    assert list(differences_of([again(case)])) == []


@pytest.mark.clause("D-8")
def test_a_merge_is_taken_back_within_a_day_and_not_later(world: World) -> None:
    case, _ = _merged(world)
    with pytest.raises(Refusal, match="more than a day"):
        undo_merge(case, by=world.engineer, at=NOW + HOUR + DAY + MINUTE)
    undo_merge(case, by=world.engineer, at=NOW + HOUR + DAY)
    assert again(case).is_open
    assert list(differences_of([again(case)])) == []


def test_a_severity_1_that_was_merged_escalates_again(world: World) -> None:
    case, original = world.open(), world.open()
    for one in (case, original):
        confirm_call(again(one), by=world.dispatch, at=NOW, logged_at=NOW)
    merge(again(case), again(original), by=world.technical.user, at=NOW + MINUTE)
    assert _pending(case) == set()
    undo_merge(again(case), by=world.technical.user, at=NOW + 2 * MINUTE)
    assert "cases.first_response" in _pending(case)
    assert list(differences_of([again(case)])) == []


def test_the_merged_conversation_is_read_from_its_original(world: World, client: Client) -> None:
    case, original = world.open(description="The tape screams."), world.open()
    note(case, by=world.engineer, at=NOW, body="They never patch.")
    merge(again(case), original, by=world.technical.user, at=NOW + HOUR)
    client.force_login(world.engineer)
    page = client.get(original.get_absolute_url()).content.decode()
    assert "The tape screams." in page
    assert "They never patch." in page
    assert f"case {case.number}" in page
    client.force_login(world.technical.user)
    page = client.get(original.get_absolute_url()).content.decode()
    assert "The tape screams." in page
    assert "They never patch." not in page


def test_a_relation_reads_the_same_from_both_and_hides_other_resellers(
    world: World, client: Client
) -> None:
    case, other = world.open(), world.open(title="Library door jams")
    foreign = world.open(contact=world.foreign, title="Foreign tape")
    kind = Kind.SAME_CAUSE
    relate(case, other, kind=kind, reason="Same log.", by=world.engineer, at=NOW)
    relate(case, foreign, kind=kind, reason="", by=world.engineer, at=NOW)
    with pytest.raises(Refusal, match="related already"):
        relate(other, case, kind=kind, reason="", by=world.engineer, at=NOW)
    with pytest.raises(Refusal, match="itself"):
        relate(case, case, kind=kind, reason="", by=world.engineer, at=NOW)
    client.force_login(world.engineer)
    assert "Foreign tape" in client.get(case.get_absolute_url()).content.decode()
    client.force_login(world.technical.user)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Library door jams" in page
    assert "Foreign tape" not in page
    assert case.number in client.get(other.get_absolute_url()).content.decode()
    unrelate(case, Relation.objects.on(other.pk).get(), by=world.engineer, at=NOW)
    assert not Relation.objects.on(other.pk).exists()


@pytest.mark.clause("ATSP 4.6", "D-30")
def test_a_case_never_answered_owes_its_first_response_once_it_is_reopened(world: World) -> None:
    case, original = world.open(), world.open()
    merge(case, original, by=world.technical.user, at=NOW + MINUTE)
    reopen(again(case), by=world.engineer, at=NOW + 3 * DAY, reason="It is another one.")
    assert "cases.first_response" in _pending(case)
    assert list(differences_of([again(case)])) == []
    world.reply(again(case), NOW + 3 * DAY + MINUTE)
    assert "cases.first_response" not in _pending(case)
