"""Every duty of Exhibit C is reminded of before its mark, to whoever bears it then (D-29)."""

import pytest

from cases.conversation import actions as case_actions
from contracts.services.models.assignments import Absence
from portal.models import Notice
from portal.notices.rendering import render
from tests.escalation.test_telling import alarms, mails
from tests.escalation.world import HOUR, MINUTE, SECOND, T, World, deadline_of, swept

BEFORE = 15 * MINUTE


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_the_bearer_of_a_duty_is_reminded_before_its_mark(world: World) -> None:
    case = world.open_case()
    step = "escalation-near:1:call-management-2h"

    swept(T + 2 * HOUR - BEFORE - SECOND)
    assert mails(case, step) == {}
    swept(T + 2 * HOUR - BEFORE)

    (notice,) = mails(case, step).values()
    text = render(notice).text
    assert notice.address == "psam@legato.example"
    assert "due at T+2 h: Call the reseller's management" in notice.title
    assert "By when:      Fri 5 Mar 2004, 16:10 PST" in text
    assert deadline_of(case, "call-management-2h").state == "pending"
    swept(T + 2 * HOUR)
    assert Notice.objects.about(case).filter(step=step, channel="email").count() == 1


@pytest.mark.clause("D-29", "D-13")
def test_every_hourly_update_is_reminded_of_unless_it_was_made(world: World) -> None:
    case = world.open_case()
    case_actions.reply(case, by=world.cse, at=T + 40 * MINUTE, body="On it.")  # serves T + 1 h

    swept(T + HOUR)
    assert mails(case, "escalation-near:1:update-1h") == {}
    swept(T + 2 * HOUR - BEFORE)
    assert set(mails(case, "escalation-near:1:update-2h")) == {"cse@legato.example"}


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_whoever_stands_in_at_that_moment_is_reminded(world: World) -> None:
    case = world.open_case()
    Absence.objects.create(user=world.psam, starts_at=T, ends_at=T + 9 * HOUR, reason="ill")

    swept(T + 2 * HOUR - BEFORE)

    assert set(mails(case, "escalation-near:1:read-notes-2h")) == {"alternate@legato.example"}


@pytest.mark.clause("D-29")
def test_where_nobody_bears_a_duty_dispatch_is_reminded_with_an_alarm(world: World) -> None:
    case = world.open_case()
    Absence.objects.create(user=world.management, starts_at=T, ends_at=T + 9 * HOUR, reason="ill")

    swept(T + 4 * HOUR - BEFORE)

    assert set(mails(case, "escalation-near:1:update-psam-4h")) == {"dispatch@legato.example"}
    assert "dispatch@legato.example" in alarms(case)
    before = len(alarms(case))
    swept(T + 4 * HOUR + SECOND)
    assert len(alarms(case)) > before, "that it was missed is an alarm of its own"


@pytest.mark.clause("D-29")
def test_after_an_outage_nobody_is_reminded_of_what_is_past(world: World) -> None:
    case = world.open_case()
    swept(T)
    swept(T + 6 * HOUR + 50 * MINUTE)
    reminded = Notice.objects.about(case).filter(template="escalation_near", channel="email")
    assert {row.step for row in reminded} == {"escalation-near:1:update-7h"}
