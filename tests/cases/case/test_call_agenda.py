"""What cases bring to a conference call's agenda, and what an ESS's absence does to incoming cases."""

import pytest

from cases.information.actions import request_information
from cases.resolution.actions.closing import close
from contracts.services import agenda
from contracts.services.actions.absences import enter_absence
from tests.cases.world import DAY, HOUR, NOW, World, again

pytestmark = pytest.mark.django_db


@pytest.mark.clause("ATSP 14.1.1")
def test_the_agenda_is_made_from_the_cases(world: World) -> None:
    late = world.open(NOW - 3 * HOUR, title="Nobody answered")
    asked = world.reply(world.open(NOW - HOUR, severity=3, title="Asked"), NOW - HOUR)
    request_information(asked, by=world.engineer, at=NOW - HOUR, missing=["the trace"])
    done = world.open(NOW - 40 * DAY, severity=4, title="Long ago")
    close(done, by=world.engineer, at=NOW - DAY, reason="other-vendor", agreed_by="Tess Ward")
    world.open(contact=world.foreign, title="Of somebody else")
    text = agenda.text_of(world.agreement, NOW - 30 * DAY, NOW)
    assert text.splitlines()[:3] == [
        "Open cases, by severity",
        f"- {late.number}, severity 2, NetWorker: Nobody answered",
        f"- {asked.number}, severity 3, NetWorker: Asked",
    ]
    assert "- 2 opened, 1 closed since 3 Feb 2003" in text
    assert f"- Closed: {done.number}, severity 4, NetWorker: Long ago" in text
    assert f"- {late.number}, severity 2, NetWorker: Nobody answered, due 5 Mar 2003" in text
    assert f"- {asked.number}, severity 3, NetWorker: Asked: the trace" in text
    assert "Of somebody else" not in text


@pytest.mark.clause("ATSP 15.1", "ATSP 15.2.1", "ATSP 15.2.2")
def test_while_the_ess_is_away_incoming_cases_go_to_the_queue(world: World) -> None:
    world.give_ess()
    assert again(world.open()).owner == world.specialist
    enter_absence(
        world.specialist,
        starts_at=NOW + HOUR,
        ends_at=NOW + DAY,
        reason="vacation",
        by=world.specialist,
        at=NOW,
    )
    assert again(world.open(NOW + HOUR)).owner is None
    assert again(world.open(NOW + DAY)).owner == world.specialist
