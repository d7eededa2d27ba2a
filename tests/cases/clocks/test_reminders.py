"""A promise to the contact is reminded of before it is due, to whoever owes it then (ATSP 4.6; D-29)."""

import datetime as dt

import pytest

from cases.case.rules.vocabulary import Channel
from cases.handling.actions import take
from contracts.services.models.assignments import Absence
from portal.models import Notice
from portal.notices.rendering import render
from tests.atsp import local
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, journalled, response_of, swept, told


@pytest.mark.clause("D-29", "ATSP 4.6")
@pytest.mark.parametrize(
    ("severity", "reported_at", "reminded_at"),
    [
        (1, NOW, NOW + 30 * MINUTE * 3 / 4),
        (2, NOW, NOW + 45 * MINUTE),
        (3, NOW, NOW + 3 * HOUR),
        (4, NOW, local("2003-03-06 09:00")),
        (2, local("2003-03-07 16:50"), local("2003-03-10 08:35")),  # a quarter of a business hour
    ],
)
def test_a_first_response_is_reminded_of_in_its_own_hours(
    world: World, severity: int, reported_at: dt.datetime, reminded_at: dt.datetime
) -> None:
    case = take(
        world.open(reported_at, severity=severity, channel=Channel.TELEPHONE),
        by=world.engineer,
        at=reported_at,
    )
    second = dt.timedelta(seconds=1)

    swept(reminded_at - second)
    assert told(case, "promise_near") == []
    swept(reminded_at)

    assert told(case, "promise_near") == ["engineer@legato.example"]
    assert response_of(case).state == "pending"
    notice = Notice.objects.about(case).filter(template="promise_near", channel="email").get()
    assert "first technical response due soon" in render(notice).subject


@pytest.mark.clause("D-29", "D-10")
def test_a_status_update_is_reminded_of_an_hour_before_it_is_due(world: World) -> None:
    case = world.reply(take(world.open(), by=world.engineer, at=NOW), NOW)
    swept(NOW + DAY - HOUR - MINUTE)
    assert told(case, "promise_near") == []
    swept(NOW + DAY - HOUR)
    assert told(case, "promise_near") == ["engineer@legato.example"]


@pytest.mark.clause("D-29", "D-22")
def test_of_updates_missed_in_a_row_nobody_is_reminded_besides_the_misses(world: World) -> None:
    case = world.reply(take(world.open(), by=world.engineer, at=NOW), NOW)
    for hour in range(6 * 24):
        swept(NOW + hour * HOUR)
    assert len(journalled(case, "case.promise_missed")) >= 3
    assert len(told(case, "promise_near")) == 2, "of the first, and of the one after its miss"


@pytest.mark.clause("D-29")
def test_a_promise_that_was_kept_is_not_reminded_of(world: World) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    swept(NOW + 2 * HOUR)
    assert told(case, "promise_near") == []


@pytest.mark.clause("D-29")
def test_dispatch_is_reminded_while_the_owner_is_away(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    Absence.objects.create(user=world.engineer, starts_at=NOW, ends_at=NOW + DAY)
    swept(NOW + 45 * MINUTE)
    assert told(case, "promise_near") == ["dispatch@legato.example"]
