"""Another team's part: whose it is, its answer, its time, its queue."""

import pytest
from django.test import Client

from cases.handling.actions import close_sub_case, open_sub_case, take
from cases.sub_cases.actions import answer, ask_again, take_on, write
from cases.sub_cases.models import SubCase, Team
from portal.models import Deadline
from portal.rules.refusal import Refusal
from tests.cases.world import DAY, HOUR, NOW, World, again, swept, told

pytestmark = pytest.mark.django_db


def _asked(world: World) -> SubCase:
    case = world.open()
    take(case, by=world.engineer, at=NOW)
    open_sub_case(
        again(case),
        by=world.engineer,
        at=NOW,
        team=Team.PSE,
        request="Read the trace.",
        due_at=NOW + 4 * HOUR,
    )
    return SubCase.objects.select_related("case").get()


@pytest.mark.clause("ATSP Ex.C")
def test_a_sub_case_goes_from_open_to_closed_with_its_answer(world: World) -> None:
    sub = _asked(world)
    sub = take_on(sub, by=world.pse, at=NOW + HOUR)
    assert (sub.state, sub.owner) == ("in_work", world.pse)
    write(sub, by=world.pse, at=NOW + HOUR, body="Which kernel?")
    assert world.engineer.email in told(sub.case, "case_word")
    sub = answer(sub, by=world.pse, at=NOW + 2 * HOUR, body="The lock is taken twice.")
    assert sub.state == "answered"
    sub = ask_again(sub, by=world.engineer, at=NOW + 3 * HOUR, words="By whom?")
    assert sub.state == "in_work"
    answer(sub, by=world.pse, at=NOW + 3 * HOUR, body="By the media thread.")
    close_sub_case(sub.case, sub, by=world.engineer, at=NOW + 4 * HOUR, outcome="Thread.")
    sub.refresh_from_db()
    assert (sub.state, again(sub.case).open_sub_cases) == ("closed", 0)
    with pytest.raises(Refusal, match="closed"):
        write(sub, by=world.pse, at=NOW + 5 * HOUR, body="Still here.")
    with pytest.raises(Refusal, match="may not"):
        take_on(sub, by=world.dispatch, at=NOW)


def test_whose_it_is_is_reminded_and_the_engineer_hears_when_its_time_has_come(
    world: World,
) -> None:
    sub = _asked(world)
    take_on(sub, by=world.pse, at=NOW)
    swept(NOW + 3 * HOUR)
    assert told(sub.case, "case_word") == [world.pse.email]
    swept(NOW + 4 * HOUR)
    assert sorted(told(sub.case, "case_word")) == sorted(
        [world.pse.email, world.pse.email, world.engineer.email]
    )


def test_an_answer_ends_its_time(world: World) -> None:
    sub = _asked(world)
    answer(sub, by=world.pse, at=NOW, body="Done.")
    rows = Deadline.objects.about(sub.case).filter(kind="cases.sub_case_wanted")
    assert set(rows.values_list("state", flat=True)) == {"cancelled"}
    swept(NOW + DAY)


def test_the_teams_queue_and_the_page_work_without_scripts(world: World, client: Client) -> None:
    sub = _asked(world)
    client.force_login(world.pse)
    page = client.get("/sub-cases/").content.decode()
    assert "Read the trace." in page
    assert "Read the trace." not in client.get("/sub-cases/?team=engineering").content.decode()
    client.post(f"/sub-cases/{sub.pk}/take-on/")
    assert "Read the trace." in client.get("/sub-cases/?mine=1").content.decode()
    client.post(f"/sub-cases/{sub.pk}/answer/", {"answer-answer": "The lock."})
    assert "The lock." in client.get(f"/sub-cases/{sub.pk}/").content.decode()
    assert "The lock." in client.get(sub.case.get_absolute_url()).content.decode()
    client.force_login(world.technical.user)
    assert client.get("/sub-cases/").status_code == 403
    assert "The lock." not in client.get(sub.case.get_absolute_url()).content.decode()
