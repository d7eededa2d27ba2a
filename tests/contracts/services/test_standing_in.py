"""Whoever takes over a PSAM's place, or a post that nobody else holds, is told at once what they owe (D-29, 14.2)."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from contracts.parties.people import psams_of
from contracts.services.actions.absences import end_absence, enter_absence
from contracts.services.actions.assignments import end_assignment
from contracts.services.actions.leaving import leave
from contracts.services.models.assignments import Absence, Duty
from portal.deadlines.sweep import sweep
from portal.models import Channel, JournalEntry, Notice, User
from portal.notices.rendering import render
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts.services.world import DAY, HOUR, NOW, Services, make_services

TODAY = dt.date(2003, 3, 5)


@pytest.fixture
def world(db: None, set_clock) -> Services:
    set_clock(NOW)
    return make_services()


def away(who: User, start: dt.datetime = NOW, end: dt.datetime = NOW + 3 * DAY) -> Absence:
    return enter_absence(
        who, starts_at=start, ends_at=end, reason="training", by=who, at=min(start, NOW)
    )


def taken_over(person: User, because: str = "away") -> dict[str, Notice]:
    """Who was told what they owe, by address, with the latest message: when a person is away or back, or serves."""
    wanted = "takes-over:serve" if because == "serves" else "takes-over:[abl]"
    rows = Notice.objects.about(person).filter(
        template="takes_over", channel=Channel.EMAIL, step__regex=f"^{wanted}"
    )
    return {row.address: row for row in rows.select_related("recipient").order_by("pk")}


def alarmed(person: User) -> list[str]:
    rows = Notice.objects.about(person).filter(template="alarm", channel=Channel.EMAIL)
    return sorted(rows.values_list("address", flat=True))


def swept(at: dt.datetime) -> None:
    assert sweep(at).failed == 0


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_the_alternate_is_told_at_once_what_they_owe_as_psam(world: Services) -> None:
    world.assign_both()

    away(world.psam)

    (notice,) = taken_over(world.psam).values()
    text = render(notice).text
    assert notice.address == world.alternate.email
    assert "Paula Samson is away" in notice.title
    assert "- You serve Meridian Data as PSAM" in text
    assert "Conference call: Meridian Data, number" in text
    assert "PST: Conference call" in text
    assert alarmed(world.psam) == []


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_an_absence_to_come_is_told_when_it_begins_and_the_return_when_it_ends(
    world: Services,
) -> None:
    world.assign_both()
    away(world.psam, NOW + DAY, NOW + 3 * DAY)
    assert taken_over(world.psam) == {}

    swept(NOW + DAY - HOUR)
    assert taken_over(world.psam) == {}
    swept(NOW + DAY)
    assert set(taken_over(world.psam)) == {world.alternate.email}
    swept(NOW + 3 * DAY)
    back = taken_over(world.psam)[world.psam.email]
    assert back.title == "Paula Samson is back: what you now owe"
    assert "You serve Meridian Data as PSAM again" in render(back).text


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_an_absence_called_off_is_told_to_nobody_and_one_ended_early_to_who_is_back(
    world: Services,
) -> None:
    world.assign_both()
    off = away(world.psam, NOW + DAY, NOW + 3 * DAY)
    end_absence(off, by=world.psam, at=NOW + HOUR)
    swept(NOW + 4 * DAY)
    assert taken_over(world.psam) == {}

    running = enter_absence(
        world.psam,
        starts_at=NOW + 5 * DAY,
        ends_at=NOW + 9 * DAY,
        reason="",
        by=world.psam,
        at=NOW + 5 * DAY,
    )
    end_absence(running, by=world.psam, at=NOW + 6 * DAY)
    assert set(taken_over(world.psam)) == {world.alternate.email, world.psam.email}
    swept(NOW + 10 * DAY)
    rows = Notice.objects.about(world.psam).filter(step__startswith="takes-over:back")
    assert rows.filter(channel=Channel.EMAIL).count() == 1, "not told again at its planned end"


@pytest.mark.clause("D-29", "ATSP 14.1")
def test_a_psam_is_told_what_they_owe_when_their_first_day_begins(world: Services) -> None:
    world.assign("psam", Duty.PSAM, starts_on=TODAY)
    assert set(taken_over(world.psam, "serves")) == {world.psam.email}

    world.assign("alternate", Duty.PSAM, starts_on=TODAY + DAY)
    assert taken_over(world.alternate, "serves") == {}
    swept(NOW + DAY)
    assert set(taken_over(world.alternate, "serves")) == {world.alternate.email}


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_the_alternate_is_told_when_the_last_day_of_the_psam_is_over(world: Services) -> None:
    world.assign_both()
    assignment = world.agreement.assignments.get(user=world.psam)
    end_assignment(assignment, ends_on=TODAY + DAY, by=world.management, at=NOW)

    swept(NOW + DAY)
    assert world.alternate.email not in taken_over(world.psam, "serves")
    swept(NOW + 2 * DAY)
    assert world.alternate.email in taken_over(world.psam, "serves")


@pytest.mark.clause("D-29")
def test_dispatch_takes_over_a_post_that_nobody_else_holds_with_an_alarm(
    world: Services, make_user
) -> None:
    away(world.management)

    (notice,) = taken_over(world.management).values()
    assert notice.address == world.dispatch.email
    assert "Customer Support Management of" in render(notice).text
    assert alarmed(world.management) == [world.administrator.email, world.dispatch.email]
    (entry,) = JournalEntry.objects.about(world.management).filter(verb="alarm.raised")
    assert "nobody holds the post: Dina Patel stands in" in entry.text

    make_user("Max Second", Role.SUPPORT_MANAGEMENT)
    away(world.management, NOW + 4 * DAY, NOW + 5 * DAY)
    swept(NOW + 4 * DAY)
    assert len(alarmed(world.management)) == 2, "somebody else holds it now"


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_nobody_left_in_the_psams_place_hands_its_duties_to_dispatch(world: Services) -> None:
    world.assign("psam", Duty.PSAM)
    away(world.psam)
    notice = taken_over(world.psam)[world.dispatch.email]
    assert "Nobody serves Meridian Data as PSAM: its duties come to you" in render(notice).text


@pytest.mark.clause("D-29")
def test_absences_that_begin_together_are_told_in_a_fixed_number_of_statements(
    world: Services, make_user, django_assert_max_num_queries: object
) -> None:
    world.assign_both()
    for n in range(12):
        away(make_user(f"Person {n}", Role.CSE), NOW + DAY, NOW + 2 * DAY)
    away(world.psam, NOW + DAY, NOW + 2 * DAY)
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        swept(NOW + DAY)
    assert world.alternate.email in taken_over(world.psam)


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_whoever_leaves_hands_over_at_once_and_is_told_nothing_more(world: Services) -> None:
    world.assign_both()

    call_command("person_left", world.psam.email)

    world.psam.refresh_from_db()
    assert not world.psam.is_active
    assert set(taken_over(world.psam)) == {world.alternate.email}
    assert psams_of(world.agreement, NOW) == [world.alternate]
    with pytest.raises(CommandError, match="Paula Samson has left already"):
        call_command("person_left", world.psam.email)

    call_command("person_left", world.psam.email, "--back")
    assert world.psam.email in taken_over(world.psam)


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_a_place_that_is_empty_since_somebody_left_is_reported(world: Services) -> None:
    world.assign("psam", Duty.PSAM)
    rows = JournalEntry.objects.about(world.agreement).filter(verb="agreement.cover_gap_seen")
    before = rows.count()
    leave(world.psam, by=world.management, at=NOW)
    assert rows.count() == before + 1


@pytest.mark.clause("D-29")
def test_a_resellers_contact_leaves_by_its_roster_and_only_management_says_so_here(
    world: Services,
) -> None:
    with pytest.raises(Refusal, match="is not one of the provider's people"):
        leave(world.technical.user, by=world.management, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="You may not say who works for the provider"):
        leave(world.psam, by=world.engineer, at=NOW)
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("person_left", "nobody@legato.example")
