"""The API's list of cases is narrowed like the queue; a filter that there is not is an error, never silence."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.rules.lifecycle import Move
from cases.conversation.actions import reply
from cases.handling.actions import take
from cases.queue.filters import FILTERS
from cases.resolution.actions.closing import close
from tests.cases.world import DAY, NOW, World

AsUser = Callable[..., Client]


def listed(answer: Any) -> set[int]:
    assert answer.status_code == 200, answer.content
    return {int(each["number"]) for each in answer.json()["results"]}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["mine", "theirs", "nobodys", "late", "foreign", "closed"]),
        ("severity=3", ["nobodys"]),
        ("state=closed", ["closed"]),
        ("state=open&severity=2", ["mine", "theirs", "late", "foreign"]),
        ("mine=1", ["mine"]),
        ("mine=0&unassigned=true", ["nobodys", "late", "foreign"]),
        ("breached=1", ["late"]),
        ("waiting=1", ["theirs"]),
        ("reseller=nordwind", ["foreign"]),
        ("reseller={foreign}", ["foreign"]),
        ("q=robots", ["mine"]),
    ],
)
def test_the_list_is_filtered_like_the_queue(
    world: World, as_user: AsUser, query: str, wanted: list[str]
) -> None:
    cases = {
        "mine": take(world.open(title="The robot jams at every mount"), by=world.engineer, at=NOW),
        "theirs": reply(
            world.open(), by=world.colleague, at=NOW, body="Hello.", then=Move.WAIT_FOR_RESELLER
        ),
        "nobodys": world.open(severity=3),
        "late": world.open(NOW - DAY),
        "foreign": world.open(contact=world.foreign),
        "closed": close(
            world.open(), by=world.colleague, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
        ),
    }
    address = query.format(foreign=world.foreign_agreement.reseller_id)
    answer = as_user("engineer").get(f"/api/cases/?{address}")
    assert listed(answer) == {cases[name].pk for name in wanted}


@pytest.mark.parametrize(
    ("query", "field", "said", "way_out"),
    [
        ("sevrity=1", "sevrity", "There is no filter “sevrity”.", ", ".join(FILTERS)),
        ("severity=one", "severity", "Severity “one” does not exist.", "1, 2, 3, 4"),
        ("state=opened", "state", "State “opened” does not exist.", "open, new"),
        ("breached=maybe", "breached", "“maybe” does not say", "Write 1 for on"),
        ("reseller=zzz", "reseller", "No reseller matches “zzz”.", "Name one reseller"),
    ],
)
def test_a_wrong_filter_is_an_error_that_names_what_there_is(
    world: World, as_user: AsUser, query: str, field: str, said: str, way_out: str
) -> None:
    world.open()
    answer = as_user("engineer").get(f"/api/cases/?{query}")
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert said in answer.json()["refused"]
    assert way_out in answer.json()["way_out"]


def test_a_reseller_filters_its_own_cases_only(world: World, as_user: AsUser) -> None:
    own = world.open(severity=3)
    world.open(severity=3, contact=world.foreign)
    assert listed(as_user("technical").get("/api/cases/?severity=3")) == {own.pk}
    answer = as_user("technical").get(f"/api/cases/?reseller={world.foreign_agreement.reseller_id}")
    assert answer.status_code == 400, "a foreign reseller is none that it could name"


def test_paging_goes_on_with_the_filters(
    world: World, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.api.views.NewestFirst.page_size", 1)
    few = {world.open(severity=3).pk for _ in range(2)}
    world.open()
    browser = as_user("engineer")
    first = browser.get("/api/cases/?severity=3")
    second = browser.get(first.json()["next"])
    assert listed(first) | listed(second) == few
    assert second.json()["next"] is None


def test_the_schema_names_the_filters(as_user: AsUser) -> None:
    schema = as_user("engineer").get("/api/schema/?format=json").json()
    parameters = schema["paths"]["/api/cases/"]["get"]["parameters"]
    assert {each["name"] for each in parameters} >= set(FILTERS)
