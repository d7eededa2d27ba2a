"""A sub-case is closed with what came of it."""

from typing import Any

import pytest

from cases.handling.actions import close_sub_case, open_sub_case
from cases.sub_cases.models import Team
from portal.rules.refusal import Refusal
from tests.cases.pages import forms, words
from tests.cases.world import HOUR, MINUTE, NOW, World, again, journalled, told


@pytest.mark.clause("ATSP Ex.C")
def test_a_sub_case_is_closed_with_what_came_of_it_and_the_engineer_is_told(
    world: World, as_user: Any
) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    open_sub_case(case, by=world.engineer, at=NOW + HOUR, team=Team.PSE, request="Look at it.")
    sub_case = case.sub_cases.get()
    page = as_user("pse").get(case.get_absolute_url())
    assert "close-sub-case" in forms(page)
    close_sub_case(
        case, sub_case, by=world.pse, at=NOW + 2 * HOUR, outcome="The lock is taken twice."
    )

    sub_case.refresh_from_db()
    assert (sub_case.closed_at, sub_case.closed_by) == (NOW + 2 * HOUR, world.pse)
    assert told(case, "case_word") == ["engineer@legato.example"]
    [entry] = journalled(case, "case.sub_case_closed")
    assert (entry.text, entry.public) == ("PSE team: The lock is taken twice.", False)
    page = as_user("pse").get(case.get_absolute_url())
    assert "Closed: The lock is taken twice." in words(page)
    assert "close-sub-case" not in forms(page)
    assert again(case).is_open


@pytest.mark.clause("ATSP Ex.C")
def test_a_sub_case_closes_once_and_with_an_outcome(world: World) -> None:
    case = world.open()
    for team in Team:
        open_sub_case(case, by=world.engineer, at=NOW, team=team, request="Look at it.")
    first = case.sub_cases.all()[0]
    with pytest.raises(Refusal) as refused:
        close_sub_case(case, first, by=world.engineer, at=NOW, outcome=" ")
    assert refused.value.field == "outcome"
    with pytest.raises(Refusal):
        close_sub_case(case, first, by=world.user("technical"), at=NOW, outcome="Done.")
    close_sub_case(case, first, by=world.engineer, at=NOW, outcome="Done.")
    with pytest.raises(Refusal, match="closed already"):
        close_sub_case(case, first, by=world.engineer, at=NOW, outcome="Done.")
    assert again(case).open_sub_cases == 1
