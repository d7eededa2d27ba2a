"""What a case owes or tells never goes to an engineer or contact who cannot act (D-29)."""

import datetime as dt

import pytest

from cases.conversation.actions import add_information
from cases.handling.actions import assign, open_sub_case, take
from cases.handling.lookups import engineers
from cases.sub_cases.models import Team
from contracts.services.models.assignments import Absence
from portal.models import Notice, User
from portal.rules.refusal import Refusal
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, swept, told


def away(user: User, start: dt.datetime = NOW, end: dt.datetime = NOW + 20 * DAY) -> None:
    Absence.objects.create(user=user, starts_at=start, ends_at=end, reason="vacation")


def gone(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.clause("D-29", "ATSP 4.6")
@pytest.mark.parametrize("cannot_act", [away, gone])
def test_a_missed_promise_of_an_owner_who_cannot_act_is_told_to_dispatch(
    world: World, cannot_act: object
) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    cannot_act(world.engineer)  # type: ignore[operator]

    swept(NOW + 2 * HOUR)

    assert told(case, "promise_missed") == ["dispatch@legato.example"]
    notice = Notice.objects.about(case).filter(template="promise_missed", channel="email").get()
    assert notice.context["by_whom"] == "dispatch: Carla Stone has the case and is not there"


@pytest.mark.clause("D-29")
def test_what_the_reseller_writes_reaches_dispatch_while_the_owner_is_away(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    away(world.engineer)
    add_information(case, by=world.user("technical"), at=NOW + MINUTE, body="The trace.")
    assert told(case, "case_activity") == ["dispatch@legato.example"]


@pytest.mark.clause("D-29")
def test_where_dispatch_is_away_too_somebody_who_is_there_hears(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    away(world.engineer)
    away(world.dispatch)
    swept(NOW + 2 * HOUR)
    assert told(case, "promise_missed") == ["administrator@legato.example"]


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_a_team_with_nobody_there_is_engaged_through_dispatch(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    away(world.pse)
    open_sub_case(case, by=world.engineer, at=NOW, team=Team.PSE, request="Look at the index.")
    assert told(case, "case_sub_case") == ["dispatch@legato.example"]


@pytest.mark.clause("D-29")
def test_a_case_is_not_given_to_an_engineer_who_is_away(world: World) -> None:
    case = world.open()
    away(world.colleague)
    with pytest.raises(Refusal, match="Colin Reyes is away") as refused:
        assign(case, to=world.colleague, by=world.dispatch, at=NOW)
    assert (refused.value.clause, refused.value.field) == ("D-29", "to")


@pytest.mark.clause("D-29")
def test_engineers_who_are_away_are_not_offered(world: World, at_now: None) -> None:
    case = world.open()
    assert world.colleague in engineers(world.dispatch, case.number)
    away(world.colleague, NOW - HOUR)
    assert world.colleague not in engineers(world.dispatch, case.number)


@pytest.mark.clause("D-29")
def test_a_contact_whose_account_is_disabled_is_an_alarm(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    gone(world.user("technical"))
    case = world.reply(case, NOW + MINUTE)
    assert told(case, "case_message") == []
    assert set(told(case, "alarm")) == {"administrator@legato.example", "dispatch@legato.example"}
