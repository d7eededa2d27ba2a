"""Who serves an agreement, and when they are away (ATSP 14.1, 14.2, 15.1)."""

import datetime as dt
from typing import Any

import pytest

from contracts.parties.people import psams_of
from contracts.services.actions.absences import end_absence, enter_absence, in_words
from contracts.services.actions.assignments import end_assignment
from contracts.services.actions.vacancies import GAP
from contracts.services.models.assignments import Absence, Duty
from portal.models import Deadline, JournalEntry
from portal.rules.refusal import Refusal
from tests.contracts.services.world import (
    DAY,
    HOUR,
    NOW,
    Services,
    journalled,
    make_services,
    swept,
    take,
    told,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2003, 3, 5)


@pytest.fixture
def world(db: None) -> Services:
    return make_services()


def away(world: Services, who: str, start: dt.datetime, end: dt.datetime, by: str = "") -> Absence:
    return enter_absence(
        getattr(world, who),
        starts_at=start,
        ends_at=end,
        reason="training",
        by=getattr(world, by or who),
        at=NOW,
    )


def gaps(world: Services) -> list[Deadline]:
    rows = Deadline.objects.about(world.agreement).filter(kind=GAP)
    return list(rows.pending().soonest_first())


@pytest.mark.clause("ATSP 14.1", "ATSP 15.1")
def test_a_person_is_assigned_and_told_and_so_is_the_administrative_contact(
    world: Services,
) -> None:
    world.assign("psam", Duty.PSAM, starts_on=TODAY)
    assert psams_of(world.agreement, NOW) == [world.psam]
    (entry,) = journalled(world.agreement, "agreement.assigned")
    assert (entry.clause, entry.public) == ("ATSP 14.1", True)
    assert told(world.agreement, "service_assigned") == [
        world.psam.email,
        world.administrative.email,
    ]


@pytest.mark.clause("ATSP 14", "ATSP 15", "ATSP page 1")
def test_people_of_an_option_that_was_not_taken_are_refused(db: None) -> None:
    world = make_services(options=False)
    for who, duty, clause in (
        ("psam", Duty.PSAM, "ATSP 14"),
        ("specialist", Duty.ESS, "ATSP 15"),
    ):
        with pytest.raises(Refusal, match=r"has no (PSAM|ESS) option") as refused:
            world.assign(who, duty)
        assert refused.value.clause.startswith(clause)
        assert refused.value.field == "duty"
    take(world.agreement, "psam", TODAY)
    world.agreement.refresh_from_db()
    with pytest.raises(Refusal, match="was taken on 5 Mar 2003"):
        world.assign("psam", Duty.PSAM, starts_on=TODAY - DAY)
    world.assign("psam", Duty.PSAM, starts_on=TODAY)


@pytest.mark.clause("ATSP 14.1", "ATSP 14.2", "ATSP 15.1")
@pytest.mark.parametrize(
    ("who", "duty", "days", "words", "field"),
    [
        ("engineer", Duty.PSAM, {}, "does not hold the role", "user"),
        ("psam", Duty.ESS, {}, "does not hold the role", "user"),
        ("psam", Duty.PSAM, {"starts_on": dt.date(2002, 9, 2)}, "not within", "starts_on"),
        ("psam", Duty.PSAM, {"ends_on": dt.date(2003, 9, 3)}, "not within", "ends_on"),
        (
            "psam",
            Duty.PSAM,
            {"starts_on": TODAY, "ends_on": TODAY - DAY},
            "is before the first",
            "ends_on",
        ),
    ],
)
def test_an_assignment_that_cannot_be_is_refused_by_its_field(
    world: Services, who: str, duty: Duty, days: dict[str, Any], words: str, field: str
) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        world.assign(who, duty, **days)
    assert refused.value.field == field
    assert refused.value.way_out


@pytest.mark.clause("ATSP 14.2", "ATSP 15.1")
def test_overlaps_are_refused_with_whom_they_meet(world: Services) -> None:
    world.assign("psam", Duty.PSAM, ends_on=TODAY)
    with pytest.raises(Refusal, match="already, from 3 Sep 2002 to 5 Mar 2003"):
        world.assign("psam", Duty.PSAM, starts_on=TODAY)
    with pytest.raises(Refusal, match="nobody stands in for themselves"):
        world.assign("psam", Duty.ALTERNATE_PSAM, starts_on=TODAY)
    world.assign("psam", Duty.PSAM, starts_on=TODAY + DAY)
    world.assign("specialist", Duty.ESS)
    world.engineer.roles = ["ess"]
    world.engineer.save()
    with pytest.raises(Refusal, match="there is one at a time"):
        world.assign("engineer", Duty.ESS, starts_on=TODAY)


def test_only_the_administrator_and_management_assign(world: Services) -> None:
    world.management = world.psam
    with pytest.raises(Refusal, match="You may not assign people"):
        world.assign("psam", Duty.PSAM)


@pytest.mark.clause("ATSP 14.1")
def test_a_person_serves_until_their_last_day_and_the_record_stays(world: Services) -> None:
    assignment = world.assign("psam", Duty.PSAM)
    end_assignment(assignment, ends_on=TODAY, by=world.administrator, at=NOW)
    assert psams_of(world.agreement, NOW) == [world.psam]
    assert psams_of(world.agreement, NOW + DAY) == []
    assert journalled(world.agreement, "agreement.assignment_ends")[0].before == {"ends_on": None}
    with pytest.raises(Refusal, match="is in the past"):
        end_assignment(assignment, ends_on=TODAY - 9 * DAY, by=world.administrator, at=NOW)


