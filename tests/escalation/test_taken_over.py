"""Whoever takes over a post hears at once of the open cases and the escalations that already run (D-29)."""

import datetime as dt

import pytest

from cases.handling.actions import assign
from cases.resolution.actions.closing import close
from contracts.services.actions.absences import end_absence, enter_absence
from contracts.services.actions.assignments import end_assignment
from contracts.services.models.assignments import Absence
from portal.models import Channel, Notice, User
from portal.notices.rendering import render
from portal.roles import Role
from tests.escalation.world import HOUR, MINUTE, T, World, swept


def away(user: User, start=T + 90 * MINUTE, end=T + 48 * HOUR) -> Absence:
    return enter_absence(user, starts_at=start, ends_at=end, reason="ill", by=user, at=start)


def taken_over(person: User) -> dict[str, str]:
    """Who took something over from a person, by address, with the words of the latest message."""
    rows = Notice.objects.about(person).filter(template="takes_over", channel=Channel.EMAIL)
    return {
        row.address: render(row).text for row in rows.select_related("recipient").order_by("pk")
    }


@pytest.mark.clause("D-29", "ATSP 14.2", "ATSP Ex.C")
def test_an_alternate_who_stands_in_is_told_the_next_duties_of_what_runs(world: World) -> None:
    case = world.open_case()

    away(world.psam)

    text = taken_over(world.psam)["alternate@legato.example"]
    assert f"case {case.number}, MTI, as PSAM" in text
    assert "Fri 5 Mar 2004, 16:10 PST: Call the reseller's management" in text
    assert "management@legato.example" not in taken_over(world.psam)


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_the_cses_and_dispatch_take_over_an_owners_severity_1_and_dispatch_all_their_cases(
    world: World,
) -> None:
    case = world.open_case()
    quiet = world.open_case(severity=3)

    away(world.cse)

    heard = taken_over(world.cse)
    assert set(heard) == {"dispatch@legato.example", "other.cse@legato.example"}
    assert "Update the technical contact" in heard["other.cse@legato.example"]
    assert quiet.number not in heard["other.cse@legato.example"]
    for each in (case, quiet):
        assert (
            f"Case {each.number}, severity {each.severity}, MTI" in heard["dispatch@legato.example"]
        )
    alarms = Notice.objects.about(world.cse).filter(template="alarm", channel=Channel.EMAIL)
    assert {row.address for row in alarms} == {
        "administrator@legato.example",
        "dispatch@legato.example",
    }


@pytest.mark.clause("D-29")
def test_who_is_back_is_told_their_cases_and_duties(world: World) -> None:
    case = world.open_case()
    absence = away(world.cse)

    end_absence(absence, by=world.cse, at=T + 3 * HOUR + MINUTE)

    text = taken_over(world.cse)["cse@legato.example"]
    assert f"Case {case.number}, severity 1, MTI" in text
    assert "Fri 5 Mar 2004, 18:10 PST" in text, "the next update, T + 4 h"


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_dispatch_takes_over_from_the_only_manager(world: World) -> None:
    world.open_case()
    away(world.management)
    assert (
        "as Customer Support Management" in taken_over(world.management)["dispatch@legato.example"]
    )


@pytest.mark.clause("D-29")
def test_a_closed_case_passes_to_nobody(world: World) -> None:
    still_open, closed = world.open_case(severity=3), world.open_case(severity=3)
    name = closed.contact.name
    close(closed, by=world.cse, at=T + MINUTE, reason="other-vendor", agreed_by=name)
    away(world.cse)
    text = taken_over(world.cse)["dispatch@legato.example"]
    assert still_open.number in text
    assert closed.number not in text


@pytest.mark.clause("D-29", "ATSP 14.1")
def test_whoever_gives_up_a_post_is_told_nothing_of_their_own_cases(world: World) -> None:
    world.psam.roles = [Role.PSAM, Role.CSE]
    world.psam.save()
    case = world.open_case(severity=3, owner="psam")
    post = case.agreement.assignments.get(user=world.psam)
    yesterday = case.agreement.date_at(T) - dt.timedelta(days=1)
    end_assignment(post, ends_on=yesterday, by=world.management, at=T)
    heard = taken_over(world.psam)
    assert heard, "the post passes on"
    assert case.number not in "".join(heard.values())


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_nothing_passes_from_whom_it_was_not_with(world: World) -> None:
    world.open_case()
    away(world.other_cse)
    assert taken_over(world.other_cse) == {}, "another has the case"
    away(world.management)
    away(world.sales)
    assert "Support Management" not in "".join(taken_over(world.sales).values())


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_who_held_the_post_all_along_takes_nothing_over(world: World) -> None:
    world.open_case()
    User.objects.create_user(
        "mina@legato.example", name="Mina Holt", roles=[Role.SUPPORT_MANAGEMENT]
    )
    away(world.management)
    assert taken_over(world.management) == {}


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_an_engineer_who_is_given_a_case_is_told_the_duties_that_run_on_it(world: World) -> None:
    case = world.open_case()
    swept(T)

    assign(case, to=world.other_cse, by=world.dispatch, at=T + 10 * MINUTE)

    rows = Notice.objects.about(case).filter(template="takes_over", channel=Channel.EMAIL)
    notice = rows.select_related("recipient").latest("pk")
    assert notice.address == "other.cse@legato.example"
    text = render(notice).text
    assert "Fri 5 Mar 2004, 14:40 PST: Make the initial response" in text
    assert "Fri 5 Mar 2004, 15:10 PST: Update the technical contact" in text
