"""What a case turned out to be, who has it, and which teams help."""

import pytest

from cases.handling.actions import assign, open_sub_case, take
from cases.resolution.actions.closing import close
from cases.resolution.actions.findings import determine, link_article, mark_replicated
from cases.sub_cases.models import Team
from contracts.prepaid.actions.ledger import balances
from portal.rules.refusal import Refusal
from tests.cases.world import HOUR, MINUTE, NOW, World, again, journalled, told


def pool(world: World) -> tuple[int, int, int]:
    balance = next(each for each in balances(world.agreement) if each.pool == "us")
    return balance.left, balance.reserved, balance.charged


@pytest.mark.clause("ATSP 2.3", "D-3")
@pytest.mark.parametrize(
    ("determination", "charge", "left"),
    [
        ("known-defect", "charged", 99),
        ("new-defect", "given_back", 100),
        ("question", "charged", 99),
        ("enhancement", "charged", 99),
        ("not-software", "charged", 99),
    ],
)
def test_the_determination_settles_the_charge(
    world: World, determination: str, charge: str, left: int
) -> None:
    codes = {each.code for each in world.agreement.programme.determinations}
    assert determination in codes, codes
    case = world.open()
    assert pool(world) == (99, 1, 0)
    case = determine(case, by=world.engineer, at=NOW + HOUR, determination=determination)

    assert case.charge == charge
    assert pool(world) == (left, 0, 100 - left)
    assert journalled(case, "case.determined")[0].public


@pytest.mark.clause("ATSP 2.3")
def test_a_later_determination_settles_it_otherwise_also_after_closure(world: World) -> None:
    case = world.open()
    determine(case, by=world.engineer, at=NOW, determination="new-defect")
    case = close(case, by=world.engineer, at=NOW, reason="future-release", agreed_by="Tess Ward")
    case = determine(case, by=world.engineer, at=NOW + HOUR, determination="known-defect")
    assert (case.charge, pool(world)) == ("charged", (99, 0, 1))


@pytest.mark.clause("ATSP 2.3")
def test_a_determination_the_programme_does_not_know_is_refused(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        determine(case, by=world.engineer, at=NOW, determination="bad-luck")
    assert (refused.value.field, refused.value.clause) == ("determination", "ATSP 2.3")
    assert again(case).charge == "provisional"


@pytest.mark.clause("ATSP Ex.B", "D-12")
def test_the_article_that_answers_a_case_is_linked_with_when_its_fix_was_published(
    world: World,
) -> None:
    article = world.article()
    case = link_article(world.open(), article, by=world.engineer, at=NOW)
    assert case.article == article
    [entry] = journalled(case, "case.article_linked")
    assert entry.after is not None
    assert entry.after["fix_published_at"].startswith("2003-02-03")
    assert entry.public


@pytest.mark.clause("D-12")
def test_the_reseller_does_not_read_of_an_article_that_is_not_published(world: World) -> None:
    article = world.article(published_at=None)
    case = link_article(world.open(), article, by=world.engineer, at=NOW)
    [entry] = journalled(case, "case.article_linked")
    assert article.title in entry.text
    assert not entry.public


@pytest.mark.clause("ATSP Ex.B")
def test_a_replication_is_recorded_once(world: World) -> None:
    case = mark_replicated(world.open(), by=world.engineer, at=NOW)
    with pytest.raises(Refusal, match="recorded already"):
        mark_replicated(case, by=world.colleague, at=NOW + HOUR)
    case = again(case)
    assert case.replicated_by_provider_at == NOW
    assert len(journalled(case, "case.replicated_by_provider")) == 1


@pytest.mark.parametrize("who", ["technical", "dispatch", "account_manager"])
def test_findings_are_the_engineers(world: World, who: str) -> None:
    case = world.open()
    user = world.user(who)
    with pytest.raises(Refusal):
        determine(case, by=user, at=NOW, determination="question")
    with pytest.raises(Refusal):
        link_article(case, world.article(), by=user, at=NOW)
    with pytest.raises(Refusal):
        mark_replicated(case, by=user, at=NOW)


@pytest.mark.clause("ATSP 4.1")
def test_a_case_is_taken_and_given_and_whoever_gets_it_is_told(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    assert (case.owner, case.state) == (world.engineer, "in_progress")
    assert told(case, "case_assigned") == []

    case = assign(case, to=world.colleague, by=world.dispatch, at=NOW + MINUTE)
    assert case.owner == world.colleague
    assert told(case, "case_assigned") == ["colleague@legato.example"]


@pytest.mark.clause("ATSP 4.1")
def test_a_case_goes_to_engineers_only(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        assign(case, to=world.dispatch, by=world.engineer, at=NOW)
    with pytest.raises(Refusal):
        take(case, by=world.dispatch, at=NOW)
    with pytest.raises(Refusal):
        assign(case, to=world.engineer, by=world.user("technical"), at=NOW)


@pytest.mark.clause("ATSP Ex.C", "ATSP 1.3")
def test_a_sub_case_engages_its_team_and_is_not_charged(world: World) -> None:
    case = world.open()
    open_sub_case(
        case, by=world.engineer, at=NOW, team=Team.PSE, request="Look at the lock with us."
    )
    assert told(case, "case_sub_case") == ["pse@legato.example"]
    assert case.sub_cases.get().team == Team.PSE
    assert pool(world) == (99, 1, 0)
    with pytest.raises(Refusal):
        open_sub_case(case, by=world.engineer, at=NOW, team=Team.PSE, request=" ")