@pytest.mark.clause("ATSP 14.2")
def test_a_psam_away_without_an_alternate_is_told_at_once_and_alarmed_when_it_begins(
    world: Services,
) -> None:
    world.assign("psam", Duty.PSAM)
    away(world, "psam", NOW + 5 * DAY, NOW + 9 * DAY)
    (row,) = gaps(world)
    assert row.due_at == NOW + 5 * DAY
    assert told(world.agreement, "service_gap") == [
        world.administrator.email,
        world.management.email,
        world.psam.email,
    ]
    swept(NOW + 5 * DAY)
    assert told(world.agreement, "service_gap")[3:] == [
        world.administrator.email,
        world.dispatch.email,
        world.management.email,
    ]
    assert journalled(world.agreement, "agreement.cover_gap_began")


@pytest.mark.clause("ATSP 14.2")
def test_an_alternate_closes_the_gap_and_calls_the_alarm_off(world: Services) -> None:
    world.assign("psam", Duty.PSAM)
    away(world, "psam", NOW + 5 * DAY, NOW + 9 * DAY)
    world.assign("alternate", Duty.ALTERNATE_PSAM)
    assert gaps(world) == []
    swept(NOW + 6 * DAY)
    assert not journalled(world.agreement, "agreement.cover_gap_began")
    assert psams_of(world.agreement, NOW + 6 * DAY) == [world.alternate]


@pytest.mark.clause("ATSP 14.2")
def test_both_away_is_a_gap_for_as_long_as_both_are(world: Services) -> None:
    world.assign_both()
    away(world, "psam", NOW + 5 * DAY, NOW + 9 * DAY)
    assert gaps(world) == []
    away(world, "alternate", NOW + 7 * DAY, NOW + 12 * DAY, by="management")
    (row,) = gaps(world)
    assert (row.due_at, row.data["end"]) == (NOW + 7 * DAY, NOW + 9 * DAY)
    away(world, "alternate", NOW + 20 * DAY, NOW + 21 * DAY)
    assert len(gaps(world)) == 1, "what is known is not told again"
    assert len(told(world.agreement, "service_gap")) == 4


@pytest.mark.clause("ATSP 14.2")
def test_the_last_day_of_a_psam_with_nobody_after_is_a_gap(world: Services) -> None:
    assignment = world.assign("psam", Duty.PSAM)
    end_assignment(assignment, ends_on=TODAY + 30 * DAY, by=world.management, at=NOW)
    (row,) = gaps(world)
    assert row.due_at.isoformat() == "2003-04-05T08:00:00+00:00"
    assert "nobody is assigned" in row.words


@pytest.mark.clause("ATSP 14.2")
def test_an_absence_is_entered_by_oneself_or_management_and_by_nobody_else(
    world: Services,
) -> None:
    with pytest.raises(Refusal, match="You may not say when Paula Samson is away"):
        away(world, "psam", NOW, NOW + DAY, by="engineer")
    absence = away(world, "psam", NOW, NOW + DAY, by="management")
    (entry,) = JournalEntry.objects.about(world.psam)
    assert (entry.verb, entry.by) == ("absence.entered", world.management)
    with pytest.raises(Refusal, match="You may not"):
        end_absence(absence, by=world.engineer, at=NOW)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (DAY, DAY, "ends before it begins"),
        (-3 * DAY, -DAY, "is over already"),
        (2 * DAY, 4 * DAY, "already"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    world: Services, start: dt.timedelta, end: dt.timedelta, words: str
) -> None:
    away(world, "psam", NOW + 3 * DAY, NOW + 5 * DAY)
    with pytest.raises(Refusal, match=words):
        away(world, "psam", NOW + start, NOW + end)


def test_an_absence_to_come_is_called_off_and_a_running_one_ends_now(world: Services) -> None:
    world.assign("psam", Duty.PSAM)
    later = away(world, "psam", NOW + 3 * DAY, NOW + 5 * DAY)
    assert end_absence(later, by=world.psam, at=NOW) is None
    assert gaps(world) == []
    running = away(world, "psam", NOW - HOUR, NOW + DAY)
    left = end_absence(running, by=world.psam, at=NOW)
    assert left is not None
    assert left.ends_at == NOW
    assert psams_of(world.agreement, NOW) == [world.psam]
    with pytest.raises(Refusal, match="is over"):
        end_absence(running, by=world.psam, at=NOW)


def test_an_absence_in_words_is_whole_days_of_the_persons_zone(world: Services) -> None:
    midnight = dt.datetime(2003, 3, 10, 8, tzinfo=dt.UTC)
    absence = Absence(user=world.psam, starts_at=midnight, ends_at=midnight + DAY)
    assert in_words(absence) == "10 Mar 2003"
    absence.ends_at += 4 * DAY
    assert in_words(absence) == "10 Mar to 14 Mar 2003"
    absence.ends_at -= 2 * HOUR
    assert in_words(absence) == "10 Mar 2003 00:00 to 14 Mar 2003 22:00 PST"
